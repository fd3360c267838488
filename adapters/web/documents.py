"""The documents that describe the doors, made from the code: OpenAPI, AsyncAPI and the form of every act."""

from typing import Any

from fastapi import FastAPI, Response
from pydantic_core import to_json

from adapters.asyncapi import asyncapi
from adapters.schemas.act import act_schema
from adapters.schemas.answer import answer_schema
from domain.catalogue import ACTS
from domain.refusal import Malformed

ANSWER = {"application/json": {"schema": {"$ref": "/schemas/answer.json"}}}


def act_in_openapi() -> dict[str, Any]:
    """What the library cannot see: the desk reads the body itself."""
    forms = [{"$ref": f"/schemas/{type_}.json"} for type_ in ACTS]
    told = {
        "201": "Recorded, and on disk",
        "200": "Known already, or a dry run",
        "401": "The token is not recognised, or its organisation is suspended",
        "404": "No such case or entry is known to you",
        "409": "The rules forbid it",
        "422": "It has not the form of an act",
        "503": "Try later; Retry-After says when",
    }
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": forms}}}},
        "responses": {code: {"description": text, "content": ANSWER} for code, text in told.items()},
    }


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
            "401": {"description": "The token is not recognised, or its organisation is suspended", "content": ANSWER},
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
