"""Who may tell an act on a case now, and whether it has effect or is a claim that somebody has to attest."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from domain.calendar import Calendar
from domain.case import authority
from domain.case.about import AboutAct, ActAttested, ActContested, ActCorrected, ActRetracted
from domain.case.authority import (
    confirmed_from,
    effect_of,
    effects_of,
    left_since,
    may_confirm,
    moves_belonging,
    of_another_type,
    places_teller,
    receives,
    revives,
    stands_by,
)
from domain.case.closing import CaseResumed, CaseSuspended
from domain.case.leaving import in_thread
from domain.case.meeting import (
    OF_TASKS,
    InvitationAnswered,
    MeetingHeld,
    ObligationWaived,
    TaskDropped,
    TaskMoved,
)
from domain.case.person import CaseOpened
from domain.case.placement import FinalEvaluationShared, PlacementAct, PlacementAgreed, PlacementSigned
from domain.case.project import ProposalAct
from domain.case.referral import ANSWERS, ReferralAct, ReferralSent, ReferralWithdrawn
from domain.case.team import (
    CaseAdopted,
    HandoverAct,
    HandoverDeclined,
    HandoverProposed,
    MemberLeft,
    PastConfirmed,
    TellerNamed,
)
from domain.entry import Act, Entry, Thread
from domain.facts import replace
from domain.naming import organisations_named
from domain.narrowing import check_narrowed
from domain.refusal import Hidden, Malformed, Refused

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


class Accounts(Protocol):
    """What the network says of organisations that a decision on a case rests on."""

    @property
    def office(self) -> str | None: ...
    @property
    def calendars(self) -> Iterable[Calendar]:
        """Those that the network has published."""
        ...

    def connected(self, organisation: str) -> bool: ...
    def silenced(self, organisation: str) -> bool:
        """Suspended or ended: it does not speak."""
        ...

    def may_adopt(self, organisation: str) -> bool:
        """A public service, which may take up a case that nobody is responsible for."""
        ...

    def never_adopts(self, organisation: str) -> bool:
        """An employer, a trainer or an agency, which takes up no case though it has sent a referral."""
        ...


class EverybodyConnected:
    """A network in which every organisation has a system of its own."""

    office: str | None = None
    calendars: Iterable[Calendar] = ()

    def connected(self, _: str) -> bool:
        return True

    def silenced(self, _: str) -> bool:
        return False

    def may_adopt(self, _: str) -> bool:
        return True

    def never_adopts(self, _: str) -> bool:
        return False


EVERYBODY_CONNECTED: Accounts = EverybodyConnected()

_OF_THE_OFFICE = (CaseAdopted, PastConfirmed)
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_speaks(case: "Case", entry: Entry, accounts: Accounts) -> None:
    """Refuses an account that may not speak on the case at all; to a stranger the case does not exist."""
    act, by, team = entry.act, entry.organisation, case.path.team
    if case.version == 0:
        if not isinstance(act, CaseOpened | ReferralSent):
            raise Hidden("case.unknown")
        return
    if isinstance(act, _OF_THE_OFFICE) and by == accounts.office:
        return
    if isinstance(act, TellerNamed) and places_teller(team, act.organisation, by):
        return
    if _speaks_in_part(case, entry):
        return
    was_there = any(True for _ in team.stays(by))
    if team.belongs(by) or was_there:
        if isinstance(act, CaseOpened):
            raise Refused("case.already-open")
        told = effect_of(act)
        if told == "statement" and not team.belonged(by, entry.occurred):
            raise Refused("act.outside-your-period")
        if told == "authority" and not team.belongs(by):
            raise Refused("case.not-responsible")
        return
    if threads_of(case, by):
        raise Refused("case.only-asked")
    raise Hidden("case.unknown")


def _speaks_in_part(case: "Case", entry: Entry) -> bool:
    """Whether it speaks in a thread of its own, or about an entry that it wrote or was asked in."""
    act, by = entry.act, entry.organisation
    threads = threads_of(case, by)
    if isinstance(act, AboutAct):
        target = case.history.entries.get(act.entry)
        return target is not None and (target.organisation == by or not threads.isdisjoint(target.act.threads))
    if isinstance(act, ReferralSent):
        return False
    if isinstance(act, MemberLeft):
        return act.organisation == by and in_thread(case.path, by)
    if isinstance(act, PlacementAgreed):
        return ("referral", act.referral) in threads
    if not threads.isdisjoint(act.threads):
        return not _touches_others(case, entry, threads)
    # The one that was asked may still say what it answered, after it was no longer asked.
    return isinstance(act, ANSWERS) and case.path.referrals.was_asked(act.referral, by)


def _touches_others(case: "Case", entry: Entry, threads: frozenset[Thread]) -> bool:
    """Whether it names a meeting, a task or a placement that nothing of its own, nor of its threads, is about."""
    act = entry.act
    named = {id_ for each in act.threads if each not in threads and case.path.names(id_ := each[1])}
    tasks = [act.task] if isinstance(act, OF_TASKS) else [task.task for task in getattr(act, "tasks", ())]
    named.update(task for task in tasks if task in case.path.meetings.tasks)
    for each in case.history.entries.values():
        if not named:
            break
        if each.organisation == entry.organisation or not threads.isdisjoint(each.act.threads):
            named.difference_update(id_ for _, id_ in each.act.threads)
            named.difference_update(task.task for task in getattr(each.act, "tasks", ()))
    return bool(named)


def threads_of(case: "Case", account: str) -> frozenset[Thread]:
    """The threads in which the account stands although it does not belong: it is asked, or not confirmed yet."""
    path = case.path
    referrals = path.referrals.asked(account) | path.referrals.taken_in_thread(account)
    placements = path.placements.hosted_in_thread(account)
    return frozenset(
        [
            *(("referral", id_) for id_ in referrals),
            *(("handover", id_) for id_ in path.team.asked_for_handover(account)),
            *(("placement", id_) for id_ in placements),
        ]
    )


def judged(case: "Case", entry: Entry, accounts: Accounts) -> Entry:
    """The entry as it is to be stored: with effect, or as a claim. Refuses what the account has no authority for."""
    act, effect = entry.act, effect_of(entry.act)
    check_narrowed(entry)
    if isinstance(act, AboutAct):
        return _about(case, act, entry, accounts)
    if effect == "statement":
        if isinstance(act, ObligationWaived):
            _check_waiving(case, act, entry, accounts)
        if isinstance(act, TaskMoved | TaskDropped):
            _check_task(case, act, entry, accounts)
        return entry
    if case.version == 0:
        return _opening(entry, accounts)
    if effect == "authority":
        _check_authority(case, entry, accounts)
        return entry
    return entry if _has_standing(case, entry, accounts) else replace(entry, claim=True)


def speaks_for(case: "Case", account: str, organisation: str | None, accounts: Accounts) -> bool:
    """For itself, or as the teller of one without a system."""
    if account == organisation:
        return True
    return (
        organisation is not None
        and not accounts.connected(organisation)
        and authority.speaks_for(case, account, organisation)
    )


def holds(case: "Case", account: str, accounts: Accounts) -> bool:
    """Whether the account holds the authority of the responsible organisation."""
    return speaks_for(case, account, case.path.team.responsible, accounts)


def _opening(entry: Entry, accounts: Accounts) -> Entry:
    if _told_for_connected(entry, accounts):
        raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
    return entry


def _told_for_connected(entry: Entry, accounts: Accounts) -> bool:
    told_for = entry.on_behalf_of
    return told_for is not None and told_for != entry.organisation and accounts.connected(told_for)


def _check_authority(case: "Case", entry: Entry, accounts: Accounts) -> None:
    act, by = entry.act, entry.organisation
    match act:
        case CaseAdopted():
            _check_adopting(case, act, entry, accounts)
            return
        case PastConfirmed():
            _check_confirming(case, entry, accounts)
            return
        case TellerNamed(organisation=organisation) if places_teller(case.path.team, organisation, by):
            _check_teller(act, accounts)
            if not case.path.team.belongs(act.teller):
                raise Refused("member.unknown", organisation=act.teller)
            return
        case MemberLeft(organisation=organisation) if speaks_for(case, by, organisation, accounts):
            return
        case _ if not holds(case, by, accounts):
            raise Refused("case.not-responsible")
        case _ if _told_for_connected(entry, accounts):
            raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
        case ReferralSent(to=to) if to == by:
            raise Refused("referral.to-oneself")
        case _:
            pass
    if case.path.team.adopted and not isinstance(act, CaseSuspended | CaseResumed):
        raise Refused("case.past-not-confirmed")
    if isinstance(act, HandoverProposed):
        _check_receiving_teller(act, entry, accounts)
    if isinstance(act, TellerNamed):
        _check_teller(act, accounts)


def _check_confirming(case: "Case", entry: Entry, accounts: Accounts) -> None:
    """By the office alone, once all members have known of the adoption for some days."""
    if entry.organisation != accounts.office:
        raise Refused("network.not-the-office")
    if case.path.team.adopted and entry.recorded_at.date() < (day := confirmed_from(case, accounts.calendars)):
        raise Refused("case.past-confirmed-too-early", day=day.isoformat())


def _check_waiving(case: "Case", act: ObligationWaived, entry: Entry, accounts: Accounts) -> None:
    """What others owe one another is not for a third to waive."""
    if holds(case, entry.organisation, accounts):
        return
    for obligation in act.obligations:
        owing = [_who_owe(case.path, UUID(id_)) for id_ in _IDS.findall(obligation)]
        if not owing or not all(
            any(speaks_for(case, entry.organisation, each, accounts) for each in parties) for parties in owing
        ):
            raise Refused("obligation.not-yours", obligation=obligation)


def _check_task(case: "Case", act: TaskMoved | TaskDropped, entry: Entry, accounts: Accounts) -> None:
    """It is the responsible's to move or drop, and that of who is to do it; nobody takes it from them."""
    task, by = case.path.meetings.tasks.get(act.task), entry.organisation
    if task and not holds(case, by, accounts) and not speaks_for(case, by, task.organisation, accounts):
        raise Refused("task.not-yours", task=act.task)


