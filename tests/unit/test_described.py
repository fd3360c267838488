"""What compares answers over HTTP with the OpenAPI document finds what is not as told."""

import pytest
from jsonschema import ValidationError
from pydantic_core import to_json

from adapters.web.app import openapi
from tests.acceptance.described import Described

REFUSED = {"outcome": "refused", "code": "form.unreadable", "sentence": "It cannot be read.", "fields": []}
JSON = "application/json"


@pytest.fixture(scope="module")
def described() -> Described:
    return Described(openapi())


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/api/board", 200, {"position": 3, "board": []}),
        ("/api/cases/1/timeline", 422, REFUSED),
        ("/api/due", 503, {"outcome": "not yet", "position": 2}),
        ("/api/due", 503, {"outcome": "try later", "after_s": 2}),
    ],
)
def test_what_may_be_answered_is_known(described: Described, path: str, status: int, body: object) -> None:
    assert described.check("GET", path, status, JSON, to_json(body))


@pytest.mark.parametrize(
    ("path", "status", "media", "body"),
    [
        ("/api/board", 200, JSON, {"board": []}),
        ("/api/board", 422, JSON, {"detail": []}),
        ("/api/board", 418, JSON, REFUSED),
        ("/api/board", 200, "text/html", {"position": 3}),
        ("/api/due", 503, JSON, {"outcome": "not yet"}),
    ],
)
def test_what_may_not_is_found(described: Described, path: str, status: int, media: str, body: object) -> None:
    with pytest.raises((AssertionError, ValidationError)):
        described.check("GET", path, status, media, to_json(body))


def test_of_what_is_no_door_nothing_is_told(described: Described) -> None:
    assert not described.check("GET", "/elsewhere", 404, JSON, b"{}")
    assert not described.check("DELETE", "/api/board", 405, JSON, b"{}")
