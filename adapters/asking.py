"""What may be asked: the same by message and by HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adapters.questions import (
    AskAgenda,
    AskAgreements,
    AskBoard,
    AskCase,
    AskContacts,
    AskDirectory,
    AskDue,
    AskEntries,
    AskIrregularities,
    AskNews,
    AskObservations,
    AskPlacements,
    AskReferrals,
    AskTasks,
    AskTimeline,
    AskWaiting,
    Question,
    question,
)
from domain.refusal import Malformed
from services.queries.pages import Answer
from services.queries.queries import Queries

QUERIES: Mapping[str, type[Question]] = {
    "board": AskBoard,
    "case": AskCase,
    "timeline": AskTimeline,
    "referrals": AskReferrals,
    "directory": AskDirectory,
    "entries": AskEntries,
    "due": AskDue,
    "placements": AskPlacements,
    "agreements": AskAgreements,
    "observations": AskObservations,
    "tasks": AskTasks,
    "waiting": AskWaiting,
    "agenda": AskAgenda,
    "news": AskNews,
    "contacts": AskContacts,
    "irregularities": AskIrregularities,
}


def ask(
    queries: Queries, query: str, reader: str, parameters: bytes | Mapping[str, Any], *, waited: float = 0
) -> Answer:
    """Answer a query of a reader whom a door has recognised. Raises `Refused`.

    `waited` seconds for its turn, it waits so much less for a position: it is kept as long as was asked for.
    """
    model = QUERIES.get(query)
    if model is None:
        raise Malformed("query.unknown", query=query if query.isalpha() else None, known=", ".join(QUERIES))
    told = question(model, parameters)
    asked: dict[str, Any] = {name: str(value) if isinstance(value, UUID) else value for name, value in told}
    asked["timeout"] = max(0.0, told.timeout - waited)
    return queries.ask(query, reader=reader, **asked)
