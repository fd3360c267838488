"""How much effect an entry has on who belongs to a case and what past is open: ruled once, where it was entered.

Authority is the standing of the account that speaks, at that position: never that of the organisation it speaks for,
nor that of the day on which something happened. An entry that these rules give no effect stays on the record.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from domain.calendar import Calendar
from domain.case.about import AboutAct, ActAttested, ActCorrected, ActRetracted
from domain.case.amendable import may_amend
from domain.case.leading import decides, leads, left_since, places_teller, receives, speaks_for, stands_by
from domain.case.leaving import in_thread
from domain.case.owners import is_of
from domain.case.person import CaseOpened
from domain.case.placement import OutcomeAct, PlacementAct, PlacementAgreed, PlacementSigned, PlacementStarted
from domain.case.referral import (
    OPEN,
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    ReferralOutcomeReturned,
    ReferralSent,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from domain.case.team import (
    CaseAdopted,
    HandoverAccepted,
    HandoverAct,
    HandoverDeclined,
    HandoverProposed,
    MemberLeft,
    PastConfirmed,
    Team,
    TeamAct,
    TellerNamed,
)
from domain.entry import Entry, Ruling
from domain.facts import replace

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


def ruling(case: "Case", entry: Entry) -> Ruling:
    """The effect of an entry that is neither a statement nor a claim, as the case stands before it."""
    act = entry.act
    if case.version == 0:
        return "full"
    if isinstance(act, AboutAct):
        return _about(case, act, entry)
    if isinstance(act, PlacementAgreed):
        return _agreed(case, act, entry)
    if isinstance(act, PlacementSigned | PlacementStarted):
        return _worded(case, act, entry)
    if isinstance(act, CaseOpened | TeamAct | ReferralAct) and entry.only_for is not None:
        return "none"
    match act:
        case CaseOpened():
            return "none"
        case TeamAct():
            return "full" if _of_team(case, act, entry) else "none"
        case ReferralSent():
            return _sent(case, act, entry)
        case ReferralAct():
            return "full" if _answers(case, act, entry) else "none"
        case _:
            return "full"


def claimed(case: "Case", claim: Entry) -> Ruling:
    """Once it is confirmed, a claim counts as the word of who confirms it, and of its teller if it is there."""
    act = claim.act
    beside = isinstance(act, PlacementSigned | PlacementStarted) and not stands_by(case.path, act, claim.organisation)
    return "bare" if beside else "full"


def _of_team(case: "Case", act: TeamAct, entry: Entry) -> bool:
    by, team = entry.organisation, case.path.team
    match act:
        case CaseAdopted(organisation=organisation):  # who is the office, and of what kind one is, the door knows
            return by != organisation or (team.belongs(by) and not case.path.placements.hosted(by))
        case PastConfirmed():  # likewise, and when
            return not _too_early(case, entry)
        case MemberLeft(organisation=organisation):
            return speaks_for(case, by, organisation) or decides(case, by)
        case HandoverAccepted() | HandoverDeclined():
            return _answers_handover(case, act, entry)
        case HandoverProposed():
            return decides(case, by) and act.handover not in team.handovers
        case TellerNamed(organisation=organisation) if places_teller(team, organisation, by):
            return True
        case _:
            return decides(case, by)


MEMBERS_LOOK: Final = 5
"""Working days, at least, between the adoption that all members were told of and the opening of the past."""


def confirmed_from(case: "Case", calendars: Iterable[Calendar] = ()) -> date:
    """The first day on which the past of the adopted case may be confirmed, by whichever calendar it comes last.

    A fold knows no calendar of the network: no published one makes the day an earlier one.
    """
    adopted = case.history.entries[case.path.team.adopted].recorded_at.date()
    return max(each.count(adopted, MEMBERS_LOOK, "working-days") for each in (Calendar(), *calendars))


def _too_early(case: "Case", entry: Entry) -> bool:
    return bool(case.path.team.adopted) and entry.recorded_at.date() < confirmed_from(case)


def _answers_handover(case: "Case", act: HandoverAct, entry: Entry) -> bool:
    team = case.path.team
    return _proposed(team, act, entry) and receives(case, team.handovers[act.handover], entry.organisation)


def _proposed(team: Team, act: HandoverAct, entry: Entry) -> bool:
    """Whether it answers a handover that is still proposed to the one whose answer it is."""
    handover = team.handovers.get(act.handover)
    if handover is None or handover.state != "proposed" or entry.actor != handover.to:
        return False
    return isinstance(act, HandoverDeclined) or team.responsible == handover.proposer


def _sent(case: "Case", act: ReferralSent, entry: Entry) -> Ruling:
    by, team = entry.organisation, case.path.team
    led = leads(case, by)
    if not team.belongs(by) or (act.past != "none" and not decides(case, by)) or act.to in (by, entry.actor):
        return "none"
    if act.referral in case.path.referrals.by_id:
        return "none"
    for_itself = entry.actor == by or (led and act.past != "none") or speaks_for(case, by, entry.actor)
    if not for_itself and team.knows(entry.actor):
        return "none"
    return "full" if led else "thread"


def _answers(case: "Case", act: ReferralAct, entry: Entry) -> bool:
    path, by = case.path, entry.organisation
    referral = path.referrals.by_id.get(act.referral)
    if referral is None or entry.actor != path.referrals.owner(act):
        return False
    match act:
        case ReferralAccepted() | ReferralWaitlisted():
            return referral.state in OPEN and speaks_for(case, by, referral.receiver)
        case ReferralDeclined() | ReferralOutcomeReturned() if left_since(path, act.referral, referral):
            return False
        case ReferralDeclined():
            return _may_end(path, act) and speaks_for(case, by, referral.receiver)
        case ReferralWithdrawn():
            there = path.team.belongs(by)
            return there and _may_end(path, act) and (by == referral.sent_by or speaks_for(case, by, referral.sender))
        case ReferralOutcomeReturned():
            return referral.state == "accepted" and speaks_for(case, by, referral.receiver)
        case _:
            return True


def _may_end(path: "Path", act: ReferralAct) -> bool:
    referral = path.referrals.by_id[act.referral]
    if referral.state in OPEN:
        return True
    return referral.state == "accepted" and not path.placements.begun_from(act.referral, referral.receiver)


def _agreed(case: "Case", act: PlacementAgreed, entry: Entry) -> Ruling:
    """The responsible admits the host; another that is there opens to the host the placement's thread."""
    by, path, team = entry.organisation, case.path, case.path.team
    if act.placement in path.placements.by_id:
        return "none"
    if entry.only_for is not None:
        return "bare"
    if decides(case, by) or (act.host and team.belongs(act.host)):
        return "full"
    if entry.actor not in (team.responsible, act.promoter, act.host) or not speaks_for(case, by, entry.actor):
        return "bare"
    return "thread" if stands_by(path, act, by) else "bare"


