"""Who the case is about, and who speaks for whom in it."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.entry import Act, Effect, FromList, Line, Name, OrganisationId, Part, Personal, Token


class Identifier(Part):
    """A number some register gives to the person; a person may have several, or none."""

    kind: Token
    value: Line
    since: date | None = None
    until: date | None = None


class Person(Part):
    names: Annotated[tuple[Name, ...], Field(max_length=10)] = ()
    born: date | None = None
    identifiers: Annotated[tuple[Identifier, ...], Field(max_length=20)] = ()


class Contact(Part):
    kind: Literal["phone", "mobile", "e-mail", "address", "other"]
    value: Line


Contacts = Annotated[tuple[Contact, ...], Field(max_length=20)]


class CaseOpened(Act):
    effect: ClassVar[Effect] = "authority"
    type: Literal["case-opened"] = "case-opened"
    person: Annotated[Person | None, Personal("identity")] = None
    contacts: Annotated[Contacts, Personal("contact")] = ()
    access_point: Token | None = None
    access_class: Annotated[Token, FromList("access", by_class=True)] = "self"
    access_sender: Annotated[Line | None, Personal("social")] = None


class CaseTakenOn(Act):
    effect: ClassVar[Effect] = "statement"
    type: Literal["case-taken-on"] = "case-taken-on"


class CaseNotTakenOn(Act):
    effect: ClassVar[Effect] = "statement"
    type: Literal["case-not-taken-on"] = "case-not-taken-on"
    reason_class: Annotated[Token, FromList("not-taken-on", by_class=True)]
    reason: Annotated[Line, Personal("social")] = ""


class PersonUpdated(Act):
    """Only what changed; what is left out stays as it was."""

    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["person-updated"] = "person-updated"
    person: Annotated[Person | None, Personal("identity")] = None
    contacts: Annotated[Contacts | None, Personal("contact")] = None


class ReferentChanged(Act):
    effect: ClassVar[Effect] = "statement"
    type: Literal["referent-changed"] = "referent-changed"
    organisation: OrganisationId
    referent: UUID
