"""The record as a projection follows it, and whether it is still the one that was followed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from domain.entry import Entry
from services.views.store import ViewStore


class Following(Protocol):
    """Batches of entries in the order of the record, without gaps; waits for new ones until it is stopped."""

    def __iter__(self) -> Iterator[list[Entry]]: ...
    def stop(self) -> None: ...


class FollowedRecord(Protocol):
    @property
    def incarnation(self) -> str: ...
    def entries(self, originator_id: str, after: int = 0) -> list[Entry]: ...
    def following(
        self, gt: int, *, batch: int = 500, states: dict[int, bytes] | None = None
    ) -> AbstractContextManager[Following]: ...
    def entry_at(self, position: int) -> Entry | None: ...
    def position(self) -> int: ...


class RecordChanged(Exception):
    """The record is not the one that was followed so far."""


def check_same(record: FollowedRecord, store: ViewStore) -> None:
    """Raises `RecordChanged` with a sentence that says what to do."""
    reached = store.reached()
    if reached.incarnation and reached.incarnation != record.incarnation:
        raise RecordChanged(
            f"The record was restored or replaced: it is now {record.incarnation}, the views followed "
            f"{reached.incarnation}. Rebuild the views."
        )
    if reached.position == 0:
        return
    if (last := record.position()) < reached.position:
        raise RecordChanged(
            f"The record ends at {last}, but the views had read up to {reached.position}: its end is lost. "
            "Find out why before anything is written; then rebuild the views."
        )
    entry = record.entry_at(reached.position)
    if entry is None or not store.follows(entry):
        raise RecordChanged(
            f"Entry {reached.position} is not the one the views had read there: the record was cut and written anew. "
            "Find out why before anything is written; then rebuild the views."
        )
