"""The line of each reader of a case, kept for the next entry of that case in a cache of bounded size."""

from collections import OrderedDict
from collections.abc import Iterable

from domain.case import Case
from domain.case.about import AboutAct
from domain.entry import Entry
from domain.facts import dataclass
from domain.visibility import Change, Standings, amends, standings
from services.seen import case_of, seen_by, sees_all
from services.views.board import Line, line_of

MadeLines = dict[tuple[int, tuple[int, ...]], Line]
"""By the line before, and what is masked in it."""


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
        if not self.lost and not self.whole.stale and not any(line.stale for line in self.lines.values()):
            return self
        fresh: dict[int, Line] = {}  # readers who see the same share one line
        for line in (self.whole, *self.lines.values()):
            if id(line) not in fresh:
                fresh[id(line)] = line_of(line.case) if line.stale else line
        whole = fresh[id(self.whole)]
        kept = {reader: fresh[id(line)] for reader, line in self.lines.items()}
        return Readers(self.version, whole, kept | lines_of(whole, self.lost), self.standings)

    @property
    def weight(self) -> int:
        """The entries in its lines: it is what memory is made of."""
        return self.version * len({id(line) for line in self.lines.values()})

    def role(self, reader: str) -> str | None:
        stands = self.standings.get(reader)
        return stands.role if stands else None

    def line_after(self, whole: Line, entry: Entry, reader: str, moved: list[Change], made: MadeLines) -> Line | None:
        """None if its past is another: then it is folded again, once for all that came together.

        `made` are the lines that the entry has made so far: readers who see the same share one.
        """
        line = self.lines.get(reader)
        masks = _masked(moved, entry)
        if masks is None or (masks and not _has(line, masks, entry)):
            return whole if not amends(entry) and sees_all(whole.case, reader) else None
        if (key := (id(line), masks)) not in made:
            made[key] = line.after(entry, masks) if masks and line else self.line_with(whole, entry, reader)
        return made[key]

    def line_with(self, whole: Line, entry: Entry, reader: str) -> Line:
        """Of one to whom nothing but the entry is new."""
        line = self.lines.get(reader)
        if line is self.whole or entry.originator_version == 1:
            return whole
        begun = line or Line(Case(entry.originator_id, partial=True, threads=whole.case.threads))
        return begun.after(entry)


LINES = 6
"""Of a usual case: so many readers of it see different parts."""


class HeldReaders:
    """`most` bounds the entries of the cases that are held, each for so many readers as see different parts of it."""

    def __init__(self, most: int) -> None:
        self._most = most * LINES
        self._held = 0
        self._readers: OrderedDict[str, Readers] = OrderedDict()

    def __getitem__(self, id_: str) -> Readers:
        return self._readers[id_]

    def __contains__(self, id_: str) -> bool:
        return id_ in self._readers

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
        self._held += held.weight - (before.weight if before else 0)
        self._readers[id_] = held

    def settle(self, id_: str) -> Readers:
        settled = self._readers[id_].settled()
        if settled is not self._readers[id_]:
            self.keep(settled)
        return settled

    def evict(self) -> None:
        while self._held > self._most and len(self._readers) > 1:
            _, dropped = self._readers.popitem(last=False)
            self._held -= dropped.weight


def only_adds(moved: list[Change], entry: Entry) -> bool:
    """Whether all that is new to the reader is this entry; else its past has moved."""
    return _masked(moved, entry) == ()


def _masked(moved: list[Change], entry: Entry) -> tuple[int, ...] | None:
    """The earlier entries that are masked to the reader from here on; None if more than this entry is new to it."""
    newest = moved[-1]
    if newest.entry is not entry or newest.sight is None or newest.sight.masked:
        return None
    if any(change.sight is None or not change.sight.masked for change in moved[:-1]):
        return None
    if any(isinstance(change.entry.act, AboutAct) for change in moved[:-1]):
        return None  # what it said of another entry is no more
    return tuple(change.entry.originator_version for change in moved[:-1])


def _has(line: Line | None, versions: Iterable[int], amendment: Entry) -> bool:
    """Whether its reader knows these entries, so that the amendment may mask them."""
    return line is not None and amends(amendment) and all(each in line.case.history.entries for each in versions)


def lines_of(whole: Line, readers: Iterable[str]) -> dict[str, Line]:
    """Who sees all of a case has the line of the whole, and who see the same share one; who sees nothing has none."""
    case = whole.case
    case.threads.of(case.history)  # brought up to the case, to be lent
    found: dict[str, Line] = {}
    shared: dict[tuple[tuple[int, bool], ...], Line] = {}
    for reader in readers:
        seen = list(seen_by(case, reader))
        if len(seen) == case.version and not any(s.masked for s in seen):
            found[reader] = whole
        elif seen:
            same = tuple((s.entry.originator_version, s.masked) for s in seen)
            found[reader] = shared.get(same) or shared.setdefault(same, line_of(case_of(case.id, seen, case)))
    return found
