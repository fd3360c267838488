"""A network begins: its office registers itself and publishes the rules, lists, sheets and calendars it starts with."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from domain.submission import Submission, submission
from services.answers import Recorded
from services.batch import Told
from services.record import Record

NOBODY = "00000000-0000-4000-8000-000000000000"
"""Who acted, where it was the installation itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    id: str
    name: str
    account: str
    token: str


class FoundingError(RuntimeError):
    """The record did not take an act without which there is no network."""


def found(record: Record, office: Office, publications: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Enter the first acts, all or none of them; a network that has its office is founded already."""
    if record.network.office is not None:
        return
    registered = {
        "type": "organisation-registered",
        "organisation": office.id,
        "name": office.name,
        "organisation_kind": "network-office",
        "account": office.account,
        "token": office.token,
    }
    rulebook = str(uuid.uuid4())
    acts = [registered, *({**publication, "rulebook": rulebook} for publication in publications)]
    answers = record.enter_many([Told(office.id, _told(act, now)) for act in acts], now)
    for act, answer in zip(acts, answers, strict=True):
        if not isinstance(answer, Recorded):
            raise FoundingError(f"{act['type']}: {answer}")


def _told(act: Mapping[str, Any], now: datetime) -> Submission:
    envelope = {"act_id": str(uuid.uuid4()), "occurred_at": now.date().isoformat(), "practitioner": NOBODY}
    return submission(to_json({**act, **envelope}))
