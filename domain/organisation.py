"""An organisation of the network: what kind it is, how it is recognised, who works there."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
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


MOST_CLOSED: Final = 62
"""Days of closure in any twelve months: closures move what is due to others. The office may declare more."""
A_YEAR: Final = timedelta(days=365)
AHEAD: Final = 3 * A_YEAR
"""How far from the day on which it is told a closure may lie."""


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
    """First and last day of each, as declared by itself or its team, as far as they are within the bound."""
    closed_by_office: tuple[tuple[date, date], ...] = ()

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
            case ClosureDeclared() if not self._closes(entry, office):
                raise Refused("organisation.not-yours")
            case OrganisationUpdated(possible_duplicates=bool()) if by != itself:
                raise Refused("organisation.not-yours")  # nobody consents for another
            case OrganisationUpdated(account=None, token=None, connected=None, organisation_kind=None):
                pass
            case OrganisationUpdated() | OrganisationSuspended() if by != office:
                raise Refused("network.not-the-office")
            case ClosureDeclared(from_day=first, until_day=last) if last < first:
                raise Refused("closure.ends-before-starts")
            case ClosureDeclared() if by == office:
                pass
            case ClosureDeclared() as act if _far_away(act, entry):
                raise Refused("closure.too-far-away", years=AHEAD // A_YEAR)
            case ClosureDeclared() as act if self._too_long(act):
                raise Refused("closure.ask-the-office", days=MOST_CLOSED)
            case OrganisationSuspended() if itself == office:
                raise Refused("network.office-cannot-be-suspended")
            case _:
                pass

    def _closes(self, entry: Entry, office: str | None) -> bool:
        """Itself, the office, or the team through which one without a system is reached."""
        by, itself = entry.organisation, id_of(self.id)
        for_it = not self.connected and by == self.reached_through and entry.actor == itself
        return by in (itself, office) or for_it

    def _too_long(self, act: ClosureDeclared) -> bool:
        """Whether twelve months would have too many days of closure; days that are told twice count twice."""
        if (act.until_day - act.from_day).days >= MOST_CLOSED:
            return True
        days = sorted(_days((*self.closures, (act.from_day, act.until_day))))
        within = zip(days, days[MOST_CLOSED:], strict=False)
        return any(last - first < A_YEAR.days for first, last in within)

    @property
    def closed(self) -> tuple[tuple[date, date], ...]:
        """First and last day of each closure that moves what is due."""
        return self.closures + self.closed_by_office

    def after(self, entry: Entry, *, office: str | None = None) -> "Organisation":
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
            case ClosureDeclared() if entry.only_for is not None or not self._closes(entry, office):
                return organisation  # an older release took it; it moves nothing of others
            case ClosureDeclared(from_day=first, until_day=last) if last < first:
                return organisation
            case ClosureDeclared(from_day=first, until_day=last) if entry.organisation == office:
                return replace(organisation, closed_by_office=(*self.closed_by_office, (first, last)))
            case ClosureDeclared(from_day=first, until_day=last) as act:
                beyond = _far_away(act, entry) or self._too_long(act)
                return organisation if beyond else replace(organisation, closures=(*self.closures, (first, last)))
            case _:
                return organisation


def _far_away(act: ClosureDeclared, entry: Entry) -> bool:
    told = entry.recorded_at.date()
    return abs(act.from_day - told) > AHEAD or abs(act.until_day - told) > AHEAD


def _days(closures: Iterable[tuple[date, date]]) -> Iterator[int]:
    for first, last in closures:
        yield from range(first.toordinal(), last.toordinal() + 1)


_TOLD = ("organisation_kind", "connected", "country", "part_of", "reached_through", "place", "account", "token")


def _told(act: OrganisationRegistered | OrganisationUpdated) -> dict[str, Any]:
    told = {name: value for name in _TOLD if (value := getattr(act, name)) is not None}
    if isinstance(act, OrganisationUpdated) and act.possible_duplicates is not None:
        told["possible_duplicates"] = act.possible_duplicates
    return told
