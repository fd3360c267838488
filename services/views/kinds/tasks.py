"""The tasks that meetings of a caseload have set: who, by when, done or not."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from domain.case.meeting import MeetingHeld, TaskDone
from domain.case.meetings import Meetings
from domain.entry import Entry
from services.timetext import told
from services.views.board import Line
from services.views.kinds.kind import Kind, teller


class TaskRow(NamedTuple):
    """`doer` is the organisation that is to do it; what it is stands sealed in the entry at `position`."""

    organisation: str
    record: str
    task: str
    doer: str
    set_on: str
    due: str | None
    done: str | None
    position: int


def rows_of(record: str, meetings: Meetings, told_by: Callable[[int], Entry]) -> Iterator[TaskRow]:
    """`told_by` gives the entry that says what holds, by the version of the one that said it first."""
    for id_, task in meetings.tasks.items():
        entry = told_by(task.told)
        yield TaskRow(
            organisation="",
            record=record,
            task=str(id_),
            doer=task.organisation,
            set_on=told(entry.occurred),
            due=task.due.isoformat() if task.due else None,
            done=told(task.done) if task.done else None,
            position=entry.position,
        )


def _rows(line: Line) -> list[TaskRow]:
    case = line.case
    return list(rows_of(case.id, case.path.meetings, lambda version: teller(case, version)))


TASKS = Kind(
    "task",
    TaskRow,
    touched_by=(MeetingHeld, TaskDone),
    held=lambda line: line.case.path.meetings.tasks,
    rows=_rows,
)
