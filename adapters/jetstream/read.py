"""Reading: one originator's entries, the whole log page by page, and what stands under given subjects."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.persistence import InternalError, Notification

from adapters.jetstream.guard import Gap
from adapters.jetstream.link import Link, Lost, NoAnswer
from adapters.jetstream.message import entry_of, from_direct_get, from_leader, sequence_of, subject_of
from adapters.jetstream.stream import Stream, Unreachable
from adapters.jetstream.taken import Taken

PAGE = 1000
SUBJECTS_ASKED = 1000  # the server answers for at most 1,024 subjects
FIRST_GUESS = 64
LAG_PAUSE = 0.005
END, NOTHING, TOO_MANY = "204", "404", "413"

T = TypeVar("T")


class Refused(InternalError):
    """The server would not answer a direct get."""


class Lagging(Exception):
    """A replica answered that has not yet got what is already known."""


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
        asked = _Asked(originator_id, lowest, lte, up_to_position)
        entries = await self._trying(lambda link, deadline: self._load(link, asked, deadline))
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
        found = len(await self.messages(start, limit))
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

    async def _load(self, link: Link, asked: "_Asked", deadline: float) -> list[Notification]:
        await asked.settle(self._stream, link, deadline)
        subjects = self._stream.subjects
        if asked.lte is not None and asked.lte - asked.lowest < SUBJECTS_ASKED:
            return await self._versions(link, asked, asked.lowest, asked.lte, deadline)
        if (
            asked.lowest > 0
            and isinstance(asked.originator_id, str)
            and self._stream.options.definition.unique_subjects
        ):
            return await self._onwards(link, asked, deadline)
        everything = await _direct_get(
            self._stream, link, {"multi_last": [subjects.every_version(asked.originator_id)], **asked.limit}, deadline
        )
        if everything is not None:
            if not everything and self._stream.replicas > 1:  # a replica may not have got it yet
                await self._leader_agrees(link, asked, deadline)
            return everything
        return await self._in_chunks(link, asked, deadline)

    async def _onwards(self, link: Link, asked: "_Asked", deadline: float) -> list[Notification]:
        """What is new since a version, in steps: an originator's versions follow one another."""
        found: list[Notification] = []
        low, step = asked.lowest, FIRST_GUESS
        while True:
            entries = await self._versions(link, asked, low, low + step - 1, deadline)
            found += entries
            if len(entries) < step:
                return found
            low, step = low + step, SUBJECTS_ASKED

    async def _in_chunks(self, link: Link, asked: "_Asked", deadline: float) -> list[Notification]:
        """More than 1,024 versions: asked for by name, up to the last one the leader has."""
        wildcard = self._stream.subjects.every_version(asked.originator_id)
        last = await self._stream.last_on(link, wildcard, deadline)
        top = self._stream.subjects.read(last["subject"])[1] if last else -1
        found: list[Notification] = []
        for low in range(asked.lowest, top + 1, SUBJECTS_ASKED):
            found += await self._versions(link, asked, low, min(top, low + SUBJECTS_ASKED - 1), deadline)
        return found

    async def _versions(self, link: Link, asked: "_Asked", low: int, high: int, deadline: float) -> list[Notification]:
        names = [self._stream.subjects.of(asked.originator_id, version) for version in range(low, high + 1)]
        found = await _direct_get(self._stream, link, {"multi_last": names, **asked.limit}, deadline)
        if found is None:
            raise Refused("The server finds more messages than subjects it was asked for")
        return found

    async def _leader_agrees(self, link: Link, asked: "_Asked", deadline: float) -> None:
        """Nothing found: is there really nothing, or has the replica that answered not got it yet?"""
        subjects = self._stream.subjects
        if "up_to_seq" in asked.limit:  # what had been written by then began with version 1
            stored = await self._stream.last_on(link, subjects.of(asked.originator_id, 1), deadline)
            lagging = stored is not None and stored["seq"] <= asked.limit["up_to_seq"]
        else:
            wildcard = subjects.every_version(asked.originator_id)
            lagging = await self._stream.last_on(link, wildcard, deadline) is not None
        if lagging:
            raise Lagging("A replica does not know the originator yet")

    async def _page(self, link: Link, start: int, limit: int, deadline: float) -> list[tuple[int, Notification | None]]:
        messages = await self._messages(link, start, limit, deadline)
        found = [(number, self._entry(message, number)) for number, message in enumerate(messages, start)]
        if found and (last := found[-1][1]):
            self._stream.guard.saw(last)
        return found

    async def _messages(self, link: Link, start: int, limit: int, deadline: float) -> list[Taken]:
        found: list[Taken] = []
        while len(found) < limit:
            begin = start + len(found)
            known = self._stream.guard.highest  # taken first: it may grow while the server answers
            messages, end = await _ask(
                self._stream, link, {"seq": begin, "batch": min(PAGE, limit - len(found))}, deadline
            )
            if end == NOTHING:
                self._nothing_from(begin, known)
                break
            for expected, message in enumerate(messages, begin):
                _check_sequence(message, expected)
            found += messages
            if end != END:
                raise Refused(f"A page from {begin} on was refused: {end}")
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


