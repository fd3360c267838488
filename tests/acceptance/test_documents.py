"""The documents that describe the doors are served, and are those that stand in the project."""

import json
from pathlib import Path

import pytest

from domain.catalogue import ACTS
from tests.acceptance.conftest import Network

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", ["openapi.json", "asyncapi.json"])
def test_a_document_is_served_as_it_is_kept(network: Network, name: str) -> None:
    answer = network.service.http("GET", f"/{name}")
    assert (answer.status, answer.body) == (200, json.loads((DOCS / name).read_text("utf-8")))


@pytest.mark.parametrize("type_", [*ACTS, "answer"])
def test_the_form_of_every_act_is_served(network: Network, type_: str) -> None:
    answer = network.service.http("GET", f"/schemas/{type_}.json")
    assert (answer.status, answer.body) == (200, json.loads((DOCS / "schemas" / f"{type_}.json").read_text("utf-8")))


def test_every_act_stands_in_the_asyncapi_document_with_its_answer() -> None:
    document = json.loads((DOCS / "asyncapi.json").read_text("utf-8"))
    told = [name.removeprefix("tell ") for name in document["operations"] if name.startswith("tell ")]
    assert told == list(ACTS)
    unanswered = {name for name, operation in document["operations"].items() if "reply" not in operation}
    assert unanswered == {"follow", "follow answers", "hand in"}
