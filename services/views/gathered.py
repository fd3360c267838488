"""Entries in larger lists where many are to come: what lies side by side in the tables is then written at once."""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.entry import Entry

LARGEST_BATCH: Final = 4000
BUSY: Final = 500
"""Entries a second: one by one, each of them costs twice what it costs in a list."""
LOOKED_AT_S: Final = 0.25


def gathered(batches: Iterable[list[Entry]], known: int) -> Iterator[list[Entry]]:
    """The lists put together up to the position `known`, to which the record goes: until then none is waited for.

    What fails raises after all before it were given; what was read when it is stopped is left for the next time.
    """
    entries: list[Entry] = []
    following = iter(batches)
    while True:
        try:
            batch = next(following, None)
        except Exception:
            if entries:
                yield entries
            raise
        if batch is None:
            return
        entries += batch
        if entries and (len(entries) >= LARGEST_BATCH or entries[-1].position >= known):
            yield entries
            entries = []


class Pace:
    """Whether entries come so fast that it is worth waiting for more. Times are seconds on any clock."""

    def __init__(self, now: float) -> None:
        self._since, self._came, self._busy = now, 0, False

    def busy(self, came: int, now: float) -> bool:
        """By how many have come since it was last looked at; a list that is long already is not waited with."""
        self._came += came
        if (passed := now - self._since) >= LOOKED_AT_S:
            self._busy = self._came > BUSY * passed
            self._since, self._came = now, 0
        return self._busy and came < LARGEST_BATCH
