"""Who sends and who hosts, as on a day: what the roles of a rule mean for one placement."""

from collections.abc import Mapping

from domain.case.placements import Placement
from domain.due.told import Told
from domain.moment import Moment

Parties = Mapping[str, frozenset[str]]


def parties(told: Told, placement: Placement, moment: Moment | None = None) -> Parties:
    """Who referred the person to the host; where nobody did, who is or then was responsible."""
    path = told.case.path
    host = frozenset({placement.host} if placement.host else ())
    senders = path.referrals.senders(placement.host) or _responsible(told, moment)
    return {"host": host, "sender": senders - host}


def _responsible(told: Told, moment: Moment | None) -> frozenset[str]:
    team = told.case.path.team
    if moment is None:
        return frozenset({team.responsible} if team.responsible else ())
    return frozenset(o for o, stays in team.responsibilities.items() if any(s.covers(moment) for s in stays))


def playing(parties: Parties, role: str | None) -> tuple[str, ...]:
    return tuple(sorted(parties.get(role or "", ())))
