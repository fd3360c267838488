"""The HTTP doors: acts and queries, the same desk and views behind them as by message."""

import asyncio
from typing import Any, Final, assert_never

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.ids import token_digest
from adapters.question_desk import Found, QuestionDesk
from adapters.question_spending import BusyError
from adapters.strangers import Since
from adapters.web.beginning import Beginning
from adapters.web.connected import while_connected
from adapters.web.documents import TOKEN, act_in_openapi, describe, lines_in_openapi
from adapters.web.itself import Told, bearer, open_itself
from adapters.web.lines import LinesResponse, answered_lines
from adapters.web.queries import open_queries
from domain.faults import code_of, path_of
from domain.refusal import Malformed, Meaning, Refused, TooSlow, Unrecognised
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from services.desk import Arrival
from services.record import Record
from services.views.store import NotBuiltError

DRAINED: Final = 16 * 1024 * 1024
"""Bytes of a too large body that are read and thrown away, so that its sender gets to read the answer."""

METHOD_NOT_ALLOWED: Final = 405

ARRIVES_S: Final = 15
"""Seconds in which the body of an act has to come."""


def open_web(record: Record, batcher: Batcher, desk: QuestionDesk, of_itself: Told) -> FastAPI:
    # The library's own page loads its scripts from elsewhere; the document itself is served.
    app = FastAPI(title="Raccordo", version="1", docs_url=None, redoc_url=None)
    describe(app)

    @app.post("/api/acts", status_code=201, dependencies=[TOKEN], openapi_extra=act_in_openapi())
    async def act(request: Request) -> Response:
        """Record one act. The answer is final; the same act again is answered as the first time."""
        organisation = caller(request, record)
        begun = await _body(request)
        answer = await batcher.answer(Arrival(organisation, begun.body, whole=begun.whole))
        return answered(answer, request)

    @app.post("/api/acts/lines", dependencies=[TOKEN], openapi_extra=lines_in_openapi())
    async def acts(request: Request) -> Response:
        """Record many acts, one a line (NDJSON). Each line is answered by a line, in order, as soon as it is decided.

        Read the answers while you send. After a first *try later* all that follows is answered so, too: send again
        from there.
        """
        caller(request, record)
        answers = answered_lines(request.stream(), batcher, lambda: caller(request, record), _language(request))
        return LinesResponse(answers)

    async def found_for(request: Request, query: str, parameters: dict[str, Any]) -> Found:
        reader = caller(request, record)
        since = Since()
        try:
            return await while_connected(request, desk.answer(query, reader, parameters, _language(request)))
        except Refused as refused:
            await since.hold(refused)
            raise

    open_queries(app, found_for)
    open_itself(app, record, of_itself)
    _answer_errors(app)
    return app


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answered(Refusal(error), request)

    @app.exception_handler(BusyError)
    async def busy(request: Request, error: BusyError) -> Response:
        return answered(TryLater(error.after_s, reason=error.reason), request)

    @app.exception_handler(NotBuiltError)
    async def not_built(request: Request, _: NotBuiltError) -> Response:
        return answered(TryLater(5), request)

    @app.exception_handler(HTTPException)
    async def not_served(request: Request, error: HTTPException) -> Response:
        """A path or a method that there is not: said as everything else is."""
        code = "door.no-such-method" if error.status_code == METHOD_NOT_ALLOWED else "door.no-such-path"
        answer = told(Refusal(Refused(code)), _language(request))
        return _json(answer, error.status_code, dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        fields = [(path_of(fault["loc"][1:]), code_of(fault)) for fault in error.errors()]
        return answered(Refusal(Malformed("form.unreadable", fields)), request)


def openapi() -> dict[str, Any]:
    """The document of the doors, without a service behind them."""
    nothing: Any = None
    return open_web(nothing, nothing, nothing, nothing).openapi()


def caller(request: Request, record: Record) -> str:
    """The organisation whose token it is."""
    token = bearer(request)
    organisation = record.network.by_token(token_digest(token)) if token is not None else None
    if organisation is None:
        raise Unrecognised("door.not-recognised")
    record.network.check_speaks(organisation)
    return organisation


def answered(answer: Answer, request: Request) -> Response:
    return _json(told(answer, _language(request)), _status(answer), _headers(answer))


def _language(request: Request) -> str:
    return request.headers.get("Accept-Language", "en")[:2]


def _status(answer: Answer) -> int:
    match answer:
        case Recorded():
            return 200 if answer.dry_run else 201
        case KnownAlready():
            return 200
        case TryLater():
            return 503
        case Refusal(refused=refused):
            return _status_of(refused.means)


def _status_of(meaning: Meaning) -> int:
    match meaning:
        case Meaning.FORBIDDEN:
            return 409
        case Meaning.HIDDEN:
            return 404
        case Meaning.UNRECOGNISED:
            return 401
        case Meaning.UNREADABLE:
            return 422
        case Meaning.TOO_SLOW:
            return 408
        case _:
            assert_never(meaning)


def _headers(answer: Answer) -> dict[str, str]:
    match answer:
        case TryLater(after_s=seconds):
            return {"Retry-After": str(seconds)}
        case Refusal(refused=refused) if refused.means is Meaning.UNRECOGNISED:
            return {"WWW-Authenticate": "Bearer"}
        case Refusal(refused=refused) if refused.means is Meaning.TOO_SLOW:
            return {"Connection": "close"}
        case _:
            return {}


def _json(content: Any, code: int, headers: dict[str, str]) -> Response:
    return Response(to_json(content), code, headers, "application/json")


async def _body(request: Request) -> Beginning:
    """More than an act may have is read to its end, within bounds: the desk then says that it is too large."""
    begun = Beginning()
    try:
        async with asyncio.timeout(ARRIVES_S):
            async for chunk in request.stream():
                begun.take(chunk)
                if begun.bytes > DRAINED:
                    break
    except TimeoutError:
        raise TooSlow("door.too-slow", seconds=ARRIVES_S) from None
    return begun
