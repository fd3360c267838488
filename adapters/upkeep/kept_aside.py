"""What was kept aside unread: listed for an operator, without what it says."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic_core import from_json, to_json

from adapters.nats.connection import connect
from adapters.nats.identity import Installation

STREAM = "DEAD"
REASON, TYPE = "Raccordo-Reason", "Raccordo-Type"
BYTES, DIGEST = "Raccordo-Bytes", "Raccordo-Sha256"
"""Of one that was too long to be kept whole: how long it was, and the digest of the whole."""
NOT_FOUND = 404


class NotKeptError(LookupError):
    """There is nothing kept aside under that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as it came in; `None` where nothing sound was told."""

    number: int
    kept_at: datetime
    reason: str
    organisation: str | None
    kind: str | None
    id: str | None
    type: str | None
    body: bytes
    whole: int | None = None
    """Bytes of what came in, where the body is the beginning only."""
    digest: str | None = None

    def told(self) -> dict[str, Any]:
        """All but the body: that is a person's data in clear, and only for who asks for just this one."""
        return {
            "number": self.number,
            "kept_at": self.kept_at.isoformat(),
            "reason": self.reason,
            "organisation": self.organisation,
            "kind": self.kind,
            "id": self.id,
            "type": self.type,
            "bytes": self.whole or len(self.body),
            **({"cut": self.whole - len(self.body), "sha256": self.digest} if self.whole else {}),
        }


@asynccontextmanager
async def looking(installation: Installation, url: str) -> AsyncIterator[Client]:
    """A connection that may read, and nothing else."""
    client = await connect(url, installation.reader_creds())
    try:
        yield client
    finally:
        await client.close()


async def letters(client: Client) -> AsyncIterator[Letter]:
    """All of them, oldest first, one at a time."""
    number = 1
    while (found := await _get(client, {"seq": number, "next_by_subj": "dead.>"})) is not None:
        yield found
        number = found.number + 1


async def letter(client: Client, number: int) -> Letter:
    found = await _get(client, {"seq": number})
    if found is None:
        raise NotKeptError(f"nothing is kept aside under number {number}; see: raccordo dead list")
    return found


async def take_out(client: Client, number: int) -> None:
    """Once it was read: from then on it stands on the record, or its sender was told why not."""
    answer = await _asked(client, "DELETE", {"seq": number})
    if "error" in answer and answer["error"].get("code") != NOT_FOUND:
        raise RuntimeError(f"number {number} could not be taken out: {answer['error'].get('description')}")


async def waiting(client: Client) -> int:
    """How many there are."""
    answer: Msg = await client.request(f"$JS.API.STREAM.INFO.{STREAM}", b"", timeout=5)
    return int(from_json(answer.data)["state"]["messages"])


async def _get(client: Client, which: dict[str, Any]) -> Letter | None:
    answer = await _asked(client, "GET", which)
    if "error" in answer:
        if answer["error"].get("code") == NOT_FOUND:
            return None
        raise RuntimeError(f"what was kept aside cannot be read: {answer['error'].get('description')}")
    return _letter(answer["message"])


async def _asked(client: Client, call: str, which: dict[str, Any]) -> dict[str, Any]:
    answer = await client.request(f"$JS.API.STREAM.MSG.{call}.{STREAM}", to_json(which), timeout=5)
    found: dict[str, Any] = from_json(answer.data)
    return found


def _letter(stored: dict[str, Any]) -> Letter:
    headers = _headers(stored.get("hdrs", ""))
    _, reason, organisation, kind, id_ = (*stored["subject"].split("."), *[""] * 4)[:5]
    return Letter(
        number=stored["seq"],
        kept_at=datetime.fromisoformat(_whole_microseconds(stored["time"])),
        reason=headers.get(REASON, reason),
        organisation=_known(organisation),
        kind=_known(kind),
        id=_known(id_),
        type=_known(headers.get(TYPE, "")),
        body=base64.b64decode(stored.get("data", "")),
        whole=int(headers[BYTES]) if BYTES in headers else None,
        digest=headers.get(DIGEST),
    )


def _known(token: str) -> str | None:
    return None if token in ("", "unknown") else token


def _headers(encoded: str) -> dict[str, str]:
    lines = base64.b64decode(encoded).decode(errors="replace").split("\r\n")[1:]
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def _whole_microseconds(time: str) -> str:
    """The server tells nanoseconds, which Python cannot read."""
    whole, _, fraction = time.rstrip("Z").partition(".")
    return f"{whole}.{fraction[:6]:0<6}+00:00"
