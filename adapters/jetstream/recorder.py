"""The library's application recorder on a stream: the store port that services use."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent, Subscription

from adapters.jetstream.aggregate_recorder import JetStreamAggregateRecorder
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.follow import Follower
from adapters.jetstream.follow_kinds import Came, KindsFollower
from adapters.jetstream.link import Address
from adapters.jetstream.pursuit import Follow
from adapters.jetstream.read import PAGE
from adapters.jetstream.stream import Options
from adapters.jetstream.streams import record_definition

BATCH = 500


class JetStreamApplicationRecorder(JetStreamAggregateRecorder, ApplicationRecorder):
    """Entries by originator and by position. Positions are the stream's sequences, gapless from 1."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Store all or none and return their positions (a power failure: see `adapters/nats/staging.py`).

        `guards` says of an entry which version of another originator must not be there yet (see `append.py`).
        `apart`: of different originators, so each is stored whatever becomes of the others (`Conflict.stored`).
        Raises Conflict (with the culprits), TooMany above 1,000, OutcomeUnknown or another OperationalError
        during an outage, StoreRegressed for ever once the stream has gone back.
        """
        return self._insert(stored_events, **kwargs)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[Notification]:
        """As the library's, and every entry knows its position (`id`)."""
        return self._select(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)

    def load(self, originator_id: UUID | str, *, up_to_position: int | None = None) -> Sequence[Notification]:
        """An originator's entries as the record stood at a position."""
        return self._select(originator_id, gt=None, lte=None, desc=False, limit=None, up_to_position=up_to_position)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        position = max(1, (start or 0) + (0 if inclusive_of_start else 1))
        found: list[Notification] = []
        while len(found) < limit and (stop is None or position <= stop):
            most = PAGE if topics else min(PAGE, limit - len(found))
            if stop is not None:
                most = min(most, stop - position + 1)
            page = self._call(self._reader.page(position, most))
            if not page:
                break
            found += [entry for _, entry in page if entry and (not topics or entry.topic in topics)]
            position = page[-1][0] + 1
        return found[:limit]

    def max_notification_id(self) -> int | None:
        return self._call(self._reader.last_position()) or None

    def look_through(self, progress: Callable[[int], None] = lambda _: None) -> None:
        """Everything that is stored, position by position, unread: raises `Gap` at a hole."""
        position, last = 1, self.max_notification_id() or 0
        while position <= last:
            position += self._call(self._reader.present(position, min(PAGE, last - position + 1)))
            progress(position - 1)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "JetStreamSubscription":
        return JetStreamSubscription(self, gt, topics)

    def follow(self, gt: int | None = None, *, batch: int = BATCH) -> Follow[list[Notification]]:
        """Lists of entries after position `gt`, never empty, waiting for new ones; it survives lost connections."""

        async def begin() -> Follower:
            return Follower(self._stream, self._reader, gt, batch)

        return Follow(self._bridge, self._call(begin()), self._patience)

    def follow_kinds(self, kinds: Sequence[str], gt: int = 0) -> Follow[Came]:
        """Entries of the records of these kinds after a position, and how far there are none else."""

        async def begin() -> KindsFollower:
            return KindsFollower(self._stream, kinds, gt)

        return Follow(self._bridge, self._call(begin()), self._patience)


class JetStreamSubscription(Subscription[JetStreamApplicationRecorder]):
    """The library's subscription: one notification after the other, pushed."""

    def __init__(self, recorder: JetStreamApplicationRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._follow = recorder.follow(gt)
        self._came: list[Notification] = []

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        super().__exit__(*args, **kwargs)
        self._follow.close()

    def stop(self) -> None:
        super().stop()
        self._follow.stop()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._came:
                return self._came.pop()
            self._came = [n for n in next(self._follow) if not self._topics or n.topic in self._topics]
            self._came.reverse()
        raise StopIteration


def open_recorder(
    url: str,
    creds: str | None = None,
    *,
    stream: str = "RECORD",
    prefix: str = "record",
    timeout: float = 5.0,
    watcher: Address | None = None,
) -> JetStreamApplicationRecorder:
    """A recorder on an existing stream, with a loop thread of its own; `creds` is the path of a credentials file."""
    options = Options(
        address=Address(url, creds),
        definition=record_definition(stream, prefix),
        prefix=prefix,
        timeout=timeout,
        watcher=watcher,
    )
    bridge = Bridge()
    try:
        return JetStreamApplicationRecorder(bridge, options, owns_bridge=True)
    except BaseException:
        bridge.close()
        raise
