"""Meetings on a case or an agreement: convened, held or missed, and what somebody is to do after them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.entry import (
    Act,
    Effect,
    ForReferral,
    FromList,
    Line,
    OrganisationId,
    Part,
    Personal,
    Reference,
    Text,
    Thread,
    Token,
)
from domain.record_id import Kind


def _with_zone(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise PydanticCustomError("timezone_aware", "without zone")
    return time


JOINT = frozenset({"joint-monitoring", "review"})
"""Kinds of meeting in which who sent the person and the host look at a placement together."""

Time = Annotated[datetime, AfterValidator(_with_zone)]
Organisations = Annotated[tuple[OrganisationId, ...], Field(max_length=50)]
Obligations = Annotated[tuple[Reference, ...], Field(max_length=50)]
"""Ids of obligations, as an answer or the due list gives them."""


class MeetingAct(Act):
    """What happens around a meeting."""

    also_of: ClassVar[frozenset[Kind]] = frozenset({Kind.AGREEMENT})


class OneMeetingAct(MeetingAct):
    """What happens to one meeting. One meeting about two people is told on both cases, under the same id."""

    thread_kind: ClassVar[str] = "meeting"
    meeting: UUID

    @property
    def thread(self) -> UUID:
        return self.meeting


class PlacementMeetingAct(OneMeetingAct, ForReferral):
    """What is told of a meeting, with the placements that it is about."""

    placements: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()

    @property
    def threads(self) -> tuple[Thread, ...]:
        return (*super().threads, *(("placement", id_) for id_ in self.placements))


class MeetingConvened(PlacementMeetingAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["meeting-convened"] = "meeting-convened"
    meeting_kind: Annotated[Token, FromList("meeting-kind")]
    day: date
    starts_at: Time | None = None
    mode: Annotated[Token | None, FromList("meeting-mode")] = None
    organisations: Organisations = ()
    place: Annotated[Line, Personal("contact")] = ""


class MeetingMoved(OneMeetingAct, ForReferral):
    effect: ClassVar[Effect] = "statement"
    type: Literal["meeting-moved"] = "meeting-moved"
    day: date
    starts_at: Time | None = None
    place: Annotated[Line, Personal("contact")] = ""


class MeetingCancelled(OneMeetingAct, ForReferral):
    effect: ClassVar[Effect] = "statement"
    type: Literal["meeting-cancelled"] = "meeting-cancelled"
    reason_class: Annotated[Token, FromList("meeting-reason", by_class=True)]


class InvitationAnswered(OneMeetingAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["invitation-answered"] = "invitation-answered"
    answer: Literal["coming", "not-coming", "perhaps"]


class TaskSet(Part):
    """What an organisation is to do; what it is stands beside, under the same id."""

    task: UUID
    organisation: OrganisationId
    due: date | None = None


class TaskText(Part):
    task: UUID
    text: Line


class MeetingHeld(PlacementMeetingAct):
    """It need not have been convened. `fulfils` names the obligations that it fulfils."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["meeting-held"] = "meeting-held"
    meeting_kind: Annotated[Token, FromList("meeting-kind")]
    organisations: Organisations = ()
    practitioners: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    person_present: bool = False
    mode: Annotated[Token | None, FromList("meeting-mode")] = None
    fulfils: Obligations = ()
    outcome: Annotated[Text, Personal("work")] = ""
    tasks: Annotated[tuple[TaskSet, ...], Field(max_length=50)] = ()
    task_texts: Annotated[tuple[TaskText, ...], Field(max_length=50), Personal("work")] = ()
    next: date | None = None


class MeetingMissed(PlacementMeetingAct):
    """`absent` did not come."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["meeting-missed"] = "meeting-missed"
    meeting_kind: Annotated[Token, FromList("meeting-kind")]
    absent: Organisations = ()
    person_absent: bool = False
    reason_class: Annotated[Token, FromList("meeting-reason", by_class=True)]
    misses: Obligations = ()


class ObligationWaived(MeetingAct):
    """Those who owe it to one another agree that it need not be."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["obligation-waived"] = "obligation-waived"
    obligations: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=50)]
    agreed_by: Organisations = ()
    reason_class: Annotated[Token, FromList("waiving", by_class=True)]


class TaskDone(MeetingAct, ForReferral):
    effect: ClassVar[Effect] = "statement"
    type: Literal["task-done"] = "task-done"
    task: UUID


class TaskMoved(MeetingAct, ForReferral):
    """Another does it from now on; without a day, by the day that was set."""

    also_of: ClassVar[frozenset[Kind]] = frozenset()
    effect: ClassVar[Effect] = "statement"
    type: Literal["task-moved"] = "task-moved"
    task: UUID
    to: OrganisationId
    due: date | None = None


class TaskDropped(MeetingAct, ForReferral):
    """It need not be done any more."""

    also_of: ClassVar[frozenset[Kind]] = frozenset()
    effect: ClassVar[Effect] = "statement"
    type: Literal["task-dropped"] = "task-dropped"
    task: UUID
    reason_class: Annotated[Token, FromList("waiving", by_class=True)]


OF_TASKS = (TaskDone, TaskMoved, TaskDropped)
"""What becomes of a task that a meeting has set."""
