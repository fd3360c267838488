"""What is new in the rows of a caseload since they were written last: only that is written."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from domain.agreement import Agreement
from services.views.board import Line
from services.views.kinds import BY_NAME
from services.views.kinds.kind import Kind
from services.views.kinds.meetings import MEETINGS
from services.views.kinds.meetings import rows_of as meetings_of
from services.views.kinds.tasks import TASKS
from services.views.kinds.tasks import rows_of as tasks_of
from services.views.rows import Differing

Items = Mapping[UUID, Any]


class Made:
    """What differs between two lines, made once for all readers who saw and see the same."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, int, int], Differing] = {}
        self._rows: dict[tuple[str, int], dict[str, Any]] = {}

    def of(self, name: str, was: Line | None, now: Line | None) -> Differing:
        """Lines are told apart by what they are in memory: the caller holds them."""
        key = name, id(was), id(now)
        if key not in self._of:
            self._of[key] = self._differing(BY_NAME[name], was, now)
        return self._of[key]

    def _differing(self, kind: Kind[Any], was: Line | None, now: Line | None) -> Differing:
        if kind.some and was and now and kind.beside(was, now):
            new, gone = _moved(cast("Items", kind.held(was)), cast("Items", kind.held(now)))
            return Differing(kind.some(now, new.items()), gone)
        had, has = self._all(kind, was), self._all(kind, now)
        new_rows = [row for id_, row in has.items() if had.get(id_) != row]
        return Differing(new_rows, [id_ for id_ in had if id_ not in has])

    def _all(self, kind: Kind[Any], line: Line | None) -> dict[str, Any]:
        """By id, which is the third column of each."""
        if line is None or not kind.held(line):
            return {}
        key = kind.name, id(line)
        if key not in self._rows:
            self._rows[key] = {row[2]: row for row in kind.rows(line)}
        return self._rows[key]


def in_agreement(id_: str, was: Agreement | None, now: Agreement) -> dict[str, Differing]:
    """By kind; of one that is not remembered all that was written goes."""
    told_by, had, has = now.history.entries.__getitem__, was.meetings if was else None, now.meetings
    meetings, no_meetings = _moved(had.by_id if had else {}, has.by_id)
    tasks, no_tasks = _moved(had.tasks if had else {}, has.tasks)
    return {
        MEETINGS.name: Differing(list(meetings_of(id_, meetings.items(), told_by)), no_meetings if had else None),
        TASKS.name: Differing(list(tasks_of(id_, tasks.items(), told_by)), no_tasks if had else None),
    }


def _moved(had: Items, has: Items) -> tuple[Items, list[str]]:
    """Those that are new or another, and the ids of those that are no more."""
    if had is has:
        return {}, []
    new = {id_: item for id_, item in has.items() if (known := had.get(id_)) is not item and known != item}
    kept = len(has) - sum(id_ not in had for id_ in new)
    return new, [str(id_) for id_ in had if id_ not in has] if kept < len(had) else []
