"""The tasks that meetings of a caseload have set: who, by when, done or not."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from domain.case.about import ActAttested
from domain.case.leaving import left_at
from domain.case.meeting import OF_TASKS, MeetingHeld
from domain.case.meetings import Task
from domain.case.path import Path
from domain.case.placement import PlacementAgreed
from domain.case.referral import ReferralAccepted, ReferralDeclined, ReferralWithdrawn
from domain.case.team import TeamAct
from domain.entry import Entry
from services.timetext import told
from services.views.board import Line
from services.views.kinds.kind import Kind, teller


class TaskRow(NamedTuple):
    """`doer` is the organisation that is to do it; what it is stands sealed in the entry at `position`.

    `left` is the day on which the doer left the case, `responsible` who is to reassign it then.
    """

    organisation: str
    record: str
    task: str
    doer: str
    set_on: str
    due: str | None
    done: str | None
    dropped: str | None
    left: str | None
    responsible: str | None
    position: int


def rows_of(record: str, tasks: Iterable[tuple[UUID, Task]], told_by: Callable[[int], Entry]) -> Iterator[TaskRow]:
    """`told_by` gives the entry that says what holds, by the version of the one that said it first."""
    for id_, task in tasks:
        entry = told_by(task.told)
        yield TaskRow(
            organisation="",
            record=record,
            task=str(id_),
            doer=task.organisation,
            set_on=told(entry.occurred),
            due=task.due.isoformat() if task.due else None,
            done=told(task.done) if task.done else None,
            dropped=told(task.dropped) if task.dropped else None,
            left=None,
            responsible=None,
            position=entry.position,
        )


def _rows(line: Line) -> list[TaskRow]:
    return _some(line, line.case.path.meetings.tasks.items())


def _some(line: Line, tasks: Iterable[tuple[UUID, Task]]) -> list[TaskRow]:
    case, path, some = line.case, line.case.path, list(tasks)
    found = rows_of(case.id, some, lambda version: teller(case, version))
    days = _left(path, {task.organisation for _, task in some})
    return [row._replace(left=days.get(row.doer), responsible=path.team.responsible) for row in found]


def _left(path: Path, doers: Iterable[str]) -> dict[str, str]:
    left = {doer: left_at(path, doer) for doer in doers}
    return {doer: moment.time.date().isoformat() for doer, moment in left.items() if moment}


def _beside(was: Line, now: Line) -> bool:
    had, has = was.case.path, now.case.path
    if was.case.about.holding != now.case.about.holding or had.team.responsible != has.team.responsible:
        return False
    if had.team is has.team and had.referrals is has.referrals and had.placements is has.placements:
        return True
    doers = {task.organisation for task in has.meetings.tasks.values()}
    return _left(had, doers) == _left(has, doers)


TASKS = Kind(
    "task",
    TaskRow,
    touched_by=(  # and what may end or begin the standing of who is to do it
        MeetingHeld,
        *OF_TASKS,
        TeamAct,
        ReferralAccepted,
        ReferralDeclined,
        ReferralWithdrawn,
        PlacementAgreed,
        ActAttested,
    ),
    held=lambda line: line.case.path.meetings.tasks,
    rows=_rows,
    some=_some,
    beside=_beside,
)
