"""One originator's entries, however many versions there are of it."""

from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import Notification

from adapters.jetstream.direct_get import SUBJECTS_ASKED, Lagging, Refused, entries_asked
from adapters.jetstream.link import Link
from adapters.jetstream.stream import Stream

FIRST_GUESS: Final = 64


class Asked:
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


class Loading:
    """What one question asks for, over one connection."""

    def __init__(self, stream: Stream, link: Link, asked: Asked, deadline: float) -> None:
        self._stream, self._link, self._asked, self._deadline = stream, link, asked, deadline

    async def entries(self) -> list[Notification]:
        """In no order; with some that were not asked for."""
        asked, subjects = self._asked, self._stream.subjects
        await asked.settle(self._stream, self._link, self._deadline)
        if asked.lte is not None and asked.lte - asked.lowest < SUBJECTS_ASKED:
            return await self._versions(asked.lowest, asked.lte)
        unique = self._stream.options.definition.unique_subjects
        if asked.lowest > 0 and isinstance(asked.originator_id, str) and unique:
            return await self._onwards()
        everything = await self._found([subjects.every_version(asked.originator_id)])
        if everything is None:
            return await self._in_chunks()
        if not everything and self._stream.replicas > 1:  # a replica may not have got it yet
            await self._leader_agrees()
        return everything

    async def _onwards(self) -> list[Notification]:
        """What is new since a version, in steps: an originator's versions follow one another."""
        found: list[Notification] = []
        low, step = self._asked.lowest, FIRST_GUESS
        while True:
            entries = await self._versions(low, low + step - 1)
            found += entries
            if len(entries) < step:
                return found
            low, step = low + step, SUBJECTS_ASKED

    async def _in_chunks(self) -> list[Notification]:
        """More than 1,024 versions: asked for by name, up to the last one the leader has."""
        wildcard = self._stream.subjects.every_version(self._asked.originator_id)
        last = await self._last_on(wildcard)
        top = self._stream.subjects.read(last["subject"])[1] if last else -1
        found: list[Notification] = []
        for low in range(self._asked.lowest, top + 1, SUBJECTS_ASKED):
            found += await self._versions(low, min(top, low + SUBJECTS_ASKED - 1))
        return found

    async def _versions(self, low: int, high: int) -> list[Notification]:
        subjects, whose = self._stream.subjects, self._asked.originator_id
        found = await self._found([subjects.of(whose, version) for version in range(low, high + 1)])
        if found is None:
            raise Refused("The server finds more messages than subjects it was asked for")
        return found

    async def _leader_agrees(self) -> None:
        """Nothing found: is there really nothing, or has the replica that answered not got it yet?"""
        asked, subjects = self._asked, self._stream.subjects
        if "up_to_seq" in asked.limit:  # what had been written by then began with version 1
            stored = await self._last_on(subjects.of(asked.originator_id, 1))
            lagging = stored is not None and stored["seq"] <= asked.limit["up_to_seq"]
        else:
            lagging = await self._last_on(subjects.every_version(asked.originator_id)) is not None
        if lagging:
            raise Lagging("A replica does not know the originator yet")

    async def _found(self, subjects: list[str]) -> list[Notification] | None:
        """The last entry under each of the subjects; None if there are too many for one answer."""
        question = {"multi_last": subjects, **self._asked.limit}
        return await entries_asked(self._stream, self._link, question, self._deadline)

    async def _last_on(self, subject: str) -> Any:
        return await self._stream.last_on(self._link, subject, self._deadline)
