"""How much effect an entry has on who belongs to a case and what past is open: ruled once, where it was entered.

Authority is the standing of the account that speaks, at that position: never that of the organisation it speaks for,
nor that of the day on which something happened. An entry that these rules give no effect stays on the record.
"""

from typing import TYPE_CHECKING

from domain.case.about import AboutAct, ActAttested, ActContested, ActCorrected, ActRetracted
from domain.case.person import CaseOpened
from domain.case.placement import PlacementAgreed
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
)
from domain.entry import Act, Effect, Entry, Ruling
from domain.facts import replace

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


def effect_of(act: Act) -> Effect:
    """A referral that opens the past is an act of authority."""
    return "authority" if isinstance(act, ReferralSent) and act.past != "none" else act.effect


def ruling(case: "Case", entry: Entry) -> Ruling:
    """The effect of an entry that is neither a statement nor a claim, as the case stands before it."""
    act, path = entry.act, case.path
    if case.version == 0:
        return "full"
    if isinstance(act, AboutAct):
        return _about(case, act, entry)
    if isinstance(act, PlacementAgreed):
        return _agreed(path, act, entry)
    if isinstance(act, CaseOpened | TeamAct | ReferralAct) and entry.only_for is not None:
        return "none"
    match act:
        case CaseOpened():
            return "none"
        case TeamAct():
            return "full" if _of_team(path.team, act, entry) else "none"
        case ReferralSent():
            return _sent(path.team, act, entry)
        case ReferralAct():
            return "full" if _answers(path, act, entry.organisation) else "none"
        case _:
            return "full"


def _of_team(team: Team, act: TeamAct, entry: Entry) -> bool:
    by = entry.organisation
    match act:
        case CaseAdopted() | PastConfirmed():
            return True  # the door knows who may; nobody else writes them
        case MemberLeft(organisation=organisation):
            return team.speaks_for(by, organisation) or team.holds(by)
        case HandoverAccepted() | HandoverDeclined():
            return _answers_handover(team, act, by)
        case HandoverProposed():
            return team.holds(by) and act.handover not in team.handovers
        case _:
            return team.holds(by)


def _answers_handover(team: Team, act: HandoverAct, by: str) -> bool:
    handover = team.handovers.get(act.handover)
    if handover is None or handover.state != "proposed":
        return False
    if isinstance(act, HandoverAccepted) and team.responsible != handover.proposer:
        return False
    return by == handover.teller or team.speaks_for(by, handover.to)


def _sent(team: Team, act: ReferralSent, entry: Entry) -> Ruling:
    by = entry.organisation
    if not team.belongs(by) or (act.past != "none" and not team.holds(by)) or act.to in (by, entry.actor):
        return "none"
    if entry.actor != by and not team.speaks_for(by, entry.actor) and _is_there(team, entry.actor):
        return "none"
    return "full" if team.holds(by) else "thread"


def _is_there(team: Team, organisation: str) -> bool:
    """Whether it came to the case already, by itself or through another account."""
    return organisation in team.tellers or any(True for _ in team.stays(organisation))


def _answers(path: "Path", act: ReferralAct, by: str) -> bool:
    referral, team = path.referrals.by_id.get(act.referral), path.team
    if referral is None:
        return False
    match act:
        case ReferralAccepted() | ReferralWaitlisted():
            return referral.state in OPEN and team.speaks_for(by, referral.receiver)
        case ReferralDeclined():
            return _may_end(path, act) and team.speaks_for(by, referral.receiver)
        case ReferralWithdrawn():
            return _may_end(path, act) and (by == referral.sent_by or team.speaks_for(by, referral.sender))
        case ReferralOutcomeReturned():
            return team.speaks_for(by, referral.receiver)
        case _:
            return True


def _may_end(path: "Path", act: ReferralAct) -> bool:
    referral = path.referrals.by_id[act.referral]
    if referral.state in OPEN:
        return True
    return referral.state == "accepted" and not path.placements.begun_from(act.referral, referral.receiver)


