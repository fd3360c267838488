"""For whom an account speaks on a case, whether it leads it, and whether it stands by what it tells of."""

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.placement import PlacementAct, PlacementAgreed
from domain.case.referral import (
    Referral,
)
from domain.case.team import (
    Handover,
    Team,
)

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


def places_teller(team: Team, organisation: str | None, by: str) -> bool:
    """Whoever told for an organisation that it takes the case up names who tells for it."""
    return team.placed_by == by and team.responsible is not None and organisation == team.responsible


def stands_by(path: "Path", act: PlacementAct, account: str) -> bool:
    """Whether the account belongs now, or stands in the thread of the placement or of the referral that it names."""
    if path.team.belongs(account):
        return True
    known = path.placements.by_id.get(act.placement)
    named = act.referral if isinstance(act, PlacementAgreed) else known and known.referral
    in_thread = known is not None and known.in_thread and known.host == account
    return in_thread or named in path.referrals.asked(account) | path.referrals.taken_in_thread(account)


def left_since(path: "Path", id_: UUID, referral: Referral) -> bool:
    """Whether the receiver accepted it, and has left the case or its thread; it ends nothing there any more."""
    there = path.team.belongs(referral.receiver) or id_ in path.referrals.taken_in_thread(referral.receiver)
    return referral.state == "accepted" and not there
