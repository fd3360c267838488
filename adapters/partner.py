"""The service as a partner reaches it over NATS, with credentials and nothing else of ours."""

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import nats.errors
from nats.aio.client import Client
from pydantic_core import to_json

from adapters.ids import uuid7
from adapters.nats.connection import connect


def _real_time() -> datetime:
    return datetime.now(UTC)


now: ContextVar[Callable[[], datetime]] = ContextVar("now", default=_real_time)
"""What time it is for who sends. Only the sample network sets another: its organisations live in a played year."""


KINDS = ("case", "organisation", "rulebook", "agreement")
"""In this order: an act of a case may name an organisation or an agreement, too."""


class NoAnswerError(RuntimeError):
    """The service did not answer in time: it may not run, or the credentials are of another organisation."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation's connection. What it sends twice with the same `act_id` is recorded once."""

    organisation: str
    client: Client
    within: float = 10.0

    async def act(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Send an act and return the answer; `act_id`, `occurred_at` are made where they are left out."""
        body = {"act_id": str(uuid7()), "occurred_at": now.get()().isoformat(timespec="seconds"), **fields}
        kind = next((k for k in KINDS if k in body), "case")
        subject = f"in.{self.organisation}.{kind}.{_token(body.get(kind))}.{_token(body.get('type'))}"
        return await self._request(subject, to_json(body))

    async def ask(self, query: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return await self._request(f"ask.{self.organisation}.{query}", to_json(parameters or {}))

    async def _request(self, subject: str, body: bytes) -> dict[str, Any]:
        try:
            reply = await self.client.request(subject, body, timeout=self.within)
        except (TimeoutError, nats.errors.Error) as error:
            raise NoAnswerError(
                f"no answer within {self.within:g} s ({type(error).__name__}): is the service running, "
                f"and are these the credentials of {self.organisation}?"
            ) from error
        answer: dict[str, Any] = json.loads(reply.data)
        return answer


@asynccontextmanager
async def partner(url: str, creds: str, *, within: float = 10.0) -> AsyncIterator[Partner]:
    """Connect with the text of a `.creds` file; whose it is stands in it."""
    organisation = organisation_of(creds)
    client = await connect(url, creds)
    try:
        yield Partner(organisation, client, within)
    finally:
        await client.close()


def organisation_of(creds: str) -> str:
    """The organisation for which the credentials were made."""
    try:
        token = next(line for line in creds.splitlines() if line.startswith("ey"))
        next(line for line in creds.splitlines() if line.startswith("SU"))  # the seed, without which nobody is let in
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["name"])
    except (StopIteration, IndexError, KeyError, ValueError):
        raise NoCredentialsError(
            "this is not a .creds file of an organisation, as `raccordo org add` writes it"
        ) from None


class NoCredentialsError(ValueError):
    """The file holds no credentials."""


def _token(value: object) -> str:
    # What cannot stand in a subject is sent on as it is in the body; the desk says what is wrong with it.
    text = str(value)
    return text if text and not set(text) & set(" .*>\t\r\n") else "unreadable"
