"""What the acts that hold, corrections in place, have made of a case."""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from domain.case.assessment import AssessmentAct, Assessments, VisitHeld
from domain.case.belonging import accepted, ended, opens_sheet, with_past_of
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed, CaseSuspended, Course
from domain.case.contact import ContactMade
from domain.case.leaving import out_of_threads
from domain.case.meeting import MeetingAct, MeetingHeld
from domain.case.meetings import Meetings
from domain.case.person import CaseNotTakenOn, CaseOpened, CaseTakenOn
from domain.case.placement import (
    FinalEvaluationShared,
    OutcomeAct,
    PlacementAct,
    PlacementAgreed,
    PlacementSigned,
    PlacementStarted,
)
from domain.case.placements import Placements
from domain.case.project import ProjectAct, ProposalAct
from domain.case.projects import Projects
from domain.case.referral import (
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    Referrals,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.case.team import MemberLeft, Stay, Team, TeamAct
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.moment import Moment


@dataclass(frozen=True, slots=True)
class Path:
    team: Team = Team()
    referrals: Referrals = Referrals()
    course: Course = Course()
    assessments: Assessments = Assessments()
    projects: Projects = Projects()
    meetings: Meetings = Meetings()
    placements: Placements = Placements()
    contact: Moment | None = None
    """When somebody last spoke or met; what happened earlier and is told later does not move it."""

    def after(self, act: Act, entry: Entry) -> "Path":
        """Return the path with the act in. It never refuses: the past is not up for review."""
        turn = _turn(type(act))
        return turn(self, act, entry) if turn else self

    def senders(self, host: str | None, moment: Moment | None = None) -> frozenset[str]:
        """Who referred the person to the host; where nobody did, who is responsible, or was at that moment."""
        return (self.referrals.senders(host) or self.team.in_charge(moment)) - {host}

    def names(self, id_: UUID) -> bool:
        """Whether the id is that of something other than a sheet."""
        known = self.referrals.by_id, self.placements.by_id, self.meetings.by_id, self.projects.by_id
        return any(id_ in each for each in (*known, self.projects.proposals, self.team.handovers, self.meetings.tasks))

    def opened(self, _: CaseOpened, entry: Entry) -> "Path":
        return replace(self, team=self.team.opened(entry))

    def of_team(self, act: TeamAct, entry: Entry) -> "Path":
        path = replace(self, team=self.team.after(act, entry))
        return out_of_threads(path, act.organisation, entry.told) if isinstance(act, MemberLeft) else path

    def on_course(self, act: Act, _: Entry) -> "Path":
        match act:
            case CaseTakenOn() | CaseNotTakenOn():
                course = self.course.hinged(taken_on=isinstance(act, CaseTakenOn))
            case CaseSuspended():
                course = self.course.now("suspended")
            case CaseClosed():
                course = self.course.now("closed")
            case _:
                course = self.course.now("open")
        return replace(self, course=course)

    def referred(self, act: ReferralAct, entry: Entry) -> "Path":
        belongs = self.team.belongs(entry.actor) or entry.originator_version == 1
        if isinstance(act, ReferralSent) and act.sheet and act.sheet in self.assessments.filed:
            opens = opens_sheet(self, act.sheet, entry, leads=_in_full(entry))
            act = act if opens else act.model_copy(update={"sheet": None})
        referrals = self.referrals.after(act, entry, from_within=belongs)
        if referrals is self.referrals:
            return self
        path = replace(self, referrals=referrals)
        match act:
            case ReferralSent() if entry.originator_version == 1:
                team = path.team.opened(entry).introduced(act.to, entry.organisation)
                return replace(path, team=team)
            case ReferralSent():
                team = path.team.introduced(entry.actor, entry.organisation).introduced(act.to, entry.organisation)
                return replace(path, team=team)
            case ReferralAccepted() if referral := self.referrals.by_id.get(act.referral):
                return accepted(path, act.referral, referral, entry)
            case ReferralDeclined() | ReferralWithdrawn() if referral := self.referrals.by_id.get(act.referral):
                return ended(path, act.referral, referral, entry)
            case _:
                return path

    def assessed(self, act: AssessmentAct, entry: Entry) -> "Path":
        return replace(
            self,
            assessments=self.assessments.after(act, entry),
            placements=self.placements.after_assessment(act),
            contact=self._last_contact(entry) if isinstance(act, VisitHeld) else self.contact,
        )

    def planned(self, act: ProjectAct, entry: Entry) -> "Path":
        return replace(self, projects=self.projects.after(act, entry))

    def proposed(self, act: ProposalAct, entry: Entry) -> "Path":
        return replace(self, projects=self.projects.after_proposal(act, entry))

    def met(self, act: MeetingAct, entry: Entry) -> "Path":
        meetings = self.meetings.after(act, entry)
        if not isinstance(act, MeetingHeld):
            return replace(self, meetings=meetings)
        known = self.meetings.by_id.get(act.meeting)
        if known and known.held:  # told by another, too
            return replace(self, meetings=meetings)
        named = act.placements or (known.placements if known else ())
        placements = self.placements.after_meeting(meetings.by_id[act.meeting], named)
        return replace(self, meetings=meetings, placements=placements, contact=self._last_contact(entry))

    def placed(self, act: PlacementAct, entry: Entry) -> "Path":
        placements = self.placements.after(act, entry)
        if placements is self.placements:
            return self
        path = replace(self, placements=placements)
        if isinstance(act, PlacementAgreed) and act.host:
            team = path.team.introduced(act.host, entry.organisation)
            if _in_full(entry):
                team = team.admitted(act.host, Stay(entry.occurred, entry.since))
            path = replace(path, team=team)
        if isinstance(act, PlacementAgreed | PlacementSigned | PlacementStarted):
            return with_past_of(path, act.placement, entry)
        return path

    def came_to(self, act: OutcomeAct, entry: Entry) -> "Path":
        """A final evaluation closes the loop of the referral behind its placement."""
        placements = self.placements.after_outcome(act, entry)
        if not isinstance(act, FinalEvaluationShared):
            return self
        placement = placements.by_id.get(act.placement) if act.placement else None
        concerned = frozenset({entry.actor, *([placement.host] if placement and placement.host else [])})
        referral = (placement.referral if placement else None) or self.referrals.behind(concerned)
        return replace(self, placements=placements, referrals=self.referrals.evaluated(referral, entry.occurred))

    def touched(self, _: Act, entry: Entry) -> "Path":
        contact = self._last_contact(entry)
        return self if contact is self.contact else replace(self, contact=contact)

    def _last_contact(self, entry: Entry) -> Moment:
        return self.contact if self.contact and entry.occurred.time <= self.contact.time else entry.occurred


_TURNS: tuple[tuple[type[Act] | tuple[type[Act], ...], Callable[[Path, Any, Entry], Path]], ...] = (
    (ReferralAct, Path.referred),
    (CaseOpened, Path.opened),
    (TeamAct, Path.of_team),
    ((CaseTakenOn, CaseNotTakenOn, CaseSuspended, CaseResumed, CaseClosed, CaseReopened), Path.on_course),
    (AssessmentAct, Path.assessed),
    (ProjectAct, Path.planned),
    (ProposalAct, Path.proposed),
    (MeetingAct, Path.met),
    (PlacementAct, Path.placed),
    (OutcomeAct, Path.came_to),
    (ContactMade, Path.touched),
)


def _in_full(entry: Entry) -> bool:
    """Whether it has the effect of an act of the responsible organisation."""
    return entry.ruled in ("", "full")


@cache
def _turn(act: type[Act]) -> Callable[[Path, Any, Entry], Path] | None:
    """Looked up once for each type of act: asking one after the other at every entry makes long cases slow."""
    return next((turn for subject, turn in _TURNS if issubclass(act, subject)), None)


def has_turn(act: type[Act]) -> bool:
    """False if acts of this type never change the path."""
    return _turn(act) is not None
