"""The file of a case, folded from the entries its reader may see."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from domain.case import Case
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed, CaseSuspended
from domain.case.person import CaseNotTakenOn, CaseOpened, CaseTakenOn, PersonUpdated, ReferentChanged
from domain.case.referral import ReferralSent
from domain.case.team import MemberJoined, Stay
from services.seen import Seen
from services.timetext import told


def team_shown(case: Case) -> list[dict[str, Any]]:
    """Each organisation with its periods, as responsible and as member, and the referent it named."""
    team = case.path.team
    roles: dict[str, str] = {}
    referents: dict[str, str] = {}
    for act, _ in case.effective():
        match act:
            case MemberJoined(organisation=organisation, role=role):
                roles[organisation] = role
            case ReferentChanged(organisation=organisation, referent=referent):
                referents[organisation] = str(referent)
            case _:
                pass
    return [
        {
            "organisation": organisation,
            "responsible": team.responsible == organisation,
            "belongs": team.belongs(organisation),
            "role": roles.get(organisation),
            "referent": referents.get(organisation),
            "was_responsible": _periods(team.responsibilities.get(organisation, ())),
            "was_member": _periods(team.memberships.get(organisation, ())),
        }
        for organisation in sorted({*team.responsibilities, *team.memberships})
    ]


def _periods(stays: Iterable[Stay]) -> list[dict[str, Any]]:
    return [{"since": told(s.since), "until": told(s.until) if s.until else None} for s in stays]


def handovers_shown(case: Case) -> list[dict[str, Any]]:
    found = sorted(case.path.team.handovers.items(), key=lambda item: item[1].proposed)
    return [{"handover": str(id_), "from": h.proposer, "to": h.to, "state": h.state} for id_, h in found]


def course_shown(case: Case) -> list[dict[str, Any]]:
    """How the case was taken on, paused, went on, ended and was taken up again."""
    turns = []
    for act, entry in case.effective():
        match act:
            case CaseTakenOn() | CaseResumed():
                reason = None
            case CaseNotTakenOn() | CaseSuspended() | CaseClosed() | CaseReopened():
                reason = act.reason_class
            case _:
                continue
        turn = {"position": entry.position, "type": act.type, "at": told(entry.occurred), "reason_class": reason}
        turns.append({**turn, "organisation": entry.actor})
    return turns


def persons_told(case: Case) -> list[int]:
    """Positions of the entries that tell who the person is and how it is reached, in the order in which they hold."""
    told = []
    for act, entry in case.effective():
        if isinstance(act, CaseOpened | PersonUpdated | ReferralSent):
            correction = None if act is entry.act else case.amendment(entry.originator_version)
            told.append((correction or entry).position)
    return told


def practitioners_of(seen: Sequence[Seen]) -> dict[UUID, str]:
    """Who acted, by opaque id, and for which organisation."""
    return {s.entry.practitioner: s.entry.organisation for s in seen if not s.masked}
