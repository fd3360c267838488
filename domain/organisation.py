"""An organisation of the network: what kind it is, how it is recognised, who works there."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from pydantic import StringConstraints

from domain.entry import Act, Effect, Entry, FromList, Name, OrganisationId, Personal, Token
from domain.facts import dataclass, replace
from domain.history import History
from domain.record_id import Kind, id_of
from domain.refusal import Misnamed, Refused

AccountKey = Annotated[str, StringConstraints(pattern=r"^A[A-Z2-7]{55}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class OrganisationAct(Act):
    """What happens to one organisation."""

    kind: ClassVar[Kind] = Kind.ORGANISATION


class OrganisationRegistered(OrganisationAct):
    """`account` is the public key of its NATS account, `token` the SHA-256 of its HTTP token.

    `reached_through` names the team through which a second-level service is reached. `place` is the town whose patron
    saint's day it keeps.
    """

    effect: ClassVar[Effect] = "authority"
    type: Literal["organisation-registered"] = "organisation-registered"
    name: Annotated[Name, Personal("identity")]
    organisation_kind: Annotated[Token, FromList("organisation-kind")]
    connected: bool = True
    country: Country = "IT"
    part_of: OrganisationId | None = None
    reached_through: OrganisationId | None = None
    access_points: tuple[Token, ...] = ()
    place: Annotated[Token | None, FromList("place")] = None
    account: AccountKey | None = None
    token: Digest | None = None


class OrganisationUpdated(OrganisationAct):
    """Only what changed; what is left out stays as it was.

    `possible_duplicates` is the organisation's own consent, where its kind asks for one: that its persons are compared
    with those of others, and that it is told of possible duplicates.
    """

    effect: ClassVar[Effect] = "authority"
    type: Literal["organisation-updated"] = "organisation-updated"
    name: Annotated[Name | None, Personal("identity")] = None
    organisation_kind: Annotated[Token | None, FromList("organisation-kind")] = None
    connected: bool | None = None
    country: Country | None = None
    part_of: OrganisationId | None = None
    reached_through: OrganisationId | None = None
    access_points: tuple[Token, ...] | None = None
    place: Annotated[Token | None, FromList("place")] = None
    account: AccountKey | None = None
    token: Digest | None = None
    possible_duplicates: bool | None = None


class OrganisationSuspended(OrganisationAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["organisation-suspended"] = "organisation-suspended"
    from_date: date | None = None


class PractitionerNamed(OrganisationAct):
    """The name behind the opaque id that acts carry, sealed under a key of the practitioner."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["practitioner-named"] = "practitioner-named"
    named: UUID
    name: Annotated[Name, Personal("identity", subject="named")]
    role: Annotated[Token | None, FromList("role")] = None


class ClosureDeclared(OrganisationAct):
    """From the first day to the last on which nobody is there."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["closure-declared"] = "closure-declared"
    from_day: date
    until_day: date


MOST_BY_OTHERS: Final = 62
"""Days of closure a year that others may tell for an organisation without a system."""


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    history: History = History()
    organisation_kind: str = ""
    connected: bool = False
    connecting: Entry | None = None
    """The entry since which it has a system of its own, if it had none before."""
    country: str = ""
    part_of: str | None = None
    reached_through: str | None = None
    place: str | None = None
    account: str | None = None
    token: str | None = None
    suspended: bool = False
    founder: bool = False
    """It registered itself: it is the network office."""
    practitioners: frozenset[UUID] = frozenset()
    possible_duplicates: bool = False
    """It consents to take part in finding them; asked only where its kind says so."""
    closures: tuple[tuple[date, date], ...] = ()
    """First and last day of each, as declared."""
    closed_by_others: tuple[tuple[str, tuple[date, date]], ...] = ()
    """Those that another account told for it, with that account."""

    @property
    def version(self) -> int:
        return self.history.version

    def could_speak(self, moment: datetime) -> bool:
        """Whether it had a system of its own when that was recorded."""
        return self.connected and (self.connecting is None or self.connecting.recorded_at <= moment)

    def check(self, entry: Entry, *, office: str | None) -> None:
        by, itself = entry.organisation, id_of(self.id)
        match entry.act:
            case OrganisationRegistered() if self.version:
                raise Refused("organisation.already-registered")
            case OrganisationRegistered() if by != (office or itself):
                raise Refused("network.not-the-office")
            case _ if not self.version and not isinstance(entry.act, OrganisationRegistered):
                raise Misnamed("organisation.unknown", [("organisation", "organisation.unknown")], organisation=itself)
            case OrganisationUpdated() | PractitionerNamed() if by not in (office, itself):
                raise Refused("organisation.not-yours")
            case ClosureDeclared() if by not in (itself, office) and (self.connected or itself != entry.actor):
                raise Refused("organisation.not-yours")
            case OrganisationUpdated(possible_duplicates=bool()) if by != itself:
                raise Refused("organisation.not-yours")  # nobody consents for another
            case OrganisationUpdated(account=None, token=None, connected=None, organisation_kind=None):
                pass
            case OrganisationUpdated() | OrganisationSuspended() if by != office:
                raise Refused("network.not-the-office")
            case ClosureDeclared(from_day=first, until_day=last) if last < first:
                raise Refused("closure.ends-before-starts")
            case ClosureDeclared() as act if by not in (itself, office) and self._too_long_by_others(act):
                raise Refused("closure.ask-the-office", days=MOST_BY_OTHERS)
            case OrganisationSuspended() if itself == office:
                raise Refused("network.office-cannot-be-suspended")
            case _:
                pass

    def _too_long_by_others(self, act: ClosureDeclared) -> bool:
        """Closures move what is due to others, so those that others tell for it are few days a year."""
        year = act.from_day.year
        told = (days for _, days in self.closed_by_others if days[0].year == year)
        return sum((last - first).days + 1 for first, last in (*told, (act.from_day, act.until_day))) > MOST_BY_OTHERS

    def after(self, entry: Entry) -> "Organisation":
        organisation = replace(self, history=self.history.after(entry))
        match entry.act:
            case OrganisationRegistered() as act:
                return replace(
                    organisation,
                    **_told(act),
                    founder=entry.organisation == id_of(self.id),
                )
            case OrganisationUpdated() as act:
                connecting = entry if act.connected and not self.connected else self.connecting
                return replace(organisation, **_told(act), connecting=connecting)
            case OrganisationSuspended():
                return replace(organisation, suspended=True)
            case PractitionerNamed(named=named):
                return replace(organisation, practitioners=self.practitioners | {named})
            case ClosureDeclared(from_day=first, until_day=last):
                days, others = (first, last), self.closed_by_others
                if entry.organisation != self.id.removeprefix("organisation/"):
                    others = (*others, (entry.organisation, days))
                return replace(organisation, closures=(*self.closures, days), closed_by_others=others)
            case _:
                return organisation


_TOLD = ("organisation_kind", "connected", "country", "part_of", "reached_through", "place", "account", "token")


def _told(act: OrganisationRegistered | OrganisationUpdated) -> dict[str, Any]:
    told = {name: value for name in _TOLD if (value := getattr(act, name)) is not None}
    if isinstance(act, OrganisationUpdated) and act.possible_duplicates is not None:
        told["possible_duplicates"] = act.possible_duplicates
    return told
