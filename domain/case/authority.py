"""How much effect an entry has on who belongs to a case and what past is open: ruled once, where it was entered.

Authority is the standing of the account that speaks, at that position: never that of the organisation it speaks for,
nor that of the day on which something happened. An entry that these rules give no effect stays on the record.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.calendar import Calendar
from domain.case.about import AboutAct, ActAttested, ActContested, ActCorrected, ActRetracted
from domain.case.person import CaseOpened
from domain.case.placement import PlacementAct, PlacementAgreed, PlacementSigned, PlacementStarted
from domain.case.referral import (
    OPEN,
    Referral,
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
    Handover,
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
from domain.entry import Act, Effect, Entry, Ruling
from domain.facts import replace

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


def speaks_for(case: "Case", account: str, organisation: str | None) -> bool:
    """For itself, or as its teller, who speaks no more once that one has spoken here by an account of its own."""
    if account == organisation:
        return True
    return (
        organisation is not None
        and account == case.path.team.teller_of(organisation)
        and _has_not_spoken(case, organisation, case.path.team.tellers[organisation].named)
    )


def leads(case: "Case", account: str) -> bool:
    """True if the account holds the authority of the responsible organisation."""
    responsible = case.path.team.responsible
    return responsible is not None and speaks_for(case, account, responsible)


def decides(case: "Case", account: str) -> bool:
    """Whether it may tell acts of authority: whoever adopted the case waits until the office has confirmed its past."""
    return leads(case, account) and not case.path.team.adopted


def receives(case: "Case", handover: Handover, account: str) -> bool:
    """Whether it answers a handover: the receiver, or its teller, which is neither of those who proposed it."""
    if account == handover.to:
        return True
    proposed = case.history.entries.get(handover.proposed)
    if account == handover.proposer or (proposed and account == proposed.organisation):
        return False
    if handover.teller is None:
        return speaks_for(case, account, handover.to)
    return account == handover.teller and _has_not_spoken(case, handover.to, handover.proposed)


def _has_not_spoken(case: "Case", organisation: str, since: int) -> bool:
    """By its own account, at all or since that version: whoever does has a system."""
    return case.history.authors.get(organisation, 0) < max(since, 1)


def effect_of(act: Act) -> Effect:
    """A referral that opens the past is an act of authority."""
    return "authority" if isinstance(act, ReferralSent) and act.past != "none" else act.effect


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


def places_teller(team: Team, organisation: str | None, by: str) -> bool:
    """Whoever told for an organisation that it takes the case up names who tells for it."""
    return team.placed_by == by and organisation == team.responsible


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
            return _may_end(path, act) and (by == referral.sent_by or speaks_for(case, by, referral.sender))
        case ReferralOutcomeReturned():
            return referral.state == "accepted" and speaks_for(case, by, referral.receiver)
        case _:
            return True


def left_since(path: "Path", id_: UUID, referral: Referral) -> bool:
    """Whether the receiver accepted it, and has left the case or its thread; it ends nothing there any more."""
    there = path.team.belongs(referral.receiver) or id_ in path.referrals.taken_in_thread(referral.receiver)
    return referral.state == "accepted" and not there


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


def stands_by(path: "Path", act: PlacementAct, account: str) -> bool:
    """Whether the account belongs now, or stands in the thread of the placement or of the referral that it names."""
    if path.team.belongs(account):
        return True
    known = path.placements.by_id.get(act.placement)
    named = act.referral if isinstance(act, PlacementAgreed) else known and known.referral
    in_thread = known is not None and known.in_thread and known.host == account
    return in_thread or named in path.referrals.asked(account) | path.referrals.taken_in_thread(account)


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
        case ActCorrected() | ActRetracted():
            return "full" if _amends(case, act, target, entry) else "none"
        case _:
            return "full"


def may_confirm(case: "Case", target: Entry) -> bool:
    """Whether the responsible attests as such: before the past is confirmed only what happened, which admits nobody."""
    return target.act.effect == "statement" or not case.path.team.adopted


def _confirming(case: "Case", claim: Entry, attestation: Entry) -> Ruling:
    """The effect of a claim that is confirmed: as if the one that attests had told it."""
    by, act = attestation.organisation, case.held(claim)
    if isinstance(act, HandoverAct) and not _proposed(case.path.team, act, claim):
        return "none"
    if act is None or (leads(case, by) and may_confirm(case, claim)):
        return "full"
    return ruling(case, replace(claim, act=act, organisation=by, on_behalf_of=None, claim=False))


def _amends(case: "Case", act: ActCorrected | ActRetracted, target: Entry, entry: Entry) -> bool:
    if isinstance(act, ActCorrected) and of_another_type(act, target):
        return False
    author, holder = target.organisation == entry.organisation, leads(case, entry.organisation)
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


def of_another_type(act: ActCorrected, target: Entry) -> bool:
    """A correction tells an act of the same type; what is said about an act is not corrected but said anew."""
    return isinstance(target.act, AboutAct) or act.act.type != target.act.type


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
    """Whether a correction or retraction would change who belongs, or what anybody sees.

    Who brought in a wrong organisation may say so, as long as that one is no member by the word of another.
    """
    amended = case.amended(entry)
    ended = frozenset(o for o, versions in amended.about.ended.items() if entry.originator_version in versions)
    if any(case.path.team.belongs(each) for each in ended):
        return True
    if not _may_open(amended.path) <= _may_open(case.path):
        return True
    return belonging(amended.path, ended) != belonging(case.path, ended)


def _may_open(path: "Path") -> frozenset[tuple[UUID, UUID]]:
    """The placements on which others have given their word, and the referral whose past opens with it.

    They gave it on what was named then.
    """
    placements = path.placements.by_id.items()
    return frozenset((i, p.referral) for i, p in placements if p.referral and len(p.told_by) > 1)


def belonging(path: "Path", without: frozenset[str] = frozenset()) -> tuple[object, ...]:
    """All that decides who sees what of a case, to be compared; `without` what is of some organisations alone."""
    team = path.team
    return (
        team.responsible,
        frozenset(
            (o, s.joined, s.past, s.past_since)
            for o in team.memberships
            if o not in without and (s := team.membership(o)) is not None
        ),
        frozenset((i, h.to, h.teller, h.state) for i, h in team.handovers.items() if h.to not in without),
        frozenset(
            (i, r.sender, r.receiver, r.state, r.sheet, r.past, r.past_since, r.of_responsible, r.left)
            for i, r in path.referrals.by_id.items()
            if r.receiver not in without
        ),
        frozenset((i, p.host) for i, p in path.placements.by_id.items() if p.in_thread and p.host not in without),
        frozenset((o, teller) for o, teller in team.tellers.items() if o not in without),
    )
