"""What a batch of entries changes in the views of each organisation."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.case import Case
from domain.case.about import ActCorrected, ActRetracted
from domain.case.placement import FinalEvaluationShared
from domain.case.referral import ReferralAct
from domain.entry import Entry
from domain.visibility import Change, changes, readers, standing
from services.agreements import Agreements
from services.cases import Cases, Entries
from services.seen import case_of, seen_by
from services.timetext import instant
from services.views.board import Line, line_of
from services.views.directory import Directory
from services.views.rows import EVERYONE, AudienceRow, BoardRow, Changes


@dataclass(frozen=True, slots=True)
class Readers:
    """The line of each reader of a case, as the case stands at a version; `whole` is that of who sees all."""

    version: int
    whole: Line
    lines: dict[str, Line]
    roles: dict[str, str | None]


class Projection:
    """Pure but for its caches: what they lack is folded again from the record. `most` bounds the entries held."""

    def __init__(self, entries: Entries, office: str | None, *, most: int = 100_000) -> None:
        self._cases = Cases(entries, most=most)
        self._directory = Directory(entries, office)
        self._agreements = Agreements(entries)
        self._most = most
        self._held = 0
        self._readers: OrderedDict[str, Readers] = OrderedDict()

    def fold(self, entries: Sequence[Entry]) -> Changes:
        batch = Changes(entries=list(entries), recorded=instant(max(e.recorded_at for e in entries)))
        touched: dict[tuple[str, str], bool] = {}
        for entry in entries:
            if entry.originator_id.startswith("case/"):
                self._fold_case(entry, batch, touched)
            elif entry.originator_id.startswith("organisation/"):
                self._directory.fold(entry, batch)
            elif entry.originator_id.startswith("agreement/"):
                self._fold_agreement(entry, batch)
            else:
                key = (EVERYONE, entry.originator_id, entry.position)
                batch.audience[key] = AudienceRow(*key, _joined(entry.categories), 0)
        self._write_lines(batch, touched)
        self._evict()
        return batch

    def _fold_case(self, entry: Entry, batch: Changes, touched: dict[tuple[str, str], bool]) -> None:
        before = self._cases.before(entry)
        after = self._cases.keep(before.after(entry))
        held = self._held_at(before)
        whole = held.whole.grown(after, entry)
        lines, roles = dict(held.lines), held.roles
        for reader, moved in _by_reader(changes(before, after, entry)).items():
            for change in moved:
                key = (reader, after.id, change.entry.position)
                how = change.sight
                batch.audience[key] = AudienceRow(*key, _joined(how.categories), int(how.masked)) if how else None
            line = self._line(held, whole, entry, reader, moved)
            if line is None:
                lines.pop(reader, None)
            else:
                lines[reader] = line
            all_referrals = not _only_adds(moved, entry) or isinstance(
                entry.act, ReferralAct | FinalEvaluationShared | ActCorrected | ActRetracted
            )
            touched[reader, after.id] = touched.get((reader, after.id), False) or all_referrals
        if before.path is not after.path or lines.keys() != roles.keys():
            roles = {reader: _role(after, reader) for reader in lines}
            for reader in lines:
                if roles[reader] != held.roles.get(reader):
                    touched.setdefault((reader, after.id), False)
        self._keep(Readers(after.version, whole, lines, roles))

    def _fold_agreement(self, entry: Entry, batch: Changes) -> None:
        for reader, opened in self._agreements.opened(entry):
            key = (reader, opened.originator_id, opened.position)
            batch.audience[key] = AudienceRow(*key, _joined(opened.categories), 0)

    def _line(self, held: Readers, whole: Line, entry: Entry, reader: str, moved: list[Change]) -> Line | None:
        if not _only_adds(moved, entry):
            return _line_of(whole, reader)
        line = held.lines.get(reader)
        if line is held.whole or entry.originator_version == 1:
            return whole
        return (line or Line(Case(entry.originator_id))).after(entry)

    def _held_at(self, case: Case) -> Readers:
        held = self._readers.get(case.id)
        if held and held.version == case.version:
            return held
        whole = line_of(case)
        found = ((reader, _line_of(whole, reader)) for reader in readers(case))
        lines = {reader: line for reader, line in found if line}
        return Readers(case.version, whole, lines, {reader: _role(case, reader) for reader in lines})

    def _keep(self, held: Readers) -> None:
        id_ = held.whole.case.id
        before = self._readers.pop(id_, None)
        self._held += held.version - (before.version if before else 0)
        self._readers[id_] = held

    def _evict(self) -> None:
        while self._held > self._most and len(self._readers) > 1:
            _, dropped = self._readers.popitem(last=False)
            self._held -= dropped.version

    def _write_lines(self, batch: Changes, touched: dict[tuple[str, str], bool]) -> None:
        rows: dict[int, BoardRow] = {}  # by line: readers who see the same share one
        for (reader, id_), all_referrals in touched.items():
            held = self._readers[id_]
            if line := held.lines.get(reader):
                row = rows.get(id(line)) or rows.setdefault(id(line), line.row())
                batch.board[reader, id_] = row._replace(organisation=reader, role=held.roles[reader])
            else:
                batch.board[reader, id_] = None
            if all_referrals or line is None:
                batch.referrals[reader, id_] = line.referrals(reader) if line else []


def _line_of(whole: Line, reader: str) -> Line | None:
    """The line of whoever sees all of a case is the same one; None is for a reader who sees nothing."""
    case = whole.case
    seen = list(seen_by(case, reader))
    if len(seen) == case.version and not any(s.masked for s in seen):
        return whole
    return line_of(case_of(case.id, seen)) if seen else None


def _only_adds(moved: list[Change], entry: Entry) -> bool:
    """Whether all that is new to the reader is this entry; else its past has moved."""
    first = moved[0]
    return len(moved) == 1 and first.entry is entry and first.sight is not None and not first.sight.masked


def _by_reader(changed: Iterable[Change]) -> dict[str, list[Change]]:
    by_reader: dict[str, list[Change]] = {}
    for change in changed:
        by_reader.setdefault(change.reader, []).append(change)
    return by_reader


def _role(case: Case, reader: str) -> str | None:
    stands = standing(case, reader)
    return stands.role if stands else None


def _joined(categories: Iterable[str]) -> str:
    return " ".join(sorted(categories))
