"""The library's recorder of aggregates on a stream: entries by originator."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, Notification, ProgrammingError, StoredEvent

from adapters.jetstream.append import Writer
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.read import Reader
from adapters.jetstream.stream import Options, Stream
from services.position import Position

T = TypeVar("T")


class TrackingRefused(ProgrammingError):
    """The record holds entries only: a process recorder needs a stream of its own."""


class JetStreamAggregateRecorder(AggregateRecorder):
    """Entries by originator. Connects when made, and checks the stream; every call may raise OperationalError."""

    def __init__(self, bridge: Bridge, options: Options, *, owns_bridge: bool = False) -> None:
        self._bridge = bridge
        self._owns_bridge = owns_bridge
        self._patience = 2 * options.timeout + 1  # every call bounds itself; this is for a loop that hangs
        self._stream = self._call(_made(lambda: Stream(options)))
        self._reader = Reader(self._stream)
        self._writer = Writer(self._stream)
        try:
            self._call(self._stream.link())
        except BaseException:
            self.close()
            raise

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        self._insert(stored_events, **kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        # plain stored events: the library compares them with what was inserted
        return [
            StoredEvent(entry.originator_id, entry.originator_version, entry.topic, entry.state)
            for entry in self._select(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)
        ]

    @property
    def incarnation(self) -> str:
        """The id the stream got when it was made: a restored record has another."""
        return self._stream.guard.incarnation

    @property
    def last_known(self) -> Position | None:
        """The highest entry that was read, written or expected here, without asking."""
        return self._stream.guard.last

    def look(self) -> None:
        """Ask for the last entry, whoever wrote it: from then on it is known here."""
        if last := self._call(self._reader.last_entry()):
            self._stream.guard.saw(last)

    def expect(self, position: int, digest: str) -> None:
        """A view stands at this position: raises StoreRegressed, now or on any later connection, if it is gone."""
        self._call(self._stream.expect(Position(position, digest)))

    def close(self) -> None:
        self._call(self._stream.close())
        if self._owns_bridge:
            self._bridge.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _insert(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        if kwargs.get("tracking") is not None:
            raise TrackingRefused(f"Stream {self._stream.name} holds entries only, no tracking")
        if not stored_events:
            return []
        append = self._writer.append_apart if kwargs.get("apart") else self._writer.append
        return self._call(append(stored_events, guards=kwargs.get("guards")))

    def _select(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None,
        lte: int | None,
        desc: bool,
        limit: int | None,
        up_to_position: int | None = None,
    ) -> list[Notification]:
        entries = self._call(self._reader.load(originator_id, gt=gt, lte=lte, up_to_position=up_to_position))
        if desc:
            entries.reverse()
        return entries if limit is None else entries[:limit]

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._bridge.call(coroutine, self._patience)


async def _made(make: Callable[[], T]) -> T:
    """Made on the loop: locks and events belong to it."""
    return make()
