"""A network begins: its office registers itself and publishes the rules, lists, sheets and calendars it starts with."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from domain.submission import submission
from services.answers import KnownAlready, Recorded
from services.record import Record, Told

# The same installation founds the same network, however often its start is interrupted.
_NAMESPACE = uuid.UUID("5f1ce1d2-6a5b-4f0e-9d0c-2f3b8f4f7a10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    id: str
    name: str
    account: str
    token: str


class FoundingError(RuntimeError):
    """The record did not take an act without which there is no network."""


def found(record: Record, office: Office, publications: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Enter what is missing of the first acts; done already, it changes nothing."""
    registered = {
        "type": "organisation-registered",
        "organisation": office.id,
        "name": office.name,
        "organisation_kind": "network-office",
        "account": office.account,
        "token": office.token,
    }
    rulebook = str(_id(office, "rulebook"))
    acts = [registered, *({**p, "rulebook": rulebook} for p in publications)]
    begun = record.network.organisation(office.id).history.entries.get(1)
    day = (begun.recorded_at if begun else now).date()  # an act that comes again must be the same act
    for n, act in enumerate(acts):
        body = {
            **act,
            "act_id": str(_id(office, f"{n}/{act['type']}")),
            "occurred_at": day.isoformat(),
            "practitioner": "00000000-0000-4000-8000-000000000000",
        }
        match record.enter_many([Told(office.id, submission(to_json(body)))], now)[0]:
            case Recorded() | KnownAlready():
                pass
            case other:
                raise FoundingError(f"{act['type']}: {other}")


def _id(office: Office, name: str) -> uuid.UUID:
    """Derived, and marked as version 4: to the record an id like any other."""
    return uuid.UUID(bytes=uuid.uuid5(_NAMESPACE, f"{office.id}/{name}").bytes, version=4)
