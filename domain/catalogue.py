"""Every act that may be entered, by its type."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from domain import agreeing, organisation, publication
from domain.case import about, assessment, closing, contact, meeting, person, placement, project, referral, team
from domain.entry import Act
from domain.faults import malformed, nearest
from domain.record_id import Kind
from domain.refusal import Malformed
from domain.skeleton import lenient

ALL: tuple[type[Act], ...] = (
    organisation.OrganisationRegistered,
    organisation.OrganisationUpdated,
    organisation.OrganisationSuspended,
    organisation.PractitionerNamed,
    organisation.ClosureDeclared,
    publication.RulebookPublished,
    publication.SheetPublished,
    publication.DictionaryPublished,
    publication.CalendarPublished,
    agreeing.AgreementProposed,
    agreeing.AgreementSigned,
    agreeing.AgreementAmended,
    agreeing.AgreementRenewed,
    agreeing.AgreementChangeWithdrawn,
    agreeing.AgreementChangeDeclined,
    agreeing.AgreementEnded,
    agreeing.PlaceAsked,
    agreeing.PlaceAnswered,
    person.CaseOpened,
    person.CaseTakenOn,
    person.CaseNotTakenOn,
    person.PersonUpdated,
    person.ReferentChanged,
    team.MemberJoined,
    team.MemberLeft,
    team.HandoverProposed,
    team.HandoverAccepted,
    team.HandoverDeclined,
    team.CaseHandedOut,
    team.TellerNamed,
    team.CaseAdopted,
    team.PastConfirmed,
    referral.ReferralSent,
    referral.ReferralAssigned,
    referral.InformationAsked,
    referral.InformationSupplied,
    referral.ReferralAccepted,
    referral.ReferralDeclined,
    referral.ReferralWaitlisted,
    referral.ReferralWithdrawn,
    referral.ReferralOutcomeReturned,
    assessment.PresentationSheetFiled,
    assessment.VisitHeld,
    assessment.ObservationRecorded,
    assessment.TeamOutcomeRecorded,
    project.ProjectDrafted,
    project.ProjectRevised,
    project.ProjectSigned,
    project.StepStarted,
    project.StepCompleted,
    project.StepDropped,
    project.ChangeProposed,
    project.ProposalApproved,
    project.ProposalDeclined,
    project.ProposalWithdrawn,
    meeting.MeetingConvened,
    meeting.MeetingMoved,
    meeting.MeetingCancelled,
    meeting.InvitationAnswered,
    meeting.MeetingHeld,
    meeting.MeetingMissed,
    meeting.ObligationWaived,
    meeting.TaskDone,
    meeting.TaskMoved,
    meeting.TaskDropped,
    contact.ContactMade,
    placement.PlacementAgreed,
    placement.PlacementSigned,
    placement.PlacementStarted,
    placement.PlacementChanged,
    placement.PlacementCancelled,
    placement.PlacementExtended,
    placement.PlacementSuspended,
    placement.PlacementResumed,
    placement.PlacementEnded,
    placement.PersonHired,
    placement.HoursRecorded,
    placement.GrantPaid,
    placement.IncidentReported,
    placement.FollowUpMade,
    placement.FinalEvaluationShared,
    closing.CaseSuspended,
    closing.CaseResumed,
    closing.CaseClosed,
    closing.CaseReopened,
    about.ActAttested,
    about.ActContested,
    about.ActCorrected,
    about.ActRetracted,
)

ACTS: Mapping[str, type[Act]] = {act.model_fields["type"].default: act for act in ALL}
KINDS: frozenset[Kind] = frozenset(kind for act in ALL for kind in act.kinds())

_GIVEN: set[str] = set()


def act_class(type_: object, kind: str) -> type[Act]:
    """The act of that name; refused with the nearest known name where there is none."""
    found = ACTS.get(type_) if isinstance(type_, str) else None
    if found is not None and (kind == found.kind or kind in found.also_of):
        return found
    raise Malformed("act.unknown", [("type", "act.unknown")], kind=kind, nearest=nearest(type_, _of_kind(kind), 0.7))


@cache
def _of_kind(kind: str) -> tuple[str, ...]:
    return tuple(name for name, act in ACTS.items() if kind in act.kinds())


def read_act(fields: Any, kind: str, *, leniently: bool = False) -> Act:
    """Make an act of decoded JSON, strictly as the door does or leniently as it is read from the record."""
    if not isinstance(fields, Mapping):
        raise Malformed("form.unreadable", [("act", "form.not-an-object")])
    cls = act_class(fields.get("type"), kind)
    if leniently:
        return _lean(_reader(cls)(fields))
    try:
        return _lean(cls.model_validate_json(to_json(fields), strict=True))
    except ValidationError as error:
        raise malformed(error, cls) from None


def read_stored(fields: Mapping[str, Any], type_: str) -> Act:
    """As it stands on the record: leniently, and of the type it is stored under, whatever it says itself."""
    return _lean(_reader(ACTS[type_])({**fields, "type": type_}))


def _lean(act: Act) -> Act:
    """Without a set of the fields that were given: nobody asks for it, and it is a quarter of what an entry takes in
    memory. One for all stands in its place, since the library's own methods want it.
    """
    object.__setattr__(act, "__pydantic_fields_set__", _GIVEN)
    return act


@cache
def _reader(cls: type[Act]) -> Callable[[Any], Act]:
    """What `model_validate` asks in the end; asked at once, of every line of the record, it costs a third."""
    return lenient(cls).__pydantic_validator__.validate_python
