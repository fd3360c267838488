"""A case: one person's path, as the acts entered so far have made it."""

from collections.abc import Iterable, Iterator
from functools import reduce

from immutables import Map

from domain.case.about import AboutAct, ActAttested, ActCorrected, ActRetracted
from domain.case.assessment import AssessmentAct
from domain.case.meeting import MeetingAct
from domain.case.path import Path
from domain.case.person import CaseOpened
from domain.case.placement import FinalEvaluationShared, OutcomeAct, PlacementAct, PlacementAgreed
from domain.case.project import ProjectAct, ProposalAct
from domain.case.referral import ReferralAct, ReferralSent
from domain.case.team import HandoverAct, TeamAct
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.history import History
from domain.naming import organisations_named
from domain.refusal import Refused


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    history: History = History()
    path: Path = Path()
    about: Map[int, tuple[int, ...]] = Map()
    """Version of an entry → versions of the entries about it."""

    @property
    def version(self) -> int:
        return self.history.version

    def after(self, entry: Entry) -> "Case":
        if isinstance(entry.act, AboutAct):
            case = self._noted(entry)
            return case.refolded() if isinstance(entry.act, ActCorrected | ActRetracted) else case
        return Case(self.id, self.history.after(entry), self.path.after(entry.act, entry), self.about)

    def check(self, entry: Entry) -> None:
        """Refuse an act that the rules forbid, as the case stands."""
        self.check_speaks(entry)
        self.check_told(entry)

    def check_told(self, entry: Entry) -> None:
        """The same of who is known to speak here."""
        act = entry.act
        match act:
            case ReferralAct():
                self._check_order(act, entry)
                self.path.referrals.check(act, entry.actor)
                self._check_opening(act, entry)
            case TeamAct():
                self.path.team.check(act, entry.actor)
            case AboutAct():
                self._check_about(act, entry)
            case _:
                self._check_practice(act, entry)

    def _check_practice(self, act: Act, entry: Entry) -> None:
        """What happens for or in a placement: it names what is on the record, in an order that can be."""
        path = self.path
        match act:
            case PlacementAct():
                path.placements.check(act)
                if isinstance(act, PlacementAgreed) and act.referral and act.referral not in path.referrals.by_id:
                    raise Refused("referral.unknown", referral=act.referral)
            case OutcomeAct():
                path.placements.check_known(act)
                self._check_evaluation(act, entry)
            case AssessmentAct():
                path.placements.check_known(act)
                path.assessments.check(act)
            case MeetingAct():
                path.placements.check_known(act)
                path.meetings.check(act, entry.occurred)
            case ProjectAct():
                path.projects.check(act, entry.originator_version)
            case ProposalAct():
                path.placements.check_known(act)
                path.projects.check_proposal(act, entry.actor, path.team.responsible)
            case _:
                pass

    def _check_evaluation(self, act: OutcomeAct, entry: Entry) -> None:
        if not isinstance(act, FinalEvaluationShared):
            return
        if act.placement is None and act.project is None:
            raise Refused("evaluation.of-nothing")
        if act.project and act.project not in self.path.projects.by_id:
            raise Refused("project.unknown", project=act.project)
        if later := [n for n in act.built_on if n >= entry.originator_version]:
            raise Refused("entry.unknown", entry=later[0])

    def amendment(self, version: int) -> Entry | None:
        """The entry that corrects or takes back the given one, the last that itself was not taken back."""
        amendments = (
            e for e in self._about(version) if isinstance(e.act, ActCorrected | ActRetracted) and not self.retracted(e)
        )
        return max(amendments, key=lambda e: e.originator_version, default=None)

    def retracted(self, entry: Entry) -> bool:
        return any(isinstance(e.act, ActRetracted) for e in self._about(entry.originator_version))

    def effective(self) -> Iterator[tuple[Act, Entry]]:
        """The acts that hold, in order: corrections in place, what was taken back left out."""
        for version in range(1, self.version + 1):
            if (entry := self.history.entries.get(version)) is None:
                continue
            match self.amendment(version):
                case None:
                    yield entry.act, entry
                case Entry(act=ActCorrected(act=act)):
                    yield act, entry
                case _:
                    pass

    def _noted(self, entry: Entry) -> "Case":
        return Case(self.id, self.history.after(entry), self.path, _said_about(self.about, entry))

    def _about(self, version: int) -> Iterator[Entry]:
        return (self.history.entries[v] for v in self.about.get(version, ()))

    def refolded(self) -> "Case":
        path = reduce(lambda path, held: path.after(*held), self.effective(), Path())
        return replace(self, path=path)

    def check_speaks(self, entry: Entry) -> None:
        opens = isinstance(entry.act, CaseOpened | ReferralSent)
        if self.version == 0:
            if not opens:
                raise Refused("case.unknown")
            return
        by, team = entry.organisation, self.path.team
        if team.belonged(by, entry.occurred):
            if isinstance(entry.act, CaseOpened):
                raise Refused("case.already-open")
            return
        threads = self.path.referrals.asked(by) | team.asked_for_handover(by)
        about = self.history.entries.get(entry.act.entry) if isinstance(entry.act, AboutAct) else None
        if about and (about.organisation == by or about.act.thread in threads):
            return  # what one wrote or was asked, one may put right or contest, also when one no longer belongs
        if isinstance(entry.act, ReferralAct | HandoverAct) and entry.act.thread in threads:
            return
        if any(True for _ in team.stays(by)):
            raise Refused("act.outside-your-period")
        if threads:
            raise Refused("case.only-asked")
        raise Refused("case.unknown")

    def _check_order(self, act: ReferralAct, entry: Entry) -> None:
        referral = self.path.referrals.by_id.get(act.referral)
        if referral and entry.occurred.latest < self.history.entries[referral.sent].occurred.earliest:
            raise Refused("referral.answered-before-sent", referral=act.referral)

    def _check_opening(self, act: Act, entry: Entry) -> None:
        """Only the responsible organisation opens the past, also by a referral; who opens the case is that one."""
        opens = isinstance(act, ReferralSent) and act.past != "none"
        if opens and self.version > 0 and entry.actor != self.path.team.responsible:
            raise Refused("case.not-responsible")

    def _check_amending(self, target: Entry, entry: Entry) -> None:
        """Who belongs is decided by whoever is responsible now: not by putting right what was decided once."""
        if isinstance(target.act, TeamAct) and entry.actor != self.path.team.responsible:
            raise Refused("case.not-responsible")
        if isinstance(entry.act, ActCorrected):
            self._check_opening(entry.act.act, entry)

    def _check_about(self, act: AboutAct, entry: Entry) -> None:
        target = self.history.entries.get(act.entry)
        if target is None:
            raise Refused("entry.unknown", entry=act.entry)
        match act:
            case ActAttested() if entry.organisation not in organisations_named(target):
                raise Refused("entry.does-not-name-you", entry=act.entry)
            case ActCorrected() | ActRetracted() if target.organisation != entry.organisation:
                raise Refused("entry.not-yours", entry=act.entry)
            case ActCorrected() if isinstance(target.act, AboutAct) or act.act.type != target.act.type:
                raise Refused("correction.of-another-type", entry=act.entry, type=target.act.type)
            case ActRetracted() if isinstance(target.act, ActRetracted) or self.retracted(target):
                raise Refused("entry.retracted", entry=act.entry)
            case ActCorrected() if self.retracted(target):
                raise Refused("entry.retracted", entry=act.entry)
            case ActCorrected() | ActRetracted():
                self._check_amending(target, entry)
                self._check_later_hold(self._noted(entry))
            case _:
                pass

    def _check_later_hold(self, amended: "Case") -> None:
        """Refuse an amendment after which a later entry would have been impossible, naming that entry."""
        walked = Case(self.id)
        held = {e.originator_version: act for act, e in amended.effective()}
        for version in range(1, self.version + 1):
            entry = self.history.entries[version]
            if version in held:
                as_held = entry if held[version] is entry.act else replace(entry, act=held[version])
                if not isinstance(as_held.act, AboutAct):
                    walked.check_held(as_held)
                    walked = walked.after(as_held)
                    continue
            # What is said about acts is in place already: put in again, it would bring older corrections back.
            walked = replace(walked, history=walked.history.after(entry))

    def check_held(self, later: Entry) -> None:
        try:
            self.check(later)
        except Refused as impossible:
            raise Refused(
                "correction.makes-impossible",
                position=later.position,
                version=later.originator_version,
                because=impossible.code,
            ) from None


def replay(entries: Iterable[Entry], onto: Case) -> Case:
    """Fold many entries: the same as one `after` for each, but what is held is copied once, and corrected once."""
    entries = tuple(entries)
    history, path, about = onto.history.after_all(entries), onto.path, onto.about
    corrected = False
    for entry in entries:
        if isinstance(entry.act, AboutAct):
            about = _said_about(about, entry)
            corrected = corrected or isinstance(entry.act, ActCorrected | ActRetracted)
        elif not corrected:
            path = path.after(entry.act, entry)
    case = Case(onto.id, history, path, about)
    return case.refolded() if corrected else case


def _said_about(about: Map[int, tuple[int, ...]], entry: Entry) -> Map[int, tuple[int, ...]]:
    """What is said about an entry that is not there yet has no effect."""
    if not isinstance(entry.act, AboutAct) or entry.act.entry >= entry.originator_version:
        return about
    return about.set(entry.act.entry, (*about.get(entry.act.entry, ()), entry.originator_version))
