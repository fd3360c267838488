"""What an act disturbs when it is amended: the parts of a case that it has written, and the later acts that read them.

An act that is in no table here disturbs everything: the case is then folded from its beginning.
"""

from functools import cache
from typing import Final, Literal

from domain.case.about import AboutAct, ActAttested
from domain.case.assessment import (
    AssessmentAct,
    ObservationRecorded,
    PresentationSheetFiled,
    TeamOutcomeRecorded,
    VisitHeld,
)
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed, CaseSuspended
from domain.case.contact import ContactMade
from domain.case.meeting import (
    OF_TASKS,
    InvitationAnswered,
    MeetingAct,
    MeetingCancelled,
    MeetingConvened,
    MeetingHeld,
    MeetingMissed,
    MeetingMoved,
    ObligationWaived,
    OneMeetingAct,
    TaskDropped,
    TaskMoved,
)
from domain.case.path import has_turn
from domain.case.person import CaseNotTakenOn, CaseOpened, CaseTakenOn
from domain.case.placement import (
    FinalEvaluationShared,
    FollowUpMade,
    GrantPaid,
    HoursRecorded,
    IncidentReported,
    OutcomeAct,
    PersonHired,
    PlacementAct,
    PlacementAgreed,
    PlacementCancelled,
    PlacementChanged,
    PlacementEnded,
    PlacementExtended,
    PlacementResumed,
    PlacementSigned,
    PlacementStarted,
    PlacementSuspended,
)
from domain.case.project import (
    ChangeProposed,
    ProjectAct,
    ProjectDrafted,
    ProjectRevised,
    ProposalAct,
    StepAct,
)
from domain.case.referral import (
    InformationAsked,
    InformationSupplied,
    ReferralAct,
    ReferralAssigned,
)
from domain.case.team import TeamAct
from domain.entry import Act

Types = tuple[type[Act], ...]
Effect = Literal["nothing", "contact", "count", "thread", "meeting", "course", "waived", "standing", "everything"]

CONTACTS: Final[Types] = (ContactMade, VisitHeld, MeetingHeld)
COURSE: Final[Types] = (CaseTakenOn, CaseNotTakenOn, CaseSuspended, CaseResumed, CaseClosed, CaseReopened)
STANDING: Final[Types] = (
    TeamAct,
    CaseOpened,
    ReferralAct,
    PlacementAgreed,
    PlacementSigned,
    PlacementStarted,
    PlacementCancelled,
    PlacementEnded,
    FinalEvaluationShared,
)
"""All that has a say in who belongs to the case, and in its referrals."""

_EFFECTS: Final[tuple[tuple[Types, Effect], ...]] = (
    ((AboutAct,), "nothing"),
    ((HoursRecorded, GrantPaid, IncidentReported, PersonHired, FollowUpMade), "nothing"),
    ((ReferralAssigned, InformationAsked, InformationSupplied), "nothing"),
    ((ContactMade, VisitHeld), "contact"),
    ((ObservationRecorded, TeamOutcomeRecorded), "count"),
    ((OneMeetingAct,), "meeting"),
    ((ObligationWaived,), "waived"),
    (COURSE, "course"),
    (STANDING, "standing"),
    (OF_TASKS, "thread"),
    ((PlacementChanged, PlacementExtended, PlacementSuspended, PlacementResumed), "thread"),
    ((ProjectAct,), "thread"),
)

_OF_PLACEMENTS: Final[Types] = (
    PlacementStarted,
    PlacementEnded,
    PlacementCancelled,
    PlacementExtended,
    PlacementSuspended,
    PlacementResumed,
)
_OF_MEETINGS: Final[Types] = (MeetingConvened, MeetingMoved, MeetingCancelled, InvitationAnswered)

_READ_BY: Final[tuple[tuple[Types, Types], ...]] = (
    ((MeetingHeld,), (*_OF_MEETINGS, *OF_TASKS)),
    (OF_TASKS, (TaskMoved, TaskDropped)),
    ((MeetingConvened, MeetingMoved, MeetingCancelled, MeetingMissed), _OF_MEETINGS),
    ((PresentationSheetFiled,), (PresentationSheetFiled, VisitHeld)),
    ((PlacementAgreed,), (Act,)),
    ((PlacementStarted, PlacementEnded, PlacementCancelled), _OF_PLACEMENTS),
    ((PlacementSuspended,), (PlacementResumed,)),
    ((ProjectDrafted,), (ProjectAct, ChangeProposed, FinalEvaluationShared)),
    ((ProjectRevised, StepAct), (StepAct,)),
    ((ProposalAct,), (ProposalAct,)),
    ((AboutAct, ContactMade, AssessmentAct, OutcomeAct, PlacementAct, ProjectAct, MeetingAct), ()),
    ((*COURSE, TeamAct, CaseOpened, ReferralAct), ()),  # who belongs is looked at apart
)
"""Acts → the later acts of the same thread that may be refused because of what they said."""


@cache
def effect(act: type[Act]) -> Effect:
    if issubclass(act, ActAttested):
        return "everything"  # it confirms what was told by others
    if not has_turn(act):
        return "nothing"
    return next((effect for types, effect in _EFFECTS if issubclass(act, types)), "everything")


@cache
def read_by(act: type[Act]) -> Types:
    return next((readers for types, readers in _READ_BY if issubclass(act, types)), (Act,))
