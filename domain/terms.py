"""The terms of an agreement, as last amended: places a year, roles, how often to meet, and how long they hold."""

from datetime import date

from immutables import Map

from domain.agreeing import AgreementAmended, AgreementProposed, AgreementRenewed, PartyRole, Places
from domain.facts import dataclass, replace


@dataclass(frozen=True, slots=True)
class Terms:
    places: Map[str, int] = Map()
    roles: Map[str, str] = Map()
    convener: str | None = None
    cadence_months: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    ended: date | None = None

    def amended(self, act: AgreementAmended) -> "Terms":
        return replace(
            self,
            places=self.places if act.places is None else _places(act.places),
            roles=self.roles if act.roles is None else _roles(act.roles),
            convener=act.convener or self.convener,
            cadence_months=act.cadence_months or self.cadence_months,
            valid_until=act.valid_until or self.valid_until,
        )

    def renewed(self, act: AgreementRenewed) -> "Terms":
        places = self.places if act.places is None else _places(act.places)
        return replace(self, valid_until=act.valid_until, places=places)


def proposed(act: AgreementProposed) -> Terms:
    return Terms(
        _places(act.places),
        _roles(act.roles),
        act.convener,
        act.cadence_months,
        act.valid_from,
        act.valid_until,
    )


def _places(places: tuple[Places, ...]) -> Map[str, int]:
    return Map({p.place_kind: p.number for p in places})


def _roles(roles: tuple[PartyRole, ...]) -> Map[str, str]:
    return Map({r.organisation: r.role for r in roles})
