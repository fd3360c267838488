"""Which corrections and retractions have effect: what they amend, and whether they move who belongs."""

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.about import AboutAct, ActContested, ActCorrected, ActRetracted
from domain.case.leading import leads
from domain.case.referral import (
    ReferralDeclined,
    ReferralSent,
    ReferralWithdrawn,
)
from domain.entry import Act, Effect, Entry

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


def effect_of(act: Act) -> Effect:
    """A referral that opens the past is an act of authority."""
    return "authority" if isinstance(act, ReferralSent) and act.past != "none" else act.effect


def may_amend(case: "Case", act: ActCorrected | ActRetracted, target: Entry, entry: Entry) -> bool:
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
