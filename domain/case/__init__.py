"""A case: one person's path, as the acts entered so far have made it."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import reduce
from itertools import groupby
from typing import cast

from domain.case.about import AboutAct, ActAttested, ActCorrected, ActRetracted
from domain.case.accounts import EVERYBODY_CONNECTED, Accounts
from domain.case.amending import Amended, path_after
from domain.case.assessment import AssessmentAct
from domain.case.authority import claimed, ruling
from domain.case.belonging import attested, opens_sheet, with_word
from domain.case.claiming import check_waiting
from domain.case.disturbing import effect
from domain.case.holding import check_holding
from domain.case.leading import leads
from domain.case.leaving import in_thread
from domain.case.meeting import MeetingAct
from domain.case.path import Path
from domain.case.placement import FinalEvaluationShared, OutcomeAct, PlacementAct, PlacementAgreed
from domain.case.project import ProjectAct, ProposalAct
from domain.case.referral import ReferralAct, ReferralDeclined, ReferralSent, ReferralWithdrawn
from domain.case.said import DEEPEST, Said
from domain.case.speaking import check_speaks, judged
from domain.case.team import MemberLeft, TeamAct
from domain.case.threads import Threads, keys
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.history import History
from domain.refusal import Hidden, Refused


@dataclass(frozen=True, slots=True)
class Case:
    """`partial`: as one reader sees it. Nothing is ruled on there: entries carry the ruling made on the whole case."""

    id: str
    history: History = History()
    path: Path = Path()
    about: Said = Said()
    """What its entries say about one another, by version."""
    partial: bool = False
    claims: tuple[int, ...] = ()
    """Versions of the entries that are claims."""
    threads: Threads = field(default_factory=Threads, compare=False, repr=False)
    """Remembers which entries belong together; it says nothing that the entries do not."""

    @property
    def version(self) -> int:
        return self.history.version

    def after(self, entry: Entry) -> "Case":
        if entry.act.effect != "statement" and not self.partial:
            entry = self._ruled(entry)
        if isinstance(entry.act, AboutAct):
            return self._said(entry.act, entry)
        path = self.path.after(entry.act, entry) if has_effect(entry) else self.path
        claims = (*self.claims, entry.originator_version) if entry.claim else self.claims
        return Case(self.id, self.history.after(entry), path, self.about, self.partial, claims, self.threads)

    def _ruled(self, entry: Entry) -> Entry:
        """With the effect that the rules of authority give it, where that is less than its own."""
        if entry.ruled or (ruled := claimed(self, entry) if entry.claim else ruling(self, entry)) == "full":
            return entry
        return replace(entry, ruled=ruled)

    def after_statements(self, entries: Iterable[Entry]) -> "Case":
        """The same as one `after` for each, but what is held is copied once. None is about another entry."""
        path, told = self.path, tuple(entries)
        for entry in told:
            if entry.ruled != "none":
                path = path.after(entry.act, entry)
        history = self.history.after_all(told)
        return Case(self.id, history, path, self.about, self.partial, self.claims, self.threads)

    def _said(self, act: AboutAct, entry: Entry) -> "Case":
        if isinstance(act, ActCorrected | ActRetracted) and entry.ruled != "none":
            return self._amended(entry)
        case = self._noted(entry)
        match act:
            case ActAttested():
                return replace(case, path=case._attested(case.path, entry))  # noqa: SLF001 (of the same class)
            case _:
                return case

    def amended(self, entry: Entry) -> "Case":
        """With a correction or retraction in place, whether or not it may have effect."""
        return self._noted(replace(entry, ruled="full")).refolded()

    def _attested(self, path: Path, entry: Entry) -> Path:
        """The path with what an attestation confirms: a claim takes effect, a membership becomes a full one."""
        target = self.history.entries.get(entry.act.entry)  # type: ignore[attr-defined]
        act = self.held(target) if target else None
        if target is None or act is None or target.originator_version >= entry.originator_version:
            return path
        if not target.claim:
            return attested(path, act, entry, as_worded=self.as_worded(entry, target))
        if not entry.confirms or entry.ruled == "none":
            return path
        path = path.after(act, self._confirmed_by(entry, target))
        return with_word(path, act, entry)

    def _seconded(self, path: Path, attestation: Entry) -> Path:
        """With the account that confirmed a claim, which has its effect already."""
        target = self.history.entries.get(attestation.act.entry)  # type: ignore[attr-defined]
        act = self.held(target) if target else None
        return path if act is None else with_word(path, act, attestation)

    def _confirmed_by(self, attestation: Entry, claim: Entry) -> Entry:
        worded = self.about.reworded.get(claim.originator_version, 0)
        by = attestation.originator_version
        ruled = "bare" if claim.ruled == "bare" else "full" if attestation.ruled == "own" else attestation.ruled
        return replace(claim, counts_from=by, ruled=ruled, worded=worded)

    def held(self, entry: Entry) -> Act | None:
        """The act as corrected; None if it was taken back or has no effect."""
        if entry.ruled == "none":
            return None
        match self.amendment(entry.originator_version) if entry.originator_version in self.about else None:
            case None:
                return entry.act
            case Entry(act=ActCorrected(act=act)):
                return act
            case _:
                return None

    def check(self, entry: Entry, accounts: Accounts = EVERYBODY_CONNECTED) -> Entry:
        """The entry as it is to be stored; refuses an act that the rules forbid, as the case stands."""
        check_speaks(self, entry, accounts)
        return self.check_told(entry, accounts)

    def check_told(self, entry: Entry, accounts: Accounts = EVERYBODY_CONNECTED) -> Entry:
        """The same for an account that is known to speak here."""
        entry = judged(self, entry, accounts)
        if entry.claim:
            check_waiting(self, entry)
        if isinstance(entry.act, AboutAct):
            self._check_about(entry.act, entry)
        elif not entry.claim or isinstance(entry.act, ReferralSent | PlacementAgreed):
            self.check_possible(entry)
        return entry

    def check_possible(self, entry: Entry) -> None:
        """Refuses what names nothing on the record, and an impossible order; it does not ask who may."""
        act = entry.act
        match act:
            case ReferralAct():
                self._check_order(act, entry)
                self.path.referrals.check(act, entry.actor)
                self._check_begun(act)
                self._check_sheet(act, entry)
            case MemberLeft(organisation=organisation) if in_thread(self.path, organisation):
                pass
            case TeamAct():
                self.path.team.check(act, entry.actor)
                self.path.team.check_leaving(act, entry.occurred)
            case AboutAct():
                pass
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
                path.meetings.check(act, entry.occurred, entry.organisation)
            case ProjectAct():
                path.projects.check(act, entry.originator_version)
            case ProposalAct():
                path.placements.check_known(act)
                path.projects.check_proposal(act, entry.actor)
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
            raise Hidden("entry.unknown", entry=later[0])

    def amendment(self, version: int) -> Entry | None:
        """The entry that corrects or takes back the given one, the last that itself was not taken back."""
        holding = self.about.holding.get(version)
        return None if holding is None else self.history.entries[holding]

    def retracted(self, entry: Entry) -> bool:
        return entry.originator_version in self.about.gone

    def holds(self, version: int) -> tuple[Act, Entry] | None:
        """The act that has effect at the place of an entry, and the entry."""
        entry = self.history.entries.get(version)
        act = self.held(entry) if entry and has_effect(entry) else None
        return (act, self._worded(entry)) if entry and act is not None else None

    def _worded(self, entry: Entry) -> Entry:
        worded = self.about.reworded.get(entry.originator_version)
        return replace(entry, worded=worded) if worded else entry

    def as_worded(self, attestation: Entry, of: Entry) -> bool:
        """Whether the entry still says what was attested: a later correction asks anew, unless it changed nothing."""
        return self.about.reworded.get(of.originator_version, 0) < attestation.originator_version

    def _amended(self, entry: Entry) -> "Case":
        """With what the amendment changes folded again."""
        noted, path = self._noted(entry), cast("Path | None", self.path)
        moved = [each for each in self.amended_by(noted) if any(effect(type(act)) != "nothing" for act in each.acts)]
        if not moved:
            return noted
        lent = self.threads.lent(noted.history) if self.partial else None
        threads = lent or self.threads.of(self.history).grown(noted.history)
        for amended in moved:
            path = path and path_after(path, amended, threads, self.holds, noted.holds, claims=self.entangled(amended))
        if path is None:
            threads.forget()
            return noted.refolded()
        return replace(noted, path=path)

    def entangled(self, amended: Amended) -> bool:
        """Whether a claim that was confirmed, and so has its effect later than it stands, may meet what is amended.

        An open claim has no effect that could.
        """
        confirmed = [claim for claim in self._claims() if self.confirmed(claim)]
        if not confirmed:
            return False
        if any(effect(type(act)) in ("standing", "everything") for act in amended.acts):
            return True
        named = {key for claim in confirmed for act in (claim.act, self.held(claim)) if act for key in keys(act)}
        return not named.isdisjoint(amended.keys)

    def _claims(self) -> Iterator[Entry]:
        return (entry for version in self.claims if (entry := self.history.entries.get(version)))

    def amended_by(self, noted: "Case") -> list[Amended]:
        """The entries of which another act holds with the last entry of `noted`, which is not folded yet."""
        act = noted.history.entries[noted.version].act
        of = self.history.entries.get(act.entry) if isinstance(act, AboutAct) else None
        also = self.history.entries.get(of.act.entry) if of and isinstance(of.act, AboutAct) else None
        found = [Amended(e, self.held(e), noted.held(e)) for e in (of, also) if e]
        return [each for each in found if each.was is not each.now]

    def effective(self) -> Iterator[tuple[Act, Entry]]:
        """The acts that hold, in order: corrections in place; what was taken back, or has no effect, left out.

        A claim stands where it was confirmed.
        """
        for version in range(1, self.version + 1):
            if (entry := self.history.entries.get(version)) is None:
                continue
            if entry.confirms:
                yield from self._confirmed(entry)
            if found := self.holds(version):
                yield found

    def _confirmed(self, attestation: Entry) -> Iterator[tuple[Act, Entry]]:
        target = self.history.entries.get(attestation.act.entry)  # type: ignore[attr-defined]
        act = self.held(target) if target and target.claim and self.held(attestation) else None
        if target and act is not None and self.as_worded(attestation, target):
            yield act, self._confirmed_by(attestation, target)

    def _noted(self, entry: Entry) -> "Case":
        history = self.history.after(entry)
        about = self.about.after(entry, history.entries)
        return Case(self.id, history, self.path, about, self.partial, self.claims, self.threads)

    def _about(self, version: int) -> Iterator[Entry]:
        return (self.history.entries[v] for v in self.about.get(version, ()))

    def refolded(self) -> "Case":
        path = Path()
        for act, entry in self.effective():
            if isinstance(act, ActAttested):
                path = self._seconded(path, entry) if entry.confirms else self._attested(path, entry)
            else:
                path = path.after(act, entry)
        return replace(self, path=path)

    def confirmed(self, claim: Entry) -> bool:
        """Whether an attestation has given the claim, as it is worded now, its effect."""
        said = self._about(claim.originator_version)
        return any(_confirms(e) and not self.retracted(e) and self.as_worded(e, claim) for e in said)

    @property
    def open_claims(self) -> Iterator[Entry]:
        """The claims that still wait for the word of the one they concern."""
        return (e for e in self._claims() if self.held(e) is not None and not self.confirmed(e))

    def _check_order(self, act: ReferralAct, entry: Entry) -> None:
        referral = self.path.referrals.by_id.get(act.referral)
        if referral and entry.occurred.latest < self.history.entries[referral.sent].occurred.earliest:
            raise Refused("referral.answered-before-sent", referral=act.referral)

    def _check_begun(self, act: ReferralAct) -> None:
        """Once the placement has begun, its own acts say how it ends."""
        if not isinstance(act, ReferralDeclined | ReferralWithdrawn):
            return
        referral = self.path.referrals.known(act.referral)
        if referral.state == "accepted" and self.path.placements.begun_from(act.referral, referral.receiver):
            raise Refused("referral.placement-has-begun", referral=act.referral)

    def _check_sheet(self, act: ReferralAct, entry: Entry) -> None:
        """An id may be named before its sheet is filed; not one of another kind, nor a sheet that one does not see."""
        if not isinstance(act, ReferralSent) or act.sheet is None:
            return
        if self.path.names(act.sheet):
            raise Refused("id.of-another-kind", id=act.sheet)
        if act.sheet in self.path.assessments.filed and not opens_sheet(
            self.path, act.sheet, entry, leads=leads(self, entry.organisation)
        ):
            raise Refused("sheet.unknown", sheet=act.sheet)

    def _check_about(self, act: AboutAct, entry: Entry) -> None:
        target = self.history.entries[act.entry]
        if self.about.depth(act.entry) >= DEEPEST:
            raise Refused("about.too-deep", entry=act.entry, most=DEEPEST)
        match act:
            case ActRetracted() if isinstance(target.act, ActRetracted) or self.retracted(target):
                raise Refused("entry.retracted", entry=act.entry)
            case ActCorrected() if self.retracted(target):
                raise Refused("entry.retracted", entry=act.entry)
            case ActCorrected() | ActRetracted():
                check_holding(self, self._noted(replace(entry, ruled="full")))
            case _:
                pass


def _confirms(attestation: Entry) -> bool:
    return attestation.confirms and attestation.ruled != "none"


def has_effect(entry: Entry) -> bool:
    """False of a claim that nobody has confirmed yet, and of what the rules of authority give none."""
    return entry.ruled != "none" and not (entry.claim and not entry.counts_from)


def _is_statement(entry: Entry) -> bool:
    return entry.act.effect == "statement" and not entry.claim and not isinstance(entry.act, AboutAct)


def replay(entries: Iterable[Entry], onto: Case) -> Case:
    """Fold many entries: the same as one `after` for each."""
    return reduce(_with_run, groupby(entries, _is_statement), onto)


def _with_run(case: Case, run: tuple[bool, Iterable[Entry]]) -> Case:
    statements, entries = run
    return case.after_statements(entries) if statements else reduce(Case.after, entries, case)