def _agreed(path: "Path", act: PlacementAgreed, entry: Entry) -> Ruling:
    """The responsible admits the host; another that is there opens to the host the placement's thread."""
    by, team = entry.organisation, path.team
    if entry.only_for is not None or act.placement in path.placements.by_id:
        return "bare"
    if team.holds(by) or (act.host and team.belongs(act.host)):
        return "full"
    there = team.belongs(by) or bool(path.referrals.asked(by) | path.referrals.taken_in_thread(by))
    return "thread" if there else "bare"


def _about(case: "Case", act: AboutAct, entry: Entry) -> Ruling:
    target = case.history.entries.get(act.entry)
    if target is None:
        return "none"
    match act:
        case ActAttested() if entry.confirms:
            return _confirming(case, target, entry)
        case ActAttested() if case.path.team.holds(entry.organisation):
            return "full"
        case ActAttested():  # nobody gives the word of one that it does not speak for
            return "thread" if case.path.team.speaks_for(entry.organisation, entry.actor) else "none"
        case ActCorrected() | ActRetracted():
            return "full" if _amends(case, act, target, entry) else "none"
        case _:
            return "full"


def _confirming(case: "Case", claim: Entry, attestation: Entry) -> Ruling:
    """The effect of a claim that is confirmed: as if the one that attests had told it."""
    by, act = attestation.organisation, case.held(claim)
    if case.path.team.holds(by) or act is None:
        return "full"
    return ruling(case, replace(claim, act=act, organisation=by, on_behalf_of=None, claim=False))


def _amends(case: "Case", act: ActCorrected | ActRetracted, target: Entry, entry: Entry) -> bool:
    author, holder = target.organisation == entry.organisation, case.path.team.holds(entry.organisation)
    effects = effects_of(case, act, target)
    if effects == {"statement"}:
        return author
    if entry.only_for is not None or revives(act, target):
        return False
    if "authority" in effects and case.path.team.adopted:
        return False
    if holder:
        return author or isinstance(act, ActRetracted) or effect_of(target.act) == "authority"
    return author and "authority" not in effects and not moves_belonging(case, entry)


def effects_of(case: "Case", act: ActCorrected | ActRetracted, target: Entry) -> set[Effect]:
    """What is amended, through corrections and attestations down to the act that it is about, and what it becomes."""
    acts: list[Act] = [act.act] if isinstance(act, ActCorrected) else []
    while isinstance(target.act, AboutAct):
        if isinstance(target.act, ActCorrected):
            acts.append(target.act.act)
        if isinstance(target.act, ActContested) or target.act.entry >= target.originator_version:
            break  # a contestation moves nothing, whatever it is about
        target = case.history.entries[target.act.entry]
    if not isinstance(target.act, AboutAct):
        acts.append(target.act)
    return {effect_of(each) for each in acts} or {"statement"}


def revives(act: AboutAct, target: Entry) -> bool:
    """Retracting a decline or a withdrawal would bring back what it ended."""
    return isinstance(act, ActRetracted) and isinstance(target.act, ReferralDeclined | ReferralWithdrawn)


def moves_belonging(case: "Case", entry: Entry) -> bool:
    """Whether a correction or retraction would change who belongs, or what anybody sees."""
    return belonging(case.amended(entry).path) != belonging(case.path)


def belonging(path: "Path") -> tuple[object, ...]:
    """All that decides who sees what of a case, to be compared."""
    team = path.team
    return (
        team.responsible,
        frozenset(
            (o, s.joined, s.past, s.past_since) for o in team.memberships if (s := team.membership(o)) is not None
        ),
        frozenset((i, h.to, h.teller, h.state) for i, h in team.handovers.items()),
        frozenset(
            (i, r.sender, r.receiver, r.state, r.sheet, r.past, r.past_since, r.of_responsible, r.left)
            for i, r in path.referrals.by_id.items()
        ),
        frozenset((i, p.host) for i, p in path.placements.by_id.items() if p.in_thread),
        team.tellers,
    )
