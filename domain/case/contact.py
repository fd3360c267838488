"""Calls, messages and talks that keep an agreement alive between its meetings."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.entry import Effect, ForReferral, FromList, OrganisationId, Personal, Text, Token
from domain.record_id import Kind


class ContactMade(ForReferral):
    also_of: ClassVar[frozenset[Kind]] = frozenset({Kind.AGREEMENT})
    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["contact-made"] = "contact-made"
    channel: Annotated[Token, FromList("channel")]
    with_whom: Literal["organisation", "person", "representative", "family"]
    with_organisation: OrganisationId | None = None
    direction: Literal["out", "in"] = "out"
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    note: Annotated[Text, Personal("social")] = ""
