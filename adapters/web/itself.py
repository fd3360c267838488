"""What the service says of itself over HTTP: whether it is well, and what it counts.

Anybody may ask. Why a part stopped is for the operator: whoever has the token of the settings, or that of the office.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic_core import to_json

from adapters.ids import token_digest
from adapters.web.documents import TOKEN
from domain.refusal import Unrecognised
from services.record import Record


@dataclass(frozen=True, slots=True)
class Told:
    """How the service is, what it counts, and the token that is set for both (None if none is)."""

    health: Callable[[], Awaitable[dict[str, Any]]]
    metrics: Callable[[], Awaitable[bytes]]
    token: str | None


def bearer(request: Request) -> str | None:
    """The token that the request carries."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def open_itself(app: FastAPI, record: Record, of_itself: Told) -> None:
    @app.get(
        "/health",
        dependencies=[TOKEN],
        responses={503: {"description": "A part does not work; the document says which"}},
    )
    async def healthy(request: Request) -> Response:
        """How the service is: 200 when all of it works, 503 when a part does not. Reasons only to the operator."""
        found = await of_itself.health()
        shown = found if _operator(request, record, of_itself) else _public(found, whole=of_itself.token is None)
        return Response(to_json(shown), 200 if found["status"] == "ok" else 503, {}, "application/json")

    @app.get(
        "/metrics",
        response_class=PlainTextResponse,
        dependencies=[TOKEN],
        responses={401: {"description": "A token is set, and the request has another or none"}},
    )
    async def metrics(request: Request) -> Response:
        """What the service counts, for Prometheus."""
        if of_itself.token is not None and not _operator(request, record, of_itself):
            raise Unrecognised("door.not-recognised")
        return Response(await of_itself.metrics(), media_type=CONTENT_TYPE_LATEST)


def _operator(request: Request, record: Record, of_itself: Told) -> bool:
    """Digests are compared, in a time that tells nothing of them."""
    if (token := bearer(request)) is None:
        return False
    network, digest = record.network, token_digest(token)
    office = network.organisations[network.office].token if network.office else None
    set_ = token_digest(of_itself.token) if of_itself.token is not None else None
    return any(known is not None and hmac.compare_digest(digest, known) for known in (office, set_))


def _public(found: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    """Positions and what stopped, not why; only whether it is well, if there is a token for the rest."""
    if not whole:
        return {"status": found["status"]}
    return {name: _unexplained(stands) if isinstance(stands, dict) else stands for name, stands in found.items()}


def _unexplained(stands: dict[str, Any]) -> dict[str, Any]:
    if "stopped" not in stands:
        return stands
    return {**stands, "stopped": {name: value for name, value in stands["stopped"].items() if name == "position"}}
