"""Who sends and who hosts, as on a day: what the roles of a rule mean for one placement."""

from collections.abc import Mapping

from domain.case.placements import Placement
from domain.due.told import Told
from domain.moment import Moment

Parties = Mapping[str, frozenset[str]]


def parties(told: Told, placement: Placement, moment: Moment | None = None) -> Parties:
    """Who referred the person to the host; where nobody did, who is or then was responsible."""
    host = frozenset({placement.host} if placement.host else ())
    return {"host": host, "sender": told.case.path.senders(placement.host, moment)}


def playing(parties: Parties, role: str | None) -> tuple[str, ...]:
    return tuple(sorted(parties.get(role or "", ())))
