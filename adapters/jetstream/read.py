"""Reading a stream, whatever becomes of the connection meanwhile."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.persistence import Notification

from adapters.jetstream.direct_get import END, NOTHING, Lagging, Refused, messages_asked
from adapters.jetstream.guard import Gap
from adapters.jetstream.link import Link
from adapters.jetstream.message import entry_of, from_leader, sequence_of, subject_of
from adapters.jetstream.originator import Asked, Loading
from adapters.jetstream.reply import Lost, NoAnswer
from adapters.jetstream.stream import Stream, Unreachable
from adapters.jetstream.taken import Taken

PAGE = 1000
LAG_PAUSE = 0.005

T = TypeVar("T")


class Reader:
    """Reads one stream. Every call is tried again on a new connection until its time is up."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def load(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        up_to_position: int | None = None,
    ) -> list[Notification]:
        """The entries of one originator by version; `up_to_position`: as the record stood there."""
        lowest = 0 if gt is None else max(0, gt + 1)
        if (lte is not None and lte < lowest) or (up_to_position is not None and up_to_position < 1):
            return []
        asked = Asked(originator_id, lowest, lte, up_to_position)
        entries = await self._trying(lambda link, deadline: Loading(self._stream, link, asked, deadline).entries())
        entries = [entry for entry in entries if asked.includes(entry)]
        entries.sort(key=lambda entry: entry.originator_version)
        if self._stream.options.definition.unique_subjects:
            self._note(entries, up_to_position)
        return entries

    async def page(self, start: int, limit: int) -> list[tuple[int, Notification | None]]:
        """Up to `limit` messages from position `start` on, without holes; None stands for what is no entry."""
        return await self._trying(lambda link, deadline: self._page(link, start, limit, deadline))

    async def messages(self, start: int, limit: int) -> list[Taken]:
        """The same as they are stored."""
        return await self._trying(lambda link, deadline: self._messages(link, start, limit, deadline))

    async def present(self, start: int, limit: int) -> int:
        """How many messages from position `start` on are there, up to `limit`; raises `Gap` where none is."""
        if await self._trying(lambda link, deadline: self._whole(link, start, limit, deadline)):
            return limit
        found = len(await self.messages(start, limit))  # says which one is missing
        if found < limit:
            raise Gap(f"The record ends at {start + found - 1}, and went on. Restore the backup")
        return found

    async def last_position(self) -> int:
        """The leader's last position, 0 on an empty stream."""
        return (await self._stream.state()).last_seq

    async def last_entry(self) -> Notification | None:
        """The last message that is an entry."""

        async def ask(link: Link, deadline: float) -> Notification | None:
            last = await self._stream.last_on(link, self._stream.subjects.every_entry, deadline)
            return from_leader(self._stream.subjects, last) if last else None

        return await self._trying(ask)

    async def last_payload(self, subject: str) -> tuple[int, bytes] | None:
        """Sequence and payload of the last message on a subject, from the leader."""

        async def ask(link: Link, deadline: float) -> Any:
            return await self._stream.last_on(link, subject, deadline)

        last = await self._trying(ask)
        return (last["seq"], base64.b64decode(last.get("data", ""))) if last else None

    async def _trying(self, read: Callable[[Link, float], Awaitable[T]]) -> T:
        deadline = self._stream.deadline()
        while True:
            link = await self._stream.link(deadline)
            try:
                return await read(link, deadline)
            except Lost as error:
                why: Exception = error
            except Lagging as error:
                why = error
                await asyncio.sleep(LAG_PAUSE)
            except NoAnswer as error:
                why = error
                await self._stream.drop(link)
                await asyncio.sleep(LAG_PAUSE)
            if self._stream.remaining(deadline) <= LAG_PAUSE:
                raise Unreachable(f"Stream {self._stream.name} did not answer: {why}") from why

    async def _page(self, link: Link, start: int, limit: int, deadline: float) -> list[tuple[int, Notification | None]]:
        messages = await self._messages(link, start, limit, deadline)
        found = [(number, self._entry(message, number)) for number, message in enumerate(messages, start)]
        if found and (last := found[-1][1]):
            self._stream.guard.saw(last)
        return found

    async def _whole(self, link: Link, start: int, limit: int, deadline: float) -> bool:
        """As many as from the first to the last: asked for without headers, which cost the most. False: look closer."""
        messages, end = await messages_asked(
            self._stream, link, {"seq": start, "batch": limit, "no_hdr": True}, deadline
        )
        return len(messages) == limit and end.header(b"Nats-Last-Sequence") == str(start + limit - 1)

    async def _messages(self, link: Link, start: int, limit: int, deadline: float) -> list[Taken]:
        found: list[Taken] = []
        while len(found) < limit:
            begin = start + len(found)
            known = self._stream.guard.highest  # taken first: it may grow while the server answers
            messages, end = await messages_asked(
                self._stream, link, {"seq": begin, "batch": min(PAGE, limit - len(found))}, deadline
            )
            if end.status == NOTHING:
                self._nothing_from(begin, known)
                break
            if messages and sequence_of(messages[-1]) != begin + len(messages) - 1:  # they come in their order
                _say_missing(messages, begin)
            found += messages
            if end.status != END:
                raise Refused(f"A page from {begin} on was refused: {end.status}")
            if not messages:
                break
        return found

    def _nothing_from(self, begin: int, known: int) -> None:
        """The end, unless what is known lies beyond: then a replica lags, or the stream has lost its tail."""
        if begin > known:
            return
        if self._stream.replicas > 1:
            raise Lagging(f"A replica has nothing from {begin} on yet")
        raise Gap(f"Stream {self._stream.name} has nothing from {begin} on, {known} was known")

    def _entry(self, message: Taken, number: int) -> Notification | None:
        subjects, subject = self._stream.subjects, subject_of(message)
        return None if subjects.is_tracking(subject) else entry_of(subjects, subject, number, message)

    def _note(self, entries: Sequence[Notification], up_to_position: int | None) -> None:
        for before, after in pairwise(entries):
            if isinstance(after.originator_id, str) and after.originator_version != before.originator_version + 1:
                raise Gap(
                    f"{after.originator_id} has version {after.originator_version} after {before.originator_version}"
                )
        if up_to_position is None:
            for entry in entries[-1:]:
                self._stream.guard.saw(entry)
                self._stream.heads.note([entry])


def _say_missing(messages: Sequence[Taken], begin: int) -> None:
    for expected, found in enumerate(map(sequence_of, messages), begin):
        if found != expected:
            raise Gap(f"The record has a hole: entry {expected} is missing, {found} follows. Restore the backup")
