"""What a batch of entries changes in the views of each organisation."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.case.about import ActCorrected, ActRetracted
from domain.entry import Entry
from domain.visibility import Change, changes
from services.agreements import Agreements
from services.cases import Cases, Entries
from services.timetext import instant
from services.views.board import Line
from services.views.directory import Directory
from services.views.kinds import KINDS, touched_by
from services.views.kinds.kind import Kind
from services.views.kinds.meetings import MEETINGS
from services.views.kinds.meetings import rows_of as meetings_of
from services.views.kinds.placements import PLACEMENTS
from services.views.kinds.tasks import TASKS
from services.views.kinds.tasks import rows_of as tasks_of
from services.views.places import places
from services.views.readers import HeldReaders, Readers, only_adds, role_of
from services.views.rows import EVERYONE, AudienceRow, BoardRow, Changes, Of

Touched = dict[Of, tuple[int, frozenset[str]]]
"""By reader and case: the position of the entry that touched it last, and the kinds of rows to be made anew."""

_AMENDS = (ActCorrected, ActRetracted)


class Projection:
    """Pure but for its caches: what they lack is folded again from the record. `most` bounds the entries held."""

    def __init__(self, entries: Entries, office: str | None, *, most: int = 100_000) -> None:
        self._cases = Cases(entries, most=most)
        self._directory = Directory(entries, office)
        self._agreements = Agreements(entries)
        self._readers = HeldReaders(most)

    def fold(self, entries: Sequence[Entry]) -> Changes:
        batch = Changes(entries=list(entries), recorded=instant(max(e.recorded_at for e in entries)))
        touched: Touched = {}
        for entry in entries:
            if entry.originator_id.startswith("case/"):
                self._fold_case(entry, batch, touched)
            elif entry.originator_id.startswith("organisation/"):
                self._directory.fold(entry, batch)
            elif entry.originator_id.startswith("agreement/"):
                self._fold_agreement(entry, batch)
            else:
                _see(batch, EVERYONE, entry, entry, entry.categories)
        self._write_lines(batch, touched)
        self._readers.evict()
        return batch

    def _fold_case(self, entry: Entry, batch: Changes, touched: Touched) -> None:
        before = self._cases.before(entry)
        after = self._cases.keep(before.after(entry))
        held = self._readers.at(before)
        whole = held.whole.grown(after, entry)
        lines, roles = dict(held.lines), held.roles
        for reader, moved in _by_reader(changes(before, after, entry)).items():
            for change in moved:
                _see_change(batch, change, entry)
            line = held.line_after(whole, entry, reader, moved)
            if line is None:
                lines.pop(reader, None)
            else:
                lines[reader] = line
            _touch(touched, reader, entry, _kinds(held.lines.get(reader), line, entry, moved))
        if before.path is not after.path or lines.keys() != roles.keys():
            roles = {reader: role_of(after, reader) for reader in lines}
            for reader in lines:
                if roles[reader] != held.roles.get(reader):
                    _touch(touched, reader, entry, ())
        if isinstance(entry.act, (*PLACEMENTS.touched_by, *_AMENDS)):
            batch.places[after.id] = places(after)
        self._readers.keep(Readers(after.version, whole, lines, roles))

    def _fold_agreement(self, entry: Entry, batch: Changes) -> None:
        """Agreements are few and short, so what a party's meetings and tasks are is folded anew."""
        id_ = entry.originator_id
        parties = set()
        for reader, opened in self._agreements.opened(entry):
            _see(batch, reader, opened, entry, opened.categories)
            parties.add(reader)
        for reader in parties:
            seen = self._agreements.as_seen(id_, reader)
            told_by = seen.history.entries.__getitem__
            batch.rows[MEETINGS.name][reader, id_] = list(meetings_of(id_, seen.meetings, reader, told_by))
            batch.rows[TASKS.name][reader, id_] = list(tasks_of(id_, seen.meetings, reader, told_by))

    def _write_lines(self, batch: Changes, touched: Touched) -> None:
        rows: dict[int, BoardRow] = {}  # by line: readers who see the same share one
        for (reader, id_), (position, kinds) in touched.items():
            held = self._readers[id_]
            if line := held.lines.get(reader):
                row = rows.get(id(line)) or rows.setdefault(id(line), line.row())
                batch.board[reader, id_] = row._replace(organisation=reader, role=held.roles[reader], moved=position)
            else:
                batch.board[reader, id_] = None
            for kind in KINDS if kinds else ():
                if kind.name in kinds:
                    batch.rows[kind.name][reader, id_] = kind.rows(line, reader) if line else []


def _kinds(before: Line | None, after: Line | None, entry: Entry, moved: list[Change]) -> Iterable[Kind[Any]]:
    """Where the past has moved, or was put right, those of which there were or are rows; else what the act touches."""
    if only_adds(moved, entry) and not isinstance(entry.act, _AMENDS):
        return touched_by(type(entry.act))
    return [kind for kind in KINDS if any(line and kind.held(line) for line in (before, after))]


def _touch(touched: Touched, reader: str, entry: Entry, kinds: Iterable[Kind[Any]]) -> None:
    of = reader, entry.originator_id
    _, known = touched.get(of, (0, _NONE))
    touched[of] = entry.position, known.union(kind.name for kind in kinds) if kinds else known


_NONE: frozenset[str] = frozenset()


def _see(batch: Changes, reader: str, entry: Entry, because: Entry, categories: Iterable[str]) -> None:
    key = (reader, entry.originator_id, entry.position)
    batch.audience[key] = AudienceRow(*key, _joined(categories), 0, because.position)


def _see_change(batch: Changes, change: Change, because: Entry) -> None:
    key = (change.reader, because.originator_id, change.entry.position)
    if (how := change.sight) is None:
        batch.audience[key] = None
    else:
        batch.audience[key] = AudienceRow(*key, _joined(how.categories), int(how.masked), because.position)


def _by_reader(changed: Iterable[Change]) -> dict[str, list[Change]]:
    by_reader: dict[str, list[Change]] = {}
    for change in changed:
        by_reader.setdefault(change.reader, []).append(change)
    return by_reader


def _joined(categories: Iterable[str]) -> str:
    return " ".join(sorted(categories))
