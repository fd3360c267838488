"""The meetings and tasks of a record as the acts have made them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from immutables import Map

from domain.case.meeting import (
    InvitationAnswered,
    MeetingAct,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    MeetingMissed,
    MeetingMoved,
    ObligationWaived,
    OneMeetingAct,
    TaskDone,
    TaskDropped,
    TaskMoved,
    TaskSet,
)
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused

MOST_OPEN: Final = 500
"""Tasks that one account has set on a record, and are neither done nor dropped. Each is in the lists of everybody who
sees the record; what others have set counts for nobody else: it cannot use up what is theirs.
"""

State = Literal["convened", "held", "missed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """`held` is when it took place; what is told of it later does not undo that.

    `told` is the version of the entry that last said something of when it is or was.
    """

    state: State
    meeting_kind: str
    told: int = 0
    day: date | None = None
    starts_at: datetime | None = None
    held: Moment | None = None
    organisations: frozenset[str] = frozenset()
    placements: tuple[UUID, ...] = ()
    fulfils: tuple[str, ...] = ()
    answers: Map[str, str] = Map()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`told` is the version of the entry that set it, `set_by` the account."""

    organisation: str
    told: int = 0
    set_by: str = ""
    due: date | None = None
    done: Moment | None = None
    dropped: Moment | None = None

    @property
    def over(self) -> bool:
        return self.done is not None or self.dropped is not None