def _who_owe(path: "Path", id_: UUID) -> frozenset[str | None]:
    """Those between whom the placement or the referral is."""
    if placement := path.placements.by_id.get(id_):
        return frozenset({placement.promoter, placement.host})
    referral = path.referrals.by_id.get(id_)
    return frozenset({referral.sender, referral.receiver}) if referral else frozenset()


def _check_adopting(case: "Case", act: CaseAdopted, entry: Entry, accounts: Accounts) -> None:
    """By a member that is a public service, by the sender of an accepted referral, or told by the office for one."""
    team, organisation = case.path.team, act.organisation
    if team.responsible and not accounts.silenced(team.responsible):
        raise Refused("case.has-responsible")
    if entry.organisation == accounts.office:
        return
    if entry.organisation != organisation:
        raise Refused("case.not-responsible")
    if not team.belongs(organisation):
        raise Refused("member.unknown", organisation=organisation)
    hosts = case.path.placements.hosted(organisation)
    sent = organisation in case.path.referrals.accepted_senders() and not accounts.never_adopts(organisation)
    if hosts or not (sent or accounts.may_adopt(organisation)):
        raise Refused("case.not-yours-to-adopt")


def _check_receiving_teller(act: HandoverProposed, entry: Entry, accounts: Accounts) -> None:
    if accounts.connected(act.to):
        if act.teller is not None:
            raise Refused("teller.not-needed", organisation=act.to)
        return
    if act.teller is None:
        raise Malformed("form.unreadable", [("teller", "field.missing")])
    if act.teller in (entry.organisation, entry.actor):
        raise Refused("handover.teller-is-proposer")
    if not accounts.connected(act.teller):
        raise Refused("teller.not-connected", organisation=act.teller)


