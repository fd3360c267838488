"""Entries exactly as the stream keeps them, taken out to be put elsewhere, and put there at the same positions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from eventsourcing.persistence import InternalError, StoredEvent
from nats.nuid import NUID

from adapters.jetstream.batch import EXPECTED, LARGEST_BATCH
from adapters.jetstream.frames import atomic, lines
from adapters.jetstream.link import Link
from adapters.jetstream.message import TYPE
from adapters.jetstream.reply import answer_of
from adapters.jetstream.subjects import Subjects
from adapters.jetstream.taken import Taken

LARGEST_BYTES = 8 * 1024 * 1024
WITHIN_S = 30.0


class Misplaced(InternalError):
    """The server has put entries elsewhere than they stood."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One entry: where it stands, under which subject, with the headers that its writer gave it."""

    position: int
    subject: str
    headers: Mapping[str, str]
    state: bytes

    @classmethod
    def of(cls, message: Taken) -> Self:
        """From a direct get; what the server itself adds or reads begins with `Nats-`."""
        headers = message.headers
        own = {name: value for name, value in headers.items() if not name.startswith("Nats-")}
        return cls(int(headers["Nats-Sequence"]), headers["Nats-Subject"], own, message.data)

    def event(self, subjects: Subjects) -> StoredEvent:
        originator_id, version = subjects.read(self.subject)
        return StoredEvent(originator_id, version, self.headers.get(TYPE, ""), self.state)


class PuttingBack:
    """Onto a stream that nobody else writes: in atomic batches, each answered with the positions the entries had."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._nuid = NUID()
        self._gathered: list[Stored] = []
        self._bytes = 0

    async def add(self, entry: Stored) -> None:
        if len(self._gathered) == LARGEST_BATCH or self._bytes + len(entry.state) > LARGEST_BYTES:
            await self.flush()
        self._gathered.append(entry)
        self._bytes += len(entry.state)

    async def flush(self) -> None:
        if not self._gathered:
            return
        batch, self._gathered, self._bytes = self._gathered, [], 0
        messages = [(entry.subject, entry.state, lines({**entry.headers, EXPECTED: "0"})) for entry in batch]
        sent = atomic(messages, self._nuid.next().decode())
        answer = answer_of((await self._link.ask_batch(sent, within=WITHIN_S)).data)
        last = batch[-1]
        if answer["seq"] != last.position or answer.get("count", 1) != len(batch):
            raise Misplaced(f"Entry {last.position} was put at {answer['seq']}: somebody else writes on the stream")
