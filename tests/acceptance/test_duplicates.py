"""A person whom two organisations may know: both responsible ones are told the same, and nobody else anything."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from adapters.partner import Partner
from tests.acceptance.conftest import Network
from tests.running_service import Member

Make = Callable[..., dict[str, Any]]
SENTENCE = "Another organisation may know this person: ask the person."
ITALIAN = "Un'altra organizzazione forse conosce questa persona: chiedere alla persona."


def somebody(**other: Any) -> dict[str, Any]:
    code = uuid.uuid4().hex
    identifier = {"kind": "tax-code", "value": code}
    return {"names": ["Persona Prova"], "born": "1990-01-02", "identifiers": [identifier], **other}


@pytest.fixture(scope="module")
def social(network: Network) -> Member:
    return network.service.add("social", "social-service")


async def opened(by: Partner, act: Make, **fields: Any) -> dict[str, Any]:
    answer = await by.act(act("case-opened", **fields))
    assert answer["outcome"] == "recorded", answer
    return answer


async def test_the_same_person_in_another_case_is_said_to_both_and_nothing_more(
    network: Network, social: Member, act: Make
) -> None:
    person = somebody()
    async with network.speaking(network.centre, social) as [centre, service]:
        mine, theirs = act("case-opened", person=person), act("case-opened", person=person)
        first = await centre.act(mine)
        second = await service.act(theirs)
        files = [
            await by.ask("case", {"case": of["case"], "after": second["position"]})
            for by, of in ((centre, mine), (service, theirs))
        ]
        boards = [await by.ask("board") for by in (centre, service)]
    assert "possible_duplicate" not in first
    assert (second["possible_duplicate"], second["sentence"]) == (True, SENTENCE)
    assert second.keys() - first.keys() == {"possible_duplicate", "sentence"}
    for told, of in zip(files, (mine, theirs), strict=True):
        assert (told["possible_duplicate"], told["sentence"]) == (True, SENTENCE)
        lines = [line for board in boards for line in board["cases"] if line["case"] == of["case"]]
        assert [line["sentence"] for line in lines] == [SENTENCE]
    assert network.centre.id not in str(second)
    assert social.id not in str(files[0])
    assert theirs["case"] not in str(files[0])