def _check_teller(act: TellerNamed, accounts: Accounts) -> None:
    if not accounts.connected(act.teller) or accounts.silenced(act.teller):
        raise Refused("teller.not-connected", organisation=act.teller)
    if act.organisation and accounts.connected(act.organisation):
        raise Refused("teller.not-needed", organisation=act.organisation)


def _has_standing(case: "Case", entry: Entry, accounts: Accounts) -> bool:
    """Whether the answer is its teller's to give now; if not, it is a claim. Refuses an answer that is nobody's."""
    owners = _owners(case, entry)
    if owners is None:
        return _still_asked(case, entry)
    actor, by = entry.actor, entry.organisation
    if actor not in owners:
        return _of_another(entry.act)
    if isinstance(entry.act, ReferralSent) and entry.act.to == by:
        return False  # one account is never both sides
    if isinstance(entry.act, HandoverAct):
        answers = receives(case, case.path.team.handover(entry.act.handover), by)
        return answers and (by == actor or not accounts.connected(actor)) and _still_asked(case, entry)
    if speaks_for(case, by, actor, accounts):
        return _still_asked(case, entry)
    return isinstance(entry.act, ReferralSent) and not accounts.connected(actor) and _brings_in(case, entry)


def _brings_in(case: "Case", entry: Entry) -> bool:
    """Whether the account is the first to speak for an organisation without a system."""
    team, actor = case.path.team, entry.actor
    return not team.knows(actor) and team.belongs(entry.organisation)


