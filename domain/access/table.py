"""The closed table of access: who sees an act, for each kind of record. An act without a row is its author's alone."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from domain import agreeing, organisation, publication
from domain.case import about, assessment, closing, contact, meeting, person, placement, project, referral, team
from domain.entry import Act
from domain.record_id import Kind
from domain.skeleton import as_written


class Readers(StrEnum):
    """Which organisations see an act."""

    EVERYONE = "everyone"
    ITS_OWN = "its-own"
    """The organisation that the record is about, and the network office."""
    PARTIES = "parties"
    """The parties of the agreement."""
    CASE = "case"
    """The standing of each organisation in the case decides; see `domain.visibility`."""


Rows = Mapping[type[Act], Readers]

_ORGANISATION: Final[Rows] = {
    organisation.OrganisationRegistered: Readers.EVERYONE,
    organisation.OrganisationUpdated: Readers.EVERYONE,
    organisation.OrganisationSuspended: Readers.EVERYONE,
    organisation.ClosureDeclared: Readers.EVERYONE,
    organisation.PractitionerNamed: Readers.ITS_OWN,
}

_RULEBOOK: Final[Rows] = {
    publication.RulebookPublished: Readers.EVERYONE,
    publication.SheetPublished: Readers.EVERYONE,
    publication.DictionaryPublished: Readers.EVERYONE,
    publication.CalendarPublished: Readers.EVERYONE,
}

_MEETINGS: Final = (
    meeting.MeetingConvened,
    meeting.MeetingMoved,
    meeting.MeetingCancelled,
    meeting.InvitationAnswered,
    meeting.MeetingHeld,
    meeting.MeetingMissed,
    meeting.ObligationWaived,
    meeting.TaskDone,
    contact.ContactMade,
)
"""Of cases and of agreements alike."""

_AGREEMENT: Final[Rows] = dict.fromkeys(
    (
        agreeing.AgreementProposed,
        agreeing.AgreementSigned,
        agreeing.AgreementAmended,
        agreeing.AgreementRenewed,
        agreeing.AgreementChangeWithdrawn,
        agreeing.AgreementChangeDeclined,
        agreeing.AgreementEnded,
        agreeing.PlaceAsked,
        agreeing.PlaceAnswered,
        *_MEETINGS,
    ),
    Readers.PARTIES,
)

_CASE: Final[Rows] = dict.fromkeys(
    (
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
        meeting.TaskMoved,
        meeting.TaskDropped,
        *_MEETINGS,
    ),
    Readers.CASE,
)

TABLE: Final[Mapping[Kind, Rows]] = {
    Kind.ORGANISATION: _ORGANISATION,
    Kind.RULEBOOK: _RULEBOOK,
    Kind.AGREEMENT: _AGREEMENT,
    Kind.CASE: _CASE,
}


@cache
def row(kind: Kind, act: type[Act]) -> Readers | None:
    """Returns None if the table does not name the act on a record of this kind."""
    return TABLE[kind].get(as_written(act))