def _worded(case: "Case", act: PlacementSigned | PlacementStarted, entry: Entry) -> Ruling:
    """As the word of the one it is told for; as that of the account beside it; or as nobody's that is there."""
    if not stands_by(case.path, act, entry.organisation):
        return "bare"
    return "full" if speaks_for(case, entry.organisation, entry.actor) else "thread"


def _about(case: "Case", act: AboutAct, entry: Entry) -> Ruling:
    target = case.history.entries.get(act.entry)
    if target is None:
        return "none"
    match act:
        case ActAttested() if entry.confirms:
            return _confirming(case, target, entry)
        case ActAttested() if leads(case, entry.organisation) and may_confirm(case, target):
            return "full"
        case ActAttested() if not speaks_for(case, entry.organisation, entry.actor):
            return "none"  # nobody gives the word of one that it does not speak for
        case ActAttested():
            about = case.held(target)
            there = not isinstance(about, PlacementAct) or stands_by(case.path, about, entry.organisation)
            return "thread" if there else "bare"
        case ActCorrected() | ActRetracted() if not may_amend(case, act, target, entry):
            return "none"
        case ActCorrected():
            return "same" if case.about.same_words(act.entry, entry, case.history.entries) else "full"
        case _:
            return "full"


def may_confirm(case: "Case", target: Entry) -> bool:
    """Whether the responsible attests as such: before the past is confirmed only what happened, which admits nobody."""
    return target.act.effect == "statement" or not case.path.team.adopted


def _stands(case: "Case", act: PlacementAct | OutcomeAct, account: str) -> bool:
    if isinstance(act, PlacementAct):
        return stands_by(case.path, act, account)
    return case.path.team.belongs(account) or in_thread(case.path, account)


def _confirming(case: "Case", claim: Entry, attestation: Entry) -> Ruling:
    """The effect of a claim that is confirmed: as if the one that attests had told it, if the answer is its to give."""
    by, act = attestation.organisation, case.held(claim)
    if isinstance(act, HandoverAct) and not _proposed(case.path.team, act, claim):
        return "none"
    if act is None or (leads(case, by) and may_confirm(case, claim)):
        return "full"
    own = replace(claim, act=act, organisation=by, on_behalf_of=None, claim=False)
    if not is_of(case, by, own) or (isinstance(act, PlacementAct | OutcomeAct) and not _stands(case, act, by)):
        return "none"
    return "own" if (ruled := ruling(case, own)) == "full" else ruled
