"""The personal project: its goals and steps, who signed it, and changes that others propose."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.case.signing import Party, Signature
from domain.entry import (
    Act,
    Day,
    Effect,
    EntryVersion,
    FromList,
    Line,
    OrganisationId,
    Part,
    Personal,
    Text,
    Token,
)


class Goal(Part):
    """What it is stands beside, under the same id."""

    goal: UUID
    goal_kind: Annotated[Token | None, FromList("goal-kind")] = None


class GoalText(Part):
    goal: UUID
    text: Line


class PlannedStep(Part):
    step: UUID
    step_kind: Annotated[Token, FromList("step-kind")]
    organisation: OrganisationId | None = None
    starts: date | None = None
    ends: date | None = None


class StepText(Part):
    step: UUID
    text: Line


class ProjectAct(Act):
    """What happens to one project."""

    project: UUID


class Plan(ProjectAct):
    goals: Annotated[tuple[Goal, ...], Field(max_length=50)] = ()
    steps: Annotated[tuple[PlannedStep, ...], Field(max_length=100)] = ()
    founded_on: Annotated[tuple[EntryVersion, ...], Field(max_length=50)] = ()
    signed_by: Annotated[tuple[Signature, ...], Field(max_length=20)] = ()
    goal_texts: Annotated[tuple[GoalText, ...], Field(max_length=50), Personal("work")] = ()
    step_texts: Annotated[tuple[StepText, ...], Field(max_length=100), Personal("work")] = ()


class ProjectDrafted(Plan):
    """`founded_on` are the versions of the entries on this record that it builds on."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["project-drafted"] = "project-drafted"


class ProjectRevised(Plan):
    """The whole project as it is now; a step that it leaves out keeps what has happened to it."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["project-revised"] = "project-revised"
    changed: Annotated[Text, Personal("work")] = ""


class ProjectSigned(ProjectAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["project-signed"] = "project-signed"
    party: Party
    organisation: OrganisationId | None = None
    signed_on: Day | None = None


class StepAct(ProjectAct):
    """What happens to one step of a project."""

    step: UUID


class StepStarted(StepAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["step-started"] = "step-started"


class StepCompleted(StepAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["step-completed"] = "step-completed"
    outcome_class: Annotated[Token, FromList("step-outcome", by_class=True)]


class StepDropped(StepAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["step-dropped"] = "step-dropped"
    reason_class: Annotated[Token, FromList("step-dropping", by_class=True)]


class ProposalAct(Act):
    """What happens to one proposed change."""

    thread_kind: ClassVar[str] = "proposal"
    proposal: UUID

    @property
    def thread(self) -> UUID:
        return self.proposal


class ChangeProposed(ProposalAct):
    """A host or a provider proposes; the responsible organisation decides."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["change-proposed"] = "change-proposed"
    project: UUID | None = None
    placement: UUID | None = None
    what: Annotated[Text, Personal("work")]
    why: Annotated[Text, Personal("work")] = ""


class ProposalApproved(ProposalAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["proposal-approved"] = "proposal-approved"
    conditions: Annotated[Text, Personal("work")] = ""


class ProposalDeclined(ProposalAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["proposal-declined"] = "proposal-declined"
    reason: Annotated[Text, Personal("work")] = ""


class ProposalWithdrawn(ProposalAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["proposal-withdrawn"] = "proposal-withdrawn"