def _owners(case: "Case", entry: Entry) -> frozenset[str | None] | None:
    """The organisations whose answer it may be; None if any that may speak here can give it."""
    act, path = entry.act, case.path
    match act:
        case ReferralSent() | InvitationAnswered():
            return frozenset({entry.actor})
        case FinalEvaluationShared():
            return _evaluators(path, act) or frozenset({entry.actor})
        case ReferralAct():
            return frozenset({path.referrals.owner(act)})
        case HandoverAct():
            return frozenset({path.team.handover(act.handover).to})
        case PlacementAgreed():
            return frozenset({path.team.responsible, act.promoter, act.host})
        case PlacementSigned():
            return None
        case PlacementAct():
            known = path.placements.known(act.placement)
            return frozenset({path.team.responsible, known.promoter, known.host})
        case ProposalAct():
            path.projects.proposal(act.proposal)
            return frozenset({path.team.responsible, *path.team.responsibilities})
        case _:
            return None


def _evaluators(path: "Path", act: FinalEvaluationShared) -> frozenset[str | None]:
    """Who may share the final evaluation of a placement."""
    placement = path.placements.by_id.get(act.placement) if act.placement else None
    id_ = placement.referral if placement else None
    referral = path.referrals.by_id.get(id_) if id_ else None
    found = [path.team.responsible, placement.promoter, placement.host] if placement else []
    found += [referral.sender, referral.receiver] if referral else []
    return frozenset(found)


def _of_another(act: Act) -> bool:
    """Something about a placement that its teller has no part in is a claim; anything else is not its to answer."""
    match act:
        case PlacementAct() | FinalEvaluationShared():
            return False
        case ReferralAct():
            raise Refused("referral.not-yours", referral=act.referral)
        case HandoverAct():
            raise Refused("handover.not-yours", handover=act.handover)
        case _:
            raise Refused("case.not-responsible")