class _Asked:
    """Which versions of whom, and as of when."""

    def __init__(self, originator_id: UUID | str, lowest: int, lte: int | None, up_to_position: int | None) -> None:
        self.originator_id = originator_id
        self.lowest = lowest
        self.lte = lte
        self.limit: dict[str, int] = {}
        self._up_to = up_to_position

    def includes(self, entry: Notification) -> bool:
        version = entry.originator_version
        return version >= self.lowest and (self.lte is None or version <= self.lte)

    async def settle(self, stream: Stream, link: Link, deadline: float) -> None:
        """The server finds nothing at all up to a position it has not reached yet: ask for all there is."""
        if self._up_to is None:
            return
        if self._up_to > stream.guard.highest:
            info = await link.api(f"STREAM.INFO.{stream.name}", within=stream.remaining(deadline))
            self._up_to = min(self._up_to, info["state"]["last_seq"])
        self.limit = {"up_to_seq": self._up_to} if self._up_to else {}


async def existing(stream: Stream, link: Link, subjects: Sequence[str], deadline: float) -> dict[str, int]:
    """Which of these subjects have a message, and its sequence."""
    there: dict[str, int] = {}
    for first in range(0, len(subjects), SUBJECTS_ASKED):
        asked = {"multi_last": list(subjects[first : first + SUBJECTS_ASKED])}
        messages, _ = await _ask(stream, link, asked, deadline)
        there |= {subject_of(m): sequence_of(m) for m in messages}
    return there


async def _direct_get(stream: Stream, link: Link, asked: dict[str, Any], deadline: float) -> list[Notification] | None:
    """Entries as asked for; None if there are too many for one answer."""
    messages, end = await _ask(stream, link, asked, deadline)
    if end == TOO_MANY:
        return None
    if end not in {END, NOTHING}:
        raise Refused(f"A direct get was refused: {end}")
    return [from_direct_get(stream.subjects, message) for message in messages]


async def _ask(stream: Stream, link: Link, asked: dict[str, Any], deadline: float) -> tuple[list[Taken], str]:
    """The messages of one direct get and the status that ended it; a lagging replica's answer is not taken."""
    payload = json.dumps(asked, separators=(",", ":")).encode()
    known = stream.guard.highest
    *messages, end = await link.ask_all(f"$JS.API.DIRECT.GET.{stream.name}", payload, within=stream.remaining(deadline))
    reached = end.header(b"Nats-UpTo-Sequence")
    if reached is not None and "up_to_seq" not in asked and int(reached) < known:
        if stream.replicas > 1:
            raise Lagging(f"A replica stands at {reached}, {known} is known")
        raise Gap(f"Stream {stream.name} stands at {reached}, {known} was known")
    return messages, end.status or ""


def _check_sequence(message: Taken, expected: int) -> None:
    if (found := sequence_of(message)) != expected:
        raise Gap(f"The record has a hole: entry {expected} is missing, {found} follows. Restore the backup")
