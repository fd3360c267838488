"""Entries in larger lists where many are to come: what lies side by side in the tables is then written at once."""

from collections.abc import Iterable, Iterator
from typing import Final

from domain.entry import Entry

LARGEST_BATCH: Final = 4000


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
