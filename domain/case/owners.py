"""Whose answer an act on a case is to give."""

from typing import TYPE_CHECKING

from domain.case.meeting import InvitationAnswered
from domain.case.placement import FinalEvaluationShared, PlacementAct, PlacementAgreed, PlacementSigned
from domain.case.project import ProposalAct
from domain.case.referral import ReferralAct, ReferralSent
from domain.case.team import HandoverAct
from domain.entry import Entry
from domain.refusal import Refused

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path


def owners_of(case: "Case", entry: Entry) -> frozenset[str | None] | None:
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


def is_of(case: "Case", organisation: str | None, entry: Entry) -> bool:
    """Whether the organisation is one whose answer it is; of what names nothing on the record it is nobody's."""
    try:
        owners = owners_of(case, entry)
    except Refused:
        return False
    return organisation is not None and (owners is None or organisation in owners)
