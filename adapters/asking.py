"""What may be asked: the same by message and by HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed question. It waits for the position `after`, if there is one, for `timeout` seconds."""

    query: str
    parameters: dict[str, Any]
    after: int | None
    timeout: float


def asked(query: str, parameters: bytes | Mapping[str, Any]) -> Asked:
    """Read a question, as JSON or as what a door has read of it. Raises `Malformed`."""
    model = QUERIES.get(query)
    if model is None:
        raise Malformed("query.unknown", query=query if query.isalpha() else None, known=", ".join(QUERIES))
    told: dict[str, Any] = {
        name: str(value) if isinstance(value, UUID) else value for name, value in question(model, parameters)
    }
    return Asked(query, told, told.pop("after"), told.pop("timeout"))