def _still_asked(case: "Case", entry: Entry) -> bool:
    act, by, path = entry.act, entry.organisation, case.path
    match act:
        case ReferralSent() | FinalEvaluationShared() | InvitationAnswered():
            return path.team.belongs(by) or not threads_of(case, by).isdisjoint(act.threads)
        case ReferralWithdrawn():
            return path.team.belongs(by)
        case ReferralAct():
            referral = path.referrals.known(act.referral)
            return referral.state != "withdrawn" and not left_since(path, act.referral, referral)
        case ProposalAct():
            return entry.actor == path.team.responsible
        case HandoverAct():
            handover = path.team.handover(act.handover)
            overtaken = handover.state == "proposed" and path.team.responsible != handover.proposer
            return isinstance(act, HandoverDeclined) or not overtaken
        case PlacementAct():
            return stands_by(path, act, by)
        case _:
            return path.team.belongs(by) or bool(threads_of(case, by))


def _about(case: "Case", act: AboutAct, entry: Entry, accounts: Accounts) -> Entry:
    target = case.history.entries.get(act.entry)
    if target is None:
        raise Hidden("entry.unknown", entry=act.entry)
    match act:
        case ActAttested():
            return _attesting(case, act, target, entry, accounts)
        case ActContested():
            return entry
        case ActCorrected() if of_another_type(act, target):
            raise Refused("correction.of-another-type", entry=act.entry, type=target.act.type)
        case ActCorrected() | ActRetracted():
            _check_amending(case, act, target, entry, accounts)
            return entry
        case _:
            return entry


def _attesting(case: "Case", act: ActAttested, target: Entry, entry: Entry, accounts: Accounts) -> Entry:
    by = entry.organisation
    if _told_for_connected(entry, accounts):
        raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
    leads, named = holds(case, by, accounts), organisations_named(target)
    held = leads and may_confirm(case, target)
    needs_two = target.act.effect != "statement" or isinstance(target.act, MeetingHeld)
    confirms = held and target.organisation != by and needs_two
    speaks = confirms or any(speaks_for(case, by, each, accounts) for each in named)
    if leads and not held and not speaks:
        raise Refused("case.past-not-confirmed")
    if not speaks or not (held or speaks_for(case, by, entry.actor, accounts)):
        raise Refused("entry.does-not-name-you", entry=act.entry)
    _check_wording(case, act, target, entry)
    if not target.claim or case.confirmed(target) or by == target.organisation:
        return entry
    if not (by == target.on_behalf_of if _told_for_connected(target, accounts) else held):
        return entry
    if (told := case.held(target)) is None:
        raise Refused("entry.retracted", entry=act.entry)
    case.check_possible(replace(target, act=told, claim=False, originator_version=case.version + 1))
    return replace(entry, confirms=True)


def _check_wording(case: "Case", act: ActAttested, target: Entry, entry: Entry) -> None:
    """An answer is attested as it is worded: whoever attests it may not have seen the correction that came last."""
    if target.act.effect == "statement" or target.organisation == entry.organisation or case.held(target) is None:
        return
    worded = case.about.reworded.get(act.entry, act.entry)
    if (act.wording or act.entry) != worded:
        raise Refused("attestation.of-another-wording", entry=act.entry, wording=worded)


def _check_amending(
    case: "Case", act: ActCorrected | ActRetracted, target: Entry, entry: Entry, accounts: Accounts
) -> None:
    author, holder = target.organisation == entry.organisation, holds(case, entry.organisation, accounts)
    effects = effects_of(case, act, target)
    if effects == {"statement"}:
        if not author:
            raise Refused("entry.not-yours", entry=act.entry)
        return
    if "authority" in effects and case.path.team.adopted and holder:
        raise Refused("case.past-not-confirmed")
    if not author and not holder:
        raise Refused("entry.not-yours", entry=act.entry)
    if revives(act, target):
        raise Refused("referral.not-revived")
    if holder:
        if not author and isinstance(act, ActCorrected) and effect_of(target.act) != "authority":
            raise Refused("entry.not-yours", entry=act.entry)
        return
    if "authority" in effects:
        raise Refused("case.not-responsible")
    if moves_belonging(case, entry):
        raise Refused("correction.moves-belonging", entry=act.entry)
