"""How far a process has followed another application, kept on a stream of its own together with its entries."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import (
    IntegrityError,
    ProcessRecorder,
    StoredEvent,
    Tracking,
    TrackingRecorder,
)

from adapters.jetstream.aggregate_recorder import JetStreamAggregateRecorder, TrackingRefused
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.stream import Options


class AlreadyTracked(IntegrityError):
    """The notification, or a later one, has been processed before."""


class JetStreamTrackingRecorder(TrackingRecorder, JetStreamAggregateRecorder):
    """One subject for each application followed; its last message is the number reached."""

    def __init__(self, bridge: Bridge, options: Options, *, owns_bridge: bool = False) -> None:
        if options.definition.unique_subjects or options.definition.name == "RECORD":
            raise TrackingRefused("The record holds entries only: give the process recorder a stream of its own")
        super().__init__(bridge, options, owns_bridge=owns_bridge)

    def insert_tracking(self, tracking: Tracking) -> None:
        self._insert((), tracking=tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        _, number = self._tracked(application_name)
        return number

    def _insert(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> list[int]:
        tracking: Tracking | None = kwargs.get("tracking")
        if tracking is None:
            return super()._insert(stored_events)
        sequence, number = self._tracked(tracking.application_name)
        if number is not None and number >= tracking.notification_id:
            raise AlreadyTracked(f"{tracking.application_name} has been followed up to {number} already")
        subject = self._stream.subjects.tracking(tracking.application_name)
        payload = str(tracking.notification_id).encode()
        positions: list[int] = self._call(self._writer.append(stored_events, {subject: (sequence, payload)}))
        return positions

    def _tracked(self, application_name: str) -> tuple[int, int | None]:
        subject = self._stream.subjects.tracking(application_name)
        last = self._call(self._reader.last_payload(subject))
        return (last[0], int(last[1])) if last else (0, None)


class JetStreamProcessRecorder(JetStreamTrackingRecorder, JetStreamApplicationRecorder, ProcessRecorder):
    """Entries and tracking in one atomic batch. Positions rise, but tracking takes some of them."""

    def max_notification_id(self) -> int | None:
        last = self._call(self._reader.last_entry())
        return last.id if last else None
