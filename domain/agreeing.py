"""What organisations do about an agreement: propose, sign, amend and end it, and ask one another for places."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.entry import Act, Day, Effect, EntryVersion, FromList, OrganisationId, Part, Personal, Text, Token
from domain.record_id import Kind

Number = Annotated[int, Field(ge=0, le=100_000)]


class AgreementAct(Act):
    """What happens to one agreement."""

    kind: ClassVar[Kind] = Kind.AGREEMENT


class Places(Part):
    """How many a year, of one kind."""

    place_kind: Annotated[Token, FromList("place-kind")]
    number: Number


class PartyRole(Part):
    organisation: OrganisationId
    role: Annotated[Token, FromList("role")]


class Share(Part):
    """What an organisation pays of the whole, in percent."""

    organisation: OrganisationId
    percent: Annotated[int, Field(ge=0, le=100)]


class Signed(Part):
    """`on` is left out where the day is that of the act."""

    party: OrganisationId
    on: Day | None = None


Parties = Annotated[tuple[OrganisationId, ...], Field(max_length=100)]
PlacesAYear = Annotated[tuple[Places, ...], Field(max_length=50)]
Roles = Annotated[tuple[PartyRole, ...], Field(max_length=200)]
Months = Annotated[int, Field(ge=1, le=120)]


Awaits = Parties | None
"""The parties whose own signature is outstanding: written by the door. None on entries from before it did so."""


class AgreementProposed(AgreementAct):
    """Whoever proposes it is a party, too. `cadence_months` is how often the parties meet about it."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-proposed"] = "agreement-proposed"
    parties: Annotated[tuple[OrganisationId, ...], Field(min_length=1, max_length=100)]
    places: PlacesAYear = ()
    roles: Roles = ()
    convener: OrganisationId | None = None
    cadence_months: Months | None = None
    shares: Annotated[tuple[Share, ...], Field(max_length=100)] = ()
    valid_from: date
    valid_until: date | None = None
    signed_by: Annotated[tuple[Signed, ...], Field(max_length=100)] = ()
    awaits: Awaits = None
    how: Annotated[Text, Personal("work")] = ""
    aims: Annotated[Text, Personal("work")] = ""


class AgreementSigned(AgreementAct):
    """`change` is the version of the entry that is signed; needed only where several wait for the signature."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-signed"] = "agreement-signed"
    party: OrganisationId
    signed_on: Day | None = None
    change: Annotated[int, Field(ge=1, le=2**31)] | None = None


class AgreementAmended(AgreementAct):
    """Only what changed; `joining` are new parties, who see the agreement from their joining on."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-amended"] = "agreement-amended"
    joining: Parties = ()
    places: PlacesAYear | None = None
    roles: Roles | None = None
    convener: OrganisationId | None = None
    cadence_months: Months | None = None
    valid_until: date | None = None
    awaits: Awaits = None
    how: Annotated[Text, Personal("work")] = ""
    aims: Annotated[Text, Personal("work")] = ""


class AgreementRenewed(AgreementAct):
    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-renewed"] = "agreement-renewed"
    valid_until: date | None = None
    places: PlacesAYear | None = None
    awaits: Awaits = None


class ChangeEndedAct(AgreementAct):
    """What ends a change before all have signed it; `change` is the version of its entry."""

    change: EntryVersion


class AgreementChangeWithdrawn(ChangeEndedAct):
    """Whoever proposed the change takes it back."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-change-withdrawn"] = "agreement-change-withdrawn"


class AgreementChangeDeclined(ChangeEndedAct):
    """A party that has to sign the change does not; also one that has signed, until all have."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-change-declined"] = "agreement-change-declined"


class AgreementEnded(AgreementAct):
    """Not for a day before it is told: that takes an amendment of `valid_until`, which all parties sign."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["agreement-ended"] = "agreement-ended"
    ended: date
    reason_class: Annotated[Token, FromList("agreement-ending", by_class=True)]


class AskAct(AgreementAct):
    """What happens to one request for places."""

    thread_kind: ClassVar[str] = "ask"
    ask: UUID

    @property
    def thread(self) -> UUID:
        return self.ask


class PlaceAsked(AskAct):
    effect: ClassVar[Effect] = "statement"
    type: Literal["place-asked"] = "place-asked"
    number: Annotated[int, Field(ge=1, le=100_000)]
    place_kind: Annotated[Token, FromList("place-kind")]
    starts: date | None = None
    profile: Annotated[Text, Personal("work")] = ""


class PlaceAnswered(AskAct):
    """`number` is how many of those asked for there are; none is an answer."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["place-answered"] = "place-answered"
    number: Number
    starts: date | None = None
    limits: Annotated[Text, Personal("work")] = ""
