"""The HTTP door: acts in, answers out; the same desk as behind the live door."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from pydantic_core import to_json

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.ids import token_digest
from domain.refusal import Malformed, Refused
from domain.submission import LARGEST
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from services.desk import Arrival
from services.record import Record

DRAINED: Final = 16 * 1024 * 1024
"""Bytes of a too large body that are read and thrown away, so that its sender gets to read the answer."""

HIDDEN: Final = frozenset({"case.unknown", "entry.unknown"})


def open_web(record: Record, batcher: Batcher, health: Callable[[], dict[str, Any]]) -> FastAPI:
    # The library's own page loads its scripts from elsewhere; the document itself is served.
    app = FastAPI(title="Raccordo", docs_url=None, redoc_url=None)

    @app.post("/api/acts")
    async def act(request: Request) -> Response:
        """Record one act; the answer is final."""
        lang = language(request)
        try:
            organisation = caller(request, record)
        except Refused as refused:
            return _json(told(Refusal(refused), lang), 401)
        body = await _body(request)
        answer = await batcher.answer(Arrival(organisation, body))
        return _json(told(answer, lang), status(answer), _headers(answer))

    @app.get("/health")
    async def healthy() -> Response:
        """How the service is: 200 when all of it works, 503 when a part does not."""
        found = health()
        return _json(found, 200 if found["status"] == "ok" else 503)

    return app


def caller(request: Request, record: Record) -> str:
    """The organisation whose token it is."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    organisation = record.network.by_token(token_digest(token.strip())) if scheme.lower() == "bearer" else None
    if organisation is None:
        raise Refused("door.not-recognised")
    return organisation


def language(request: Request) -> str:
    return request.headers.get("Accept-Language", "en")[:2]


def status(answer: Answer) -> int:
    match answer:
        case Recorded():
            return 200 if answer.dry_run else 201
        case KnownAlready():
            return 200
        case TryLater():
            return 503
        case Refusal(refused=Malformed()):
            return 422
        case Refusal(refused=refused):
            return 404 if refused.code in HIDDEN else 409


def _headers(answer: Answer) -> dict[str, str]:
    return {"Retry-After": str(answer.after_s)} if isinstance(answer, TryLater) else {}


def _json(content: Any, code: int, headers: dict[str, str] | None = None) -> Response:
    return Response(to_json(content), code, headers, "application/json")


async def _body(request: Request) -> bytes:
    """At most one byte more than an act may have: the desk then says that it is too large."""
    body, seen = bytearray(), 0
    async for chunk in request.stream():
        seen += len(chunk)
        body += chunk[: max(0, LARGEST + 1 - len(body))]
        if seen > DRAINED:
            break
    return bytes(body)
