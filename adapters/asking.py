"""What may be asked, with which parameters: the same by message and by HTTP."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.catalogue import faults
from domain.refusal import Malformed
from services.queries.queries import MOST, Answer, Queries

Position = Annotated[int, Field(ge=0, le=2**53)]


class Question(BaseModel):
    """`after`: wait until the view stands at that position or later, for at most `timeout` seconds."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    after: Position | None = None
    timeout: Annotated[float, Field(ge=0, le=30)] = 5


class AsOf(Question):
    """`as_of`: how things stand on that day; today unless it is said."""

    as_of: date | None = None


class Page(Question):
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100
    cursor: Position | None = None


class AskBoard(Page):
    status: Literal["open", "suspended", "closed"] | None = None
    name: Annotated[str, Field(max_length=100)] | None = None


class AskCase(AsOf):
    case: UUID


class AskTimeline(Page):
    case: UUID


class AskReferrals(Page):
    open_only: bool = False


class AskDirectory(Question):
    limit: Annotated[int, Field(ge=1, le=MOST)] = MOST
    cursor: Annotated[str, Field(max_length=20)] | None = None


class AskEntries(Question):
    positions: Annotated[list[Position], Field(max_length=MOST)]


QUERIES: Mapping[str, type[Question]] = {
    "board": AskBoard,
    "case": AskCase,
    "timeline": AskTimeline,
    "referrals": AskReferrals,
    "directory": AskDirectory,
    "entries": AskEntries,
}


def ask(queries: Queries, query: str, reader: str, parameters: bytes | Mapping[str, Any]) -> Answer:
    """Answer a query of a reader whom a door has recognised. Raises `Refused`."""
    model = QUERIES.get(query)
    if model is None:
        raise Malformed("query.unknown", query=query if query.isalpha() else None, known=", ".join(QUERIES))
    try:
        if isinstance(parameters, bytes):
            question = model.model_validate_json(parameters or b"{}")
        else:
            question = model.model_validate(parameters)
    except ValidationError as error:
        raise Malformed("form.unreadable", faults(error, model)) from None
    answer: Callable[..., Answer] = getattr(queries, query)
    asked = {name: str(value) if isinstance(value, UUID) else value for name, value in question}
    return answer(reader=reader, **asked)