@dataclass(frozen=True, slots=True)
class Meetings:
    """The meetings and tasks of one record, each by its id."""

    by_id: Map[UUID, Meeting] = Map()
    tasks: Map[UUID, Task] = Map()
    waived: Map[str, str] = Map()
    """Obligation → class of the reason."""

    def check(self, act: MeetingAct, moment: Moment, by: str) -> None:
        match act:
            case MeetingConvened() if (known := self.by_id.get(act.meeting)) and known.day:
                raise Refused("meeting.exists", meeting=act.meeting)
            case MeetingHeld(tasks=set_) if set_:
                self._check_room(set_, by)
            case MeetingMoved() | MeetingCancelled() | InvitationAnswered():
                meeting = self.by_id.get(act.meeting)
                if meeting is None:
                    raise Refused("meeting.unknown", meeting=act.meeting)
                if meeting.held and moment.earliest > meeting.held.latest:
                    raise Refused("meeting.held", meeting=act.meeting)
            case TaskDone() | TaskMoved() | TaskDropped() if act.task not in self.tasks:
                raise Refused("task.unknown", task=act.task)
            case TaskMoved() | TaskDropped() if self.tasks[act.task].over:
                raise Refused("task.over", task=act.task)
            case _:
                pass

    def _check_room(self, set_: Sequence[TaskSet], by: str) -> None:
        new = sum(task.task not in self.tasks for task in set_)
        if not new or len(self.tasks) + new <= MOST_OPEN:
            return  # nearly always: those that are over need not be counted
        if sum(not task.over and task.set_by == by for task in self.tasks.values()) + new > MOST_OPEN:
            raise Refused("task.too-many", most=MOST_OPEN)

    def after(self, act: MeetingAct, entry: Entry) -> "Meetings":
        meetings = self._after(act, entry)
        if not isinstance(act, OneMeetingAct) or isinstance(act, InvitationAnswered):
            return meetings
        meeting = meetings.by_id.get(act.meeting)
        if meeting is None or meeting is self.by_id.get(act.meeting):
            return meetings
        return meetings._with(act.meeting, replace(meeting, told=entry.originator_version))  # noqa: SLF001 (its own)

    def _after(self, act: MeetingAct, entry: Entry) -> "Meetings":
        match act:
            case MeetingConvened():
                return self._convened(act)
            case MeetingMoved():
                return self._changed(act.meeting, day=act.day, starts_at=act.starts_at)
            case MeetingCancelled():
                return self._changed(act.meeting, state="cancelled")
            case InvitationAnswered():
                return self._answered(act, entry.actor)
            case MeetingHeld():
                return self._held(act, entry)
            case MeetingMissed():
                return self._missed(act)
            case ObligationWaived():
                waived = dict.fromkeys(act.obligations, act.reason_class)
                return replace(self, waived=self.waived.update(waived))
            case TaskDone() if task := self.tasks.get(act.task):
                return replace(self, tasks=self.tasks.set(act.task, replace(task, done=entry.occurred)))
            case TaskMoved() if task := self.tasks.get(act.task):
                moved = replace(task, organisation=act.to, due=act.due or task.due)
                return replace(self, tasks=self.tasks.set(act.task, moved))
            case TaskDropped() if task := self.tasks.get(act.task):
                return replace(self, tasks=self.tasks.set(act.task, replace(task, dropped=entry.occurred)))
            case _:
                return self

    def _convened(self, act: MeetingConvened) -> "Meetings":
        if known := self.by_id.get(act.meeting):  # held or missed, and told of before
            return self._with(act.meeting, replace(known, day=act.day, starts_at=act.starts_at))
        convened = Meeting(
            state="convened",
            meeting_kind=act.meeting_kind,
            day=act.day,
            starts_at=act.starts_at,
            organisations=frozenset(act.organisations),
            placements=act.placements,
        )
        return self._with(act.meeting, convened)

    def _held(self, act: MeetingHeld, entry: Entry) -> "Meetings":
        before = self.by_id.get(act.meeting)
        again = before if before and before.held else None  # told by another, too
        if again and _adds_nothing(act, again):
            return self._with(act.meeting, replace(again))
        held = Meeting(
            state="held",
            meeting_kind=again.meeting_kind if again else act.meeting_kind,
            day=before.day if before else None,
            starts_at=before.starts_at if before else None,
            held=again.held if again else entry.occurred,
            organisations=frozenset(act.organisations) | (again.organisations if again else frozenset()),
            placements=tuple(dict.fromkeys((*(again.placements if again else ()), *act.placements))),
            fulfils=tuple(dict.fromkeys((*(again.fulfils if again else ()), *act.fulfils))),
            answers=before.answers if before else Map(),
        )
        version = entry.originator_version
        set_ = (t for t in act.tasks if t.task not in self.tasks)
        by = entry.organisation
        new = {t.task: Task(organisation=t.organisation, due=t.due, told=version, set_by=by) for t in set_}
        tasks = self.tasks.update(new) if new else self.tasks
        return Meetings(self.by_id.set(act.meeting, held), tasks, self.waived)

    def _missed(self, act: MeetingMissed) -> "Meetings":
        if act.meeting in self.by_id:
            return self._changed(act.meeting, state="missed")
        missed = Meeting(state="missed", meeting_kind=act.meeting_kind, placements=act.placements)
        return self._with(act.meeting, missed)

    def _answered(self, act: InvitationAnswered, actor: str) -> "Meetings":
        if (meeting := self.by_id.get(act.meeting)) is None:
            return self
        return self._with(act.meeting, replace(meeting, answers=meeting.answers.set(actor, act.answer)))

    def _changed(
        self, id_: UUID, *, state: State | None = None, day: date | None = None, starts_at: datetime | None = None
    ) -> "Meetings":
        meeting = self.by_id.get(id_)
        if meeting is None or meeting.held:
            return self
        if state is None:
            return self._with(id_, replace(meeting, state="convened", day=day, starts_at=starts_at))
        return self._with(id_, replace(meeting, state=state))

    def _with(self, id_: UUID, meeting: Meeting) -> "Meetings":
        return Meetings(self.by_id.set(id_, meeting), self.tasks, self.waived)


def _adds_nothing(act: MeetingHeld, known: Meeting) -> bool:
    """Whether the meeting was told so already, with all who came and all that it was about."""
    return (
        not act.tasks
        and known.organisations.issuperset(act.organisations)
        and all(placement in known.placements for placement in act.placements)
        and all(name in known.fulfils for name in act.fulfils)
    )
