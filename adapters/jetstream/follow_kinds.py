"""Following the records of some kinds, whatever else is written: few entries among very many."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventsourcing.persistence import Notification

from adapters.jetstream.live import Broken, Live
from adapters.jetstream.message import count_delivered, from_consumer
from adapters.jetstream.pursuit import Pursuit
from adapters.jetstream.stream import Stream
from adapters.jetstream.taken import Taken

MOST = 500


@dataclass(frozen=True, slots=True)
class Came:
    """Entries, none or some; of these kinds everything up to `position` has been given with them."""

    entries: list[Notification]
    position: int


class KindsFollower(Pursuit[Came]):
    """At first, and whenever it has begun again, it tells how far it is even if nothing is new."""

    def __init__(self, stream: Stream, kinds: Sequence[str], gt: int) -> None:
        super().__init__(stream)
        self._subjects = [stream.subjects.every_of(kind) for kind in kinds]
        self._last = gt
        self._goal = self._known = 0  # once the last one here is at `goal`, everything up to `known` has been given
        self._count = 0

    async def _advance(self) -> Came | None:
        if self._live is None:
            return await self._begin()
        entries = self._in_order(await self._delivered(self._live, MOST))
        return self._came(entries) if entries else None

    async def _begin(self) -> Came | None:
        """The leader says how far there is anything to come: a consumer elsewhere may not have got it yet."""
        deadline = self._stream.deadline()
        self._known = (await self._stream.state()).last_seq
        link = await self._stream.link(deadline)
        found = [await self._stream.last_on(link, subject, deadline) for subject in self._subjects]
        self._goal = max([0, *(last["seq"] for last in found if last)])
        self._live = await Live.begin(self._stream, link, self._last + 1, self._stir.set, self._subjects)
        self._count = 0
        return self._came([]) if self._last >= self._goal else None

    def _came(self, entries: list[Notification]) -> Came:
        return Came(entries, max(self._last, self._known) if self._last >= self._goal else self._last)

    def _in_order(self, messages: list[Taken]) -> list[Notification]:
        entries: list[Notification] = []
        for message in messages:
            self._count += 1
            if count_delivered(message) != self._count:
                raise Broken(f"Message {count_delivered(message)} of the consumer came, {self._count} was next")
            entries.append(from_consumer(self._stream.subjects, message))
        if entries:
            self._last = entries[-1].id
            self._stream.guard.saw(entries[-1])
        return entries
