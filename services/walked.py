"""Short records folded for whoever walks them in order; each is kept, for there are few."""

from collections.abc import Callable
from functools import reduce
from typing import Generic, Protocol, Self, TypeVar

from domain.entry import Entry
from services.cases import Entries


class Folded(Protocol):
    @property
    def version(self) -> int: ...

    def after(self, entry: Entry) -> Self: ...


F = TypeVar("F", bound=Folded)


class Walked(Generic[F]):
    """`new` makes one of which nothing is told yet, by its id."""

    def __init__(self, entries: Entries, new: Callable[[str], F]) -> None:
        self._entries = entries
        self._new = new
        self._kept: dict[str, F] = {}

    def __getitem__(self, id_: str) -> F:
        """As the last step left it."""
        return self._kept[id_]

    def step(self, entry: Entry) -> tuple[F, F]:
        """As it stood before the entry, and with it."""
        before = self._before(entry)
        after = self._kept[entry.originator_id] = before.after(entry)
        return before, after

    def _before(self, entry: Entry) -> F:
        id_, wanted = entry.originator_id, entry.originator_version - 1
        known = self._kept.get(id_)
        if known is None or known.version > wanted:
            known = self._new(id_)
        if known.version == wanted:
            return known
        past = (e for e in self._entries(id_, known.version) if e.originator_version <= wanted)
        return reduce(lambda state, e: state.after(e), past, known)
