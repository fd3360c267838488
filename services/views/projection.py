"""What a batch of entries changes in the views of each organisation."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import field
from typing import assert_never

from domain.access.audience import audience
from domain.access.cases import admitted, changes_in, changes_of, newly
from domain.case import Case
from domain.case.meeting import MeetingAct
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.record_id import Kind
from domain.visibility import Change, amends, standings_after, unsettled
from domain.visibility import touched as touched_by
from services.agreements import Agreements
from services.cases import Cases, Entries
from services.refolding import moves_lines
from services.timetext import instant
from services.views.board import Line
from services.views.differing import Made, in_agreement
from services.views.directory import Directory
from services.views.kinds import BY_NAME, KINDS, names_touched_by
from services.views.kinds.placements import PLACEMENTS
from services.views.kinds.referrals import REFERRALS
from services.views.places import places
from services.views.readable import joined, see, shown
from services.views.readers import HeldReaders, MadeLines, Readers, only_adds
from services.views.rows import BoardRow, Changes, Differing, Of, Shown
from services.views.told_for import told_for


@dataclass(frozen=True, slots=True)
class Touching:
    """What a batch touches of a case: `lines` are those before it, of which the rows are written."""

    lines: Mapping[str, Line]
    readers: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)
    """The position of the entry that touched each last, and the kinds of rows to be made anew."""


Touched = dict[str, Touching]
"""By case."""
Agreed = dict[str, set[str]]
"""By agreement: the parties who may see other meetings or tasks in it than before."""


class Projection:
    """Pure but for its caches: what they lack is folded again from the record. `most` bounds the entries held."""

    def __init__(self, entries: Entries, office: str | None, *, most: int = 100_000) -> None:
        self._cases = Cases(entries, most=most)
        self._directory = Directory(entries, office)
        self._agreements = Agreements(entries)
        self._entries, self._numbers = entries, dict[str, int]()
        self._readers = HeldReaders(most)

    def fold(self, entries: Sequence[Entry]) -> Changes:
        batch = Changes(entries=list(entries), recorded=instant(max(e.recorded_at for e in entries)))
        touched: Touched = {}
        agreed: Agreed = {}
        for entry in entries:
            self._fold(entry, batch, touched, agreed)
        self._write_lines(batch, touched)
        self._write_agreements(batch, agreed)
        self._readers.evict()
        return batch

    def _fold(self, entry: Entry, batch: Changes, touched: Touched, agreed: Agreed) -> None:
        kind = entry.kind
        if kind is Kind.CASE:
            self._fold_case(entry, batch, touched)
            return
        match kind:
            case Kind.ORGANISATION:
                self._directory.fold(entry, batch)
            case Kind.AGREEMENT:
                self._fold_agreement(entry, batch, agreed)
            case Kind.RULEBOOK:
                see(batch, entry, audience(entry))
            case None:
                pass  # kept, and hidden from everybody
            case _:
                assert_never(kind)
        batch.numbers[entry.originator_id] = self._number(entry)

    def _fold_case(self, entry: Entry, batch: Changes, touched: Touched) -> None:
        before = self._cases.before(entry)
        after = self._cases.keep(before.after(entry))
        entry = after.history.entries[entry.originator_version]  # with the ruling on it
        if entry.ruled not in ("", "full"):
            batch.rulings[entry.position] = entry.ruled
        held = self._readers.at(before)
        now = standings_after(held.standings, before, after, entry)
        folded = Readers(after.version, held.whole.grown(after, entry), dict(held.lines), now, held.lost)
        moving = unsettled(held.standings, now)
        batch.numbers[after.id] = after.history.entries[1].position
        readers = touched.get(after.id) or touched.setdefault(after.id, Touching(held.lines))
        kinds = _kinds_amended(before, after, entry) if amends(entry) else frozenset[str]()
        made: MadeLines = {}
        if amends(entry):
            after.threads.of(after.history)  # brought up to the case, to be lent to who sees a part of it
            folded = self._amend(entry, (before, after), kinds, held, folded, moving, batch, readers, made)
        else:
            _add(entry, held, folded, moving, batch, readers)
        for reader in moving:
            moved = list(changes_of(reader, before, held.standings.get(reader), after, now.get(reader)))
            folded = _move(entry, held, folded, moved, reader, batch, readers, made, kinds)
        if isinstance(entry.act, PLACEMENTS.touched_by) or amends(entry):
            batch.places[after.id] = places(after)
        batch.told_for.update(told_for(entry, after))
        self._readers.keep(folded)

    def _amend(
        self,
        entry: Entry,
        cases: tuple[Case, Case],
        kinds: frozenset[str],
        held: Readers,
        folded: Readers,
        moving: Container[str],
        batch: Changes,
        touching: Touching,
        made: MadeLines,
    ) -> Readers:
        """Whoever stands to the case as before sees the amendment, and what it masks or shows again."""
        before, after = cases
        amended = touched_by(before, entry)
        for reader, stands in folded.standings.items():
            if reader not in moving:
                moved = list(changes_in(amended, reader, before, after, stands))
                if how := newly(after, entry, reader, stands):
                    moved.append(Change(reader, entry, how))
                folded = _move(entry, held, folded, moved, reader, batch, touching, made, kinds)
        return folded

    def _number(self, entry: Entry) -> int:
        """Of what is no case; there are few, so it is kept."""
        id_ = entry.originator_id
        if id_ not in self._numbers:
            first = entry if entry.originator_version == 1 else next(iter(self._entries(id_, 0)))
            self._numbers[id_] = first.position
        return self._numbers[id_]

    def _fold_agreement(self, entry: Entry, batch: Changes, agreed: Agreed) -> None:
        for reader, opened in self._agreements.opened(entry):
            batch.audience[reader, entry.originator_id, opened.position] = shown(opened, entry)
            if isinstance(entry.act, MeetingAct) or opened.position != entry.position:
                agreed.setdefault(entry.originator_id, set()).add(reader)

    def _write_agreements(self, batch: Changes, agreed: Agreed) -> None:
        """Once for all parties who saw and see the same."""
        for id_, parties in agreed.items():
            seen = self._agreements.seen_by(id_, sorted(parties))
            made: dict[tuple[int, int], dict[str, Differing]] = {}
            for reader, (was, now) in seen.items():
                if (share := (id(was), id(now))) not in made:
                    made[share] = in_agreement(id_, was, now)
                for name, differing in made[share].items():
                    _write(batch, name, (reader, id_), differing)

    def _write_lines(self, batch: Changes, touched: Touched) -> None:
        for id_, touching in touched.items():
            lost = self._readers[id_].lost
            held = self._readers.settle(id_)
            boards: dict[int, BoardRow] = {}  # readers who see the same share one line
            made = Made()
            for reader, (position, kinds) in touching.readers.items():
                was, line = touching.lines.get(reader), held.lines.get(reader)
                if line is None:
                    batch.board[reader, id_] = None
                else:
                    board = boards.get(id(line)) or boards.setdefault(id(line), line.row())
                    batch.board[reader, id_] = board.of(reader, held.role(reader), position)
                again = (was, line) if reader in lost or line is None else ()
                for name in kinds.union(*(_kinds_held(each) for each in again if each)):
                    _write(batch, name, (reader, id_), made.of(name, was, line))


def _add(
    entry: Entry, held: Readers, folded: Readers, moving: Container[str], batch: Changes, touched: Touching
) -> None:
    """Most entries move nobody's past: whoever sees this one sees just that more."""
    id_, position, case = entry.originator_id, entry.position, folded.whole.case
    how, touched_by_it = shown(entry, entry), names_touched_by(type(entry.act))
    grown: dict[int, Line] = {id(held.whole): folded.whole}  # readers who see the same share one line
    for reader in admitted(case, entry, folded.standings):
        if reader in moving:
            continue
        batch.audience[reader, id_, position] = how
        if reader in held.lost:
            _touch(touched, reader, position, touched_by_it)
            continue
        line = id(held.lines.get(reader))
        if line not in grown:
            grown[line] = held.line_with(folded.whole, entry, reader)
        folded.lines[reader] = grown[line]
        _touch(touched, reader, position, _among_held(touched_by_it, grown[line]))


