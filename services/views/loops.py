"""When each referral was sent, answered and closed: what its state on the case does not say."""

from uuid import UUID

from immutables import Map

from domain.case.referral import (
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    ReferralOutcomeReturned,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from services.timetext import told


@dataclass(frozen=True, slots=True)
class Loop:
    """Times as told; `position` is that of the entry that sent it."""

    service: str
    sent: str
    position: int
    answered: str | None = None
    closed: str | None = None


Loops = Map[UUID, Loop]


def loops_after(loops: Loops, act: Act, entry: Entry) -> Loops:
    if not isinstance(act, ReferralAct):
        return loops
    if isinstance(act, ReferralSent):
        return loops.set(act.referral, Loop(act.service, told(entry.occurred), entry.position))
    if (loop := loops.get(act.referral)) is None:
        return loops
    match act:
        case ReferralAccepted() | ReferralDeclined():
            return loops.set(act.referral, replace(loop, answered=told(entry.occurred)))
        case ReferralOutcomeReturned() | ReferralWithdrawn():
            return loops.set(act.referral, replace(loop, closed=told(entry.occurred)))
        case _:
            return loops
