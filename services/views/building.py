"""One generation of the views being brought up to the record, batch by batch."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from types import MappingProxyType
from typing import Final

from domain.entry import Entry
from services.views.followed import FollowedRecord
from services.views.projection import Projection
from services.views.rows import Reached
from services.views.store import ViewStore

MANY: Final = 1000
NONE: Final[Mapping[int, bytes]] = MappingProxyType({})


class GapError(Exception):
    """The record was not delivered entry by entry."""


class Building:
    def __init__(self, record: FollowedRecord, store: ViewStore) -> None:
        self._record = record
        self.store = store
        self.reached: Reached = store.reached()
        self._projection = self._made()

    def take(
        self, entries: Sequence[Entry], moved: Callable[[Reached], None], states: Mapping[int, bytes] = NONE
    ) -> None:
        """Store the entries; at one that cannot be processed it raises, with everything before it stored.

        `states` is what they are on the record, by position, as far as it is at hand.
        """
        new = [e for e in entries if e.position > self.reached.position]
        if not new:
            return
        if new[0].position != self.reached.position + 1 or new[-1].position != self.reached.position + len(new):
            raise GapError
        try:
            with _uncollected() if len(new) >= MANY else nullcontext():
                changes = self._projection.fold(new)
                changes.states = states
                self.reached = self.store.write(changes, self.reached)
        except Exception:
            self._projection = self._made()  # it had run ahead of the store
            self.reached = self.store.reached()
            if len(new) == 1:
                raise
            half = len(new) // 2  # the one at fault is found in a few steps
            self.take(new[:half], moved, states)
            self.take(new[half:], moved, states)
        else:
            moved(self.reached)

    def _made(self) -> Projection:
        return Projection(self._record.entries, self.store.office())


@contextmanager
def _uncollected() -> Iterator[None]:
    """Many entries leave many small things that stay and form no cycles: to walk them took a tenth of the time.

    What is there afterwards is never walked again; it still goes when nothing names it any more.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