def _move(
    entry: Entry,
    held: Readers,
    folded: Readers,
    moved: list[Change],
    reader: str,
    batch: Changes,
    touched: Touching,
    made: MadeLines,
    kinds: frozenset[str] = frozenset(),
) -> Readers:
    """The past of this reader may be another; `kinds` are what an amendment changes for whoever sees all of it."""
    _see_changed(batch, reader, entry, moved)
    if moved:
        before = held.lines.get(reader)
        line = None if reader in held.lost else held.line_after(folded.whole, entry, reader, moved, made)
        if line is None:
            folded.lines.pop(reader, None)
            folded = replace(folded, lost=folded.lost | {reader})
            _touch(touched, reader, entry.position, _kinds_held(before) if before else frozenset())
        else:
            folded.lines[reader] = line
            moves = frozenset[str]() if only_adds(moved, entry) else _kinds_held(line)
            touched_by_it = _among_held(names_touched_by(type(entry.act)), line)
            _touch(touched, reader, entry.position, kinds | moves | touched_by_it)
    if (reader in folded.lines or reader in folded.lost) and folded.role(reader) != held.role(reader):
        _touch(touched, reader, entry.position, frozenset())
    return folded


def _see_changed(batch: Changes, reader: str, entry: Entry, moved: Iterable[Change]) -> None:
    for change in moved:
        key, how = (reader, entry.originator_id, change.entry.position), change.sight
        batch.audience[key] = Shown(joined(how.categories), int(how.masked), entry.position) if how else None


def _among_held(kinds: frozenset[str], line: Line) -> frozenset[str]:
    """Those of which there may be rows: of what a line never had any, none is to be taken away either."""
    return frozenset([name for name in kinds if BY_NAME[name].held(line)]) if kinds else kinds


def _kinds_held(line: Line) -> frozenset[str]:
    """The kinds of which there are rows."""
    return frozenset(kind.name for kind in KINDS if kind.held(line))


def _kinds_amended(before: Case, after: Case, entry: Entry) -> frozenset[str]:
    """The kinds of which rows may be others with an amendment, to whoever sees all that it is about."""
    acts = [act for amended in before.amended_by(after) for act in amended.acts]
    kinds = frozenset(name for act in acts for name in names_touched_by(type(act)))
    if before.path.team.responsible != after.path.team.responsible:
        return frozenset(BY_NAME)  # rows say whose the case is
    still = before.path.referrals is after.path.referrals and not moves_lines(before, after, entry)
    return kinds if still else kinds | {REFERRALS.name}


def _write(batch: Changes, name: str, of: Of, differing: Differing) -> None:
    if differing:
        batch.rows[name][of] = differing


def _touch(touched: Touching, reader: str, position: int, kinds: frozenset[str]) -> None:
    known = touched.readers.get(reader)
    touched.readers[reader] = position, known[1] | kinds if known else kinds
