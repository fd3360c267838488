"""When each referral was sent, answered and closed, and how much was open to who declined: more than its state says."""

from uuid import UUID

from immutables import Map

from domain.case import Case
from domain.case.about import AboutAct
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
from domain.obligations import spoken_of
from domain.visibility import threads_opened
from services.timetext import told


@dataclass(frozen=True, slots=True)
class Loop:
    """Times as told; `position` is that of the entry that sent it.

    `opened` counts the entries of others that are open to the receiver: those of its thread and, once it has declined
    what it had accepted, those of the case since the version `accepted`. What was taken back is not among them.
    """

    service: str
    sent: str
    position: int
    receiver: str
    answered: str | None = None
    closed: str | None = None
    accepted: int = 0
    declined: bool = False
    opened: int = 0


Loops = Map[UUID, Loop]


def loops_after(loops: Loops, act: Act, entry: Entry, case: Case) -> Loops:
    if isinstance(act, ReferralSent):
        loops = loops.set(act.referral, Loop(act.service, told(entry.occurred), entry.position, act.to))
    if loops and (isinstance(act, AboutAct) or getattr(act, "referral", None)):  # else it is in no referral's thread
        loops = _opened(loops, act, entry, case)
    if not isinstance(act, ReferralAct) or (loop := loops.get(act.referral)) is None:
        return loops
    match act:
        case ReferralAccepted():
            return loops.set(act.referral, replace(loop, answered=told(entry.occurred), accepted=entry.since))
        case ReferralDeclined():
            opened = loop.opened + _since_accepted(loop, act.referral, entry, case)
            return loops.set(act.referral, replace(loop, answered=told(entry.occurred), declined=True, opened=opened))
        case ReferralOutcomeReturned() | ReferralWithdrawn():
            return loops.set(act.referral, replace(loop, closed=told(entry.occurred)))
        case _:
            return loops


def _opened(loops: Loops, act: Act, entry: Entry, case: Case) -> Loops:
    """With one entry more for the receivers of the referrals that it belongs to, or is about."""
    for kind, id_ in spoken_of(case, act).threads:
        if kind == "referral" and (loop := loops.get(id_)) and not loop.declined and _reads(loop.receiver, entry):
            loops = loops.set(id_, replace(loop, opened=loop.opened + 1))
    return loops


def _since_accepted(loop: Loop, id_: UUID, declined: Entry, case: Case) -> int:
    """Of what a member has seen besides the thread, and of the sheet that the referral opened to it."""
    referral, filed = case.path.referrals.by_id.get(id_), case.path.assessments.filed
    if referral is None:
        return 0
    threads = threads_opened(case, frozenset({id_}))
    seen = {filed[referral.sheet][2]} if referral.sheet and ("sheet", referral.sheet) in threads else set[int]()
    if loop.accepted and not loop.declined and referral.of_responsible:
        seen.update(range(loop.accepted + 1, declined.originator_version))
    before = (version for version in seen if version < declined.originator_version)
    entries = (entry for version in before if (entry := case.history.entries.get(version)))
    return sum(_reads(loop.receiver, e) and ("referral", id_) not in spoken_of(case, e.act).threads for e in entries)


def _reads(receiver: str, entry: Entry) -> bool:
    return entry.organisation != receiver and entry.told_to(receiver)
