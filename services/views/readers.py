"""The line of each reader of a case, kept for the next entry of that case in a cache of bounded size."""

from collections import OrderedDict
from collections.abc import Iterable

from domain.case import Case
from domain.entry import Entry
from domain.facts import dataclass
from domain.visibility import Change, Standings, amends, standings
from services.seen import case_of, seen_by, sees_all
from services.views.board import Line, line_of


@dataclass(frozen=True, slots=True)
class Readers:
    """As the case stands at a version; `whole` is the line of who sees all."""

    version: int
    whole: Line
    lines: dict[str, Line]
    standings: Standings
    lost: frozenset[str] = frozenset()
    """The readers whose line is to be folded again; they have none meanwhile."""

    def settled(self) -> "Readers":
        """With every line folded that was left for later."""
        if not self.lost and not self.whole.stale:
            return self
        whole = line_of(self.whole.case) if self.whole.stale else self.whole
        kept = {reader: whole if line is self.whole else line for reader, line in self.lines.items()}
        lost = self.lost | {reader for reader, line in kept.items() if line.stale}
        return Readers(self.version, whole, kept | lines_of(whole, lost), self.standings)

    def role(self, reader: str) -> str | None:
        stands = self.standings.get(reader)
        return stands.role if stands else None

    def line_after(self, whole: Line, entry: Entry, reader: str, moved: list[Change]) -> Line | None:
        """None if its past is another: then it is folded again, once for all that came together."""
        if amends(entry) and self.lines.get(reader) is not self.whole:
            return None
        if only_adds(moved, entry):
            return self.line_with(whole, entry, reader)
        return whole if not amends(entry) and sees_all(whole.case, reader) else None

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
        return Readers(case.version, whole, lines_of(whole, now), now)

    def keep(self, held: Readers) -> None:
        id_ = held.whole.case.id
        before = self._readers.pop(id_, None)
        self._held += held.version - (before.version if before else 0)
        self._readers[id_] = held

    def settle(self, id_: str) -> Readers:
        settled = self._readers[id_] = self._readers[id_].settled()
        return settled

    def evict(self) -> None:
        while self._held > self._most and len(self._readers) > 1:
            _, dropped = self._readers.popitem(last=False)
            self._held -= dropped.version


def only_adds(moved: list[Change], entry: Entry) -> bool:
    """Whether all that is new to the reader is this entry; else its past has moved."""
    first = moved[0]
    return len(moved) == 1 and first.entry is entry and first.sight is not None and not first.sight.masked


def lines_of(whole: Line, readers: Iterable[str]) -> dict[str, Line]:
    """Who sees all of a case has the line of the whole, and who see the same share one; who sees nothing has none."""
    case = whole.case
    found: dict[str, Line] = {}
    shared: dict[tuple[tuple[int, bool], ...], Line] = {}
    for reader in readers:
        seen = list(seen_by(case, reader))
        if len(seen) == case.version and not any(s.masked for s in seen):
            found[reader] = whole
        elif seen:
            same = tuple((s.entry.originator_version, s.masked) for s in seen)
            found[reader] = shared.get(same) or shared.setdefault(same, line_of(case_of(case.id, seen)))
    return found
