"""An organisation of the network: what kind it is, how it is recognised, who works there."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import StringConstraints

from domain.entry import Act, Effect, Entry, FromList, Kind, Name, OrganisationId, Personal, Token
from domain.facts import dataclass, replace
from domain.history import History
from domain.refusal import Refused

AccountKey = Annotated[str, StringConstraints(pattern=r"^A[A-Z2-7]{55}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class OrganisationAct(Act):
    """What happens to one organisation."""

    kind: ClassVar[Kind] = "organisation"


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
    """Only what changed; what is left out stays as it was."""

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


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    history: History = History()
    organisation_kind: str = ""
    connected: bool = False
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
    closures: tuple[tuple[date, date], ...] = ()
    """First and last day of each, as declared."""

    @property
    def version(self) -> int:
        return self.history.version

    def check(self, entry: Entry, *, office: str | None) -> None:
        by, itself = entry.organisation, self.id.removeprefix("organisation/")
        match entry.act:
            case OrganisationRegistered() if self.version:
                raise Refused("organisation.already-registered")
            case OrganisationRegistered() if by != (office or itself):
                raise Refused("network.not-the-office")
            case _ if not self.version and not isinstance(entry.act, OrganisationRegistered):
                raise Refused("organisation.unknown", organisation=itself)
            case OrganisationUpdated() | PractitionerNamed() if by not in (office, itself):
                raise Refused("organisation.not-yours")
            case ClosureDeclared() if itself not in (by, entry.actor) and by != office:
                raise Refused("organisation.not-yours")
            case OrganisationUpdated(account=None, token=None):
                pass
            case OrganisationUpdated() | OrganisationSuspended() if by != office:
                raise Refused("network.not-the-office")
            case ClosureDeclared(from_day=first, until_day=last) if last < first:
                raise Refused("closure.ends-before-starts")
            case OrganisationSuspended() if itself == office:
                raise Refused("network.office-cannot-be-suspended")
            case _:
                pass

    def after(self, entry: Entry) -> "Organisation":
        organisation = replace(self, history=self.history.after(entry))
        match entry.act:
            case OrganisationRegistered() as act:
                return replace(
                    organisation,
                    **_told(act),
                    founder=entry.organisation == self.id.removeprefix("organisation/"),
                )
            case OrganisationUpdated() as act:
                return replace(organisation, **_told(act))
            case OrganisationSuspended():
                return replace(organisation, suspended=True)
            case PractitionerNamed(named=named):
                return replace(organisation, practitioners=self.practitioners | {named})
            case ClosureDeclared(from_day=first, until_day=last):
                return replace(organisation, closures=(*self.closures, (first, last)))
            case _:
                return organisation


_TOLD = ("organisation_kind", "connected", "country", "part_of", "reached_through", "place", "account", "token")


def _told(act: OrganisationRegistered | OrganisationUpdated) -> dict[str, Any]:
    return {name: value for name in _TOLD if (value := getattr(act, name)) is not None}
