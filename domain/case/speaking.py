"""Who may tell an act on a case now, and whether it has effect or is a claim that somebody has to attest."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.about import AboutAct
from domain.case.accounts import Accounts, speaks_for, told_for_connected
from domain.case.amendable import effect_of
from domain.case.authorised import check_authority, check_task, check_waiving
from domain.case.leading import left_since, places_teller, receives, stands_by
from domain.case.leaving import in_thread
from domain.case.meeting import (
    OF_TASKS,
    InvitationAnswered,
    MeetingHeld,
    ObligationWaived,
    TaskDropped,
    TaskMoved,
)
from domain.case.owners import is_of, owners_of
from domain.case.person import CaseOpened
from domain.case.placement import FinalEvaluationShared, PlacementAct, PlacementAgreed
from domain.case.project import ProposalAct
from domain.case.referral import ANSWERS, ReferralAct, ReferralSent, ReferralWithdrawn
from domain.case.team import (
    CaseAdopted,
    HandoverAct,
    HandoverDeclined,
    MemberLeft,
    PastConfirmed,
    TellerNamed,
)
from domain.case.words_about import about
from domain.entry import Act, Entry, Thread
from domain.facts import replace
from domain.narrowing import check_narrowed
from domain.refusal import Hidden, Refused

if TYPE_CHECKING:
    from domain.case import Case

_OF_THE_OFFICE = (CaseAdopted, PastConfirmed)


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
    tasks = [act.task] if isinstance(act, OF_TASKS) else _tasks_set(act)
    named.update(task for task in tasks if task in case.path.meetings.tasks)
    for each in case.history.entries.values():
        if not named:
            break
        if each.organisation == entry.organisation or not threads.isdisjoint(each.act.threads):
            named.difference_update(id_ for _, id_ in each.act.threads)
            named.difference_update(_tasks_set(each.act))
    return bool(named)


def _tasks_set(act: Act) -> list[UUID]:
    return [each.task for each in act.tasks] if isinstance(act, MeetingHeld) else []


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


def is_there(case: "Case", organisation: str | None, answer: Entry) -> bool:
    """Whether the answer is the organisation's, and that one belongs or stands in a thread of the case."""
    if organisation is None or not is_of(case, organisation, answer):
        return False
    return case.path.team.belongs(organisation) or bool(threads_of(case, organisation))


def judged(case: "Case", entry: Entry, accounts: Accounts) -> Entry:
    """The entry as it is to be stored: with effect, or as a claim. Refuses what the account has no authority for."""
    act, effect = entry.act, effect_of(entry.act)
    check_narrowed(entry)
    if isinstance(act, AboutAct):
        return about(case, act, entry, accounts, partial(_gives_itself, case, accounts))
    if effect == "statement":
        if isinstance(act, ObligationWaived):
            check_waiving(case, act, entry, accounts)
        if isinstance(act, TaskMoved | TaskDropped):
            check_task(case, act, entry, accounts)
        return entry
    if case.version == 0:
        return _opening(entry, accounts)
    if effect == "authority":
        check_authority(case, entry, accounts)
        return entry
    return entry if _has_standing(case, entry, accounts) else replace(entry, claim=True)


def _opening(entry: Entry, accounts: Accounts) -> Entry:
    if told_for_connected(entry, accounts):
        raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
    return entry


def _gives_itself(case: "Case", accounts: Accounts, answer: Entry) -> bool:
    """Whether its teller may give the answer, as it would stand with effect."""
    try:
        return _has_standing(case, answer, accounts)
    except Refused:
        return False


def _has_standing(case: "Case", entry: Entry, accounts: Accounts) -> bool:
    """Whether the answer is its teller's to give now; if not, it is a claim. Refuses an answer that is nobody's."""
    owners = owners_of(case, entry)
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
