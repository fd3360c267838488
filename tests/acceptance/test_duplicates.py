"""A person who may be known already: said to whoever opens the case, without telling where."""

import uuid
from collections.abc import Callable
from typing import Any

from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]


def known_as(code: str) -> dict[str, Any]:
    return {"names": ["Persona Prova"], "identifiers": [{"kind": "tax-code", "value": code}]}


async def test_the_same_identifier_in_another_case_is_said_and_nothing_more(network: Network, act: Make) -> None:
    code = uuid.uuid4().hex
    async with network.speaking(network.centre, network.stranger) as [centre, stranger]:
        first = await centre.act(act("case-opened", person=known_as(code)))
        second = await stranger.act(act("case-opened", person=known_as(f" {code[:6].upper()}-{code[6:]} ")))
    assert "possible_duplicate" not in first
    assert second["possible_duplicate"] is True
    assert network.centre.id not in str(second)
    assert second.keys() - first.keys() == {"possible_duplicate"}


async def test_telling_it_again_in_the_same_case_is_no_duplicate(network: Network, act: Make) -> None:
    body = act("case-opened", person=known_as(uuid.uuid4().hex))
    async with network.speaking(network.centre) as [centre]:
        await centre.act(body)
        again = await centre.act(act("person-updated", body["case"], person=body["person"]))
    assert "possible_duplicate" not in again
