"""The line of each reader of a case, kept for the next entry of that case in a cache of bounded size."""

from collections import OrderedDict

from domain.case import Case
from domain.entry import Entry
from domain.facts import dataclass
from domain.visibility import Change, Standings, standings
from services.seen import case_of, seen_by
from services.views.board import Line, line_of


@dataclass(frozen=True, slots=True)
class Readers:
    """As the case stands at a version; `whole` is the line of who sees all."""

    version: int
    whole: Line
    lines: dict[str, Line]
    standings: Standings

    def role(self, reader: str) -> str | None:
        stands = self.standings.get(reader)
        return stands.role if stands else None

    def line_after(self, whole: Line, entry: Entry, reader: str, moved: list[Change]) -> Line | None:
        if not only_adds(moved, entry):
            return _line_of(whole, reader)
        return self.line_with(whole, entry, reader)

    def line_with(self, whole: Line, entry: Entry, reader: str) -> Line:
        """Of one to whom nothing but the entry is new."""
        line = self.lines.get(reader)
        if line is self.whole or entry.originator_version == 1:
            return whole
        return (line or Line(Case(entry.originator_id, partial=True))).after(entry)


class HeldReaders:
    """`most` bounds the entries of the cases that are held."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._readers: OrderedDict[str, Readers] = OrderedDict()

    def __getitem__(self, id_: str) -> Readers:
        return self._readers[id_]

    def at(self, case: Case) -> Readers:
        """Exactly as the case stands."""
        held = self._readers.get(case.id)
        if held and held.version == case.version:
            return held
        whole, now = line_of(case), standings(case)
        found = ((reader, _line_of(whole, reader)) for reader in now)
        return Readers(case.version, whole, {reader: line for reader, line in found if line}, now)

    def keep(self, held: Readers) -> None:
        id_ = held.whole.case.id
        before = self._readers.pop(id_, None)
        self._held += held.version - (before.version if before else 0)
        self._readers[id_] = held

    def evict(self) -> None:
        while self._held > self._most and len(self._readers) > 1:
            _, dropped = self._readers.popitem(last=False)
            self._held -= dropped.version


def only_adds(moved: list[Change], entry: Entry) -> bool:
    """Whether all that is new to the reader is this entry; else its past has moved."""
    first = moved[0]
    return len(moved) == 1 and first.entry is entry and first.sight is not None and not first.sight.masked


def _line_of(whole: Line, reader: str) -> Line | None:
    """The line of whoever sees all of a case is the same one; None is for a reader who sees nothing."""
    case = whole.case
    seen = list(seen_by(case, reader))
    if len(seen) == case.version and not any(s.masked for s in seen):
        return whole
    return line_of(case_of(case.id, seen)) if seen else None
