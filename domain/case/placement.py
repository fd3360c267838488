"""A placement: agreed, signed, begun, changed, paused, ended, and what is told of it meanwhile and afterwards."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.case.signing import Party, Signature
from domain.entry import (
    Act,
    Cents,
    Day,
    Effect,
    EntryVersion,
    FromList,
    Line,
    OrganisationId,
    Part,
    Personal,
    Special,
    Text,
    Token,
)

INTERNSHIP, AGENCY, SELF_EMPLOYED = "internship", "agency-mission", "self-employment"
JOBS = frozenset({"job-in-company", "job-in-cooperative", AGENCY})
"""Channels that are employment."""

HoursAWeek = Annotated[int, Field(ge=1, le=168)]


class Tutor(Part):
    """`practitioner` is left out where the organisation names nobody."""

    organisation: OrganisationId
    practitioner: UUID | None = None


Tutors = Annotated[tuple[Tutor, ...], Field(max_length=10)]


class PlacementAct(Act):
    """What happens to one placement."""

    thread_kind: ClassVar[str] = "placement"
    placement: UUID

    @property
    def thread(self) -> UUID:
        return self.placement


class PlacementAgreed(PlacementAct):
    """The host becomes a member of the case, without its past.

    The code of the regime may tell of health, so it is sealed; its class and its limit in months stand in clear.
    """

    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-agreed"] = "placement-agreed"
    channel: Annotated[Token, FromList("placement-channel")]
    host: OrganisationId | None = None
    agency: OrganisationId | None = None
    user_company: OrganisationId | None = None
    promoter: OrganisationId | None = None
    regime_class: Annotated[Token | None, FromList("regime", by_class=True)] = None
    regime_months: Annotated[int, Field(ge=1, le=600)] | None = None
    tutors: Tutors = ()
    starts: date | None = None
    ends: date | None = None
    hours_a_week: HoursAWeek | None = None
    grant_cents: Cents | None = None
    """A month."""
    payer: OrganisationId | None = None
    agreement: UUID | None = None
    referral: UUID | None = None
    signed_by: Annotated[tuple[Signature, ...], Field(max_length=20)] = ()
    regime: Annotated[Token | None, FromList("regime"), Special("health")] = None
    profile: Annotated[Text, Personal("work")] = ""
    place: Annotated[Line, Personal("work")] = ""


class PlacementSigned(PlacementAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-signed"] = "placement-signed"
    party: Party
    organisation: OrganisationId | None = None
    signed_on: Day | None = None


class PlacementStarted(PlacementAct):
    """`communicated_on` is when the start was communicated to the authority, under the reference."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-started"] = "placement-started"
    started: Day
    insured: bool | None = None
    communicated_on: Day | None = None
    communication: Annotated[Line, Personal("work")] = ""


class PlacementChanged(PlacementAct):
    """Only what changed; what is left out stays as it was."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-changed"] = "placement-changed"
    from_day: date | None = None
    tutors: Tutors | None = None
    hours_a_week: HoursAWeek | None = None
    grant_cents: Cents | None = None
    payer: OrganisationId | None = None
    tasks: Annotated[Text, Personal("work")] = ""
    place: Annotated[Line, Personal("work")] = ""


class PlacementCancelled(PlacementAct):
    """It was agreed, and never began."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-cancelled"] = "placement-cancelled"
    reason_class: Annotated[Token, FromList("placement-cancelling", by_class=True)]


class PlacementExtended(PlacementAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-extended"] = "placement-extended"
    ends: date
    need_attested: bool = False
    """The service in charge attests that more time is needed than the regime gives."""


class PlacementSuspended(PlacementAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-suspended"] = "placement-suspended"
    suspended: date
    until: date | None = None
    reason_class: Annotated[Token, FromList("suspending", by_class=True)]
    reason_code: Annotated[Token | None, FromList("suspending"), Special("health")] = None


class PlacementResumed(PlacementAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-resumed"] = "placement-resumed"
    resumed: date


class PlacementEnded(PlacementAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["placement-ended"] = "placement-ended"
    ended: Day
    reason_class: Annotated[Token, FromList("placement-ending", by_class=True)]
    reason_code: Annotated[Token | None, FromList("placement-ending"), Special("health")] = None


class HoursRecorded(PlacementAct):
    """Hours and minutes of presence in a period."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["hours-recorded"] = "hours-recorded"
    period_from: Day
    period_until: Day
    hours: Annotated[int, Field(ge=0, le=10_000)]
    minutes: Annotated[int, Field(ge=0, le=59)] = 0


class GrantPaid(PlacementAct):
    """`cents` of a euro, for a period; when it was paid is when it happened."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["grant-paid"] = "grant-paid"
    period_from: date
    period_until: date
    cents: Cents
    payer: OrganisationId | None = None


class IncidentReported(PlacementAct):
    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["incident-reported"] = "incident-reported"
    incident_class: Annotated[Token, FromList("incident", by_class=True)]
    incident: Annotated[Token | None, FromList("incident"), Special("health")] = None
    note: Annotated[Text, Special("health")] = ""


class OutcomeAct(Act):
    """What came of it: of a placement, or without one."""

    thread_kind: ClassVar[str] = "placement"
    placement: UUID | None = None

    @property
    def thread(self) -> UUID | None:
        return self.placement


class PersonHired(OutcomeAct):
    """An employer that is not on the record is named in words."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["person-hired"] = "person-hired"
    contract_class: Annotated[Token, FromList("contract", by_class=True)]
    employer: OrganisationId | None = None
    hired_from: date
    employer_name: Annotated[Line, Personal("work")] = ""


class FollowUpMade(OutcomeAct):
    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["follow-up-made"] = "follow-up-made"
    months: Annotated[int, Field(ge=0, le=120)]
    result: Annotated[Token, FromList("follow-up-result")]
    note: Annotated[Text, Personal("social")] = ""


class GoalOutcome(Part):
    """`goal` is left out where the outcome is that of the whole."""

    goal: UUID | None = None
    outcome: Annotated[Token, FromList("goal-outcome")]


class FinalEvaluationShared(OutcomeAct):
    """Of a placement or a project. It closes the referral behind the placement.

    `built_on` are the versions of the entries on this record that it builds on.
    """

    effect: ClassVar[Effect] = "answer"
    type: Literal["final-evaluation-shared"] = "final-evaluation-shared"
    project: UUID | None = None
    outcomes: Annotated[tuple[GoalOutcome, ...], Field(max_length=50)] = ()
    built_on: Annotated[tuple[EntryVersion, ...], Field(max_length=100)] = ()
    person_present: bool = False
    shared_with: Annotated[tuple[OrganisationId, ...], Field(max_length=50)] = ()
    note: Annotated[Text, Personal("work")] = ""
