"""The documents that describe the doors, made from the code: OpenAPI, AsyncAPI and the form of every act."""

from typing import Any, Final

from fastapi import FastAPI, Response, Security
from fastapi.security import HTTPBearer
from pydantic_core import to_json

from adapters.asyncapi import asyncapi
from adapters.schemas.act import act_schema
from adapters.schemas.answer import answer_schema
from domain.catalogue import ACTS
from domain.refusal import Malformed

JSON: Final = "application/json"
FOR_THE_OPERATOR: Final[dict[str, Any]] = {"security": [{}, {"token": []}]}
"""Anybody may ask; with a token more is said, or it is asked for where one is set."""

TOKEN: Final = Security(
    HTTPBearer(
        auto_error=False,  # whose it is, and what is said if nobody's, is the doors' own matter
        scheme_name="token",
        description="The token of the organisation, as `raccordo org add --token` wrote it",
    )
)
FOUND: Final = {
    "schema": {
        "type": "object",
        "required": ["position"],
        "properties": {"position": {"type": "integer", "minimum": 0, "description": "Where the views stood"}},
    }
}
ANSWER: Final = {"schema": {"$ref": "/schemas/answer.json"}}
REFUSED: Final = {
    "401": "The token is not recognised, or its organisation is suspended",
    "404": "No such case or entry is known to you",
}


def act_in_openapi() -> dict[str, Any]:
    """What the library cannot see: the desk reads the body itself."""
    forms = [{"$ref": f"/schemas/{type_}.json"} for type_ in ACTS]
    told = {
        "201": "Recorded, and on disk",
        "200": "Known already, or a dry run",
        **REFUSED,
        "409": "The rules forbid it",
        "422": "It has not the form of an act",
        "503": "Try later; Retry-After says when",
    }
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": forms}}}},
        "responses": _answers(told),
    }


def answers_to_question(media: str) -> dict[int | str, dict[str, Any]]:
    """Whatever is asked; `media` is the type of what is found."""
    told = {
        **REFUSED,
        "409": "The rules forbid to ask that",
        "422": "It has not the form of this question",
        "503": "Try later, or not yet: the views do not stand at `after`; Retry-After says when to ask again",
    }
    late = {"type": "object", "required": ["outcome", "position"], "properties": {"outcome": {"const": "not yet"}}}
    answers = _answers(told)
    answers["503"]["content"][JSON] = {"schema": {"anyOf": [ANSWER["schema"], late]}}
    content = {JSON: FOUND} if media == JSON else {media: {}}
    return {**answers, "200": {"description": "What is found", "content": content}}


def _answers(told: dict[str, str]) -> dict[int | str, dict[str, Any]]:
    return {code: {"description": text, "content": {JSON: ANSWER}} for code, text in told.items()}


def lines_in_openapi() -> dict[str, Any]:
    """One act a line, one answer a line: as text, for the document knows no form of lines."""
    acts = {"schema": {"type": "string", "description": "One act a line, each as in POST /api/acts"}}
    answers = {
        "schema": {
            "type": "string",
            "description": "One answer a line, of the form of /schemas/answer.json with the number of its `line`",
        }
    }
    return {
        "requestBody": {"required": True, "content": {"application/x-ndjson": acts}},
        "responses": {
            "200": {
                "description": "The answers, as the acts are decided",
                "content": {"application/x-ndjson": answers},
            },
            **_answers({"401": REFUSED["401"]}),
        },
    }


def describe(app: FastAPI) -> None:
    """Serve the documents beside the doors; `/openapi.json` is the library's."""

    @app.get("/asyncapi.json", include_in_schema=False)
    async def messages() -> Response:
        return _document(asyncapi())

    @app.get("/schemas/{name}.json", include_in_schema=False)
    async def schema(name: str) -> Response:
        if name == "answer":
            return _document(answer_schema())
        if name not in ACTS:
            raise Malformed("act.unknown", [("type", "act.unknown")], kind="act", nearest=None)
        return _document(act_schema(name))


def _document(content: Any) -> Response:
    return Response(to_json(content), media_type="application/json")
