"""Many at once, and one that floods: everybody is answered, and nobody waits for the flood to end."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.partner import Partner
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]
CONNECTIONS = 25  # of the 32 that an organisation may have
FLOOD = 4_000


async def answer_of(partner: Partner, body: dict[str, Any], within: float = 60) -> dict[str, Any]:
    subject = f"in.{partner.organisation}.case.{body['case']}.{body['type']}"
    reply = await partner.client.request(subject, json.dumps(body).encode(), timeout=within)
    answer: dict[str, Any] = json.loads(reply.data)
    return answer


async def test_a_hundred_connections_at_once_are_all_answered(network: Network, act: Make) -> None:
    members = [network.centre, network.coop, network.health, network.stranger]
    async with network.speaking(*members * CONNECTIONS) as partners:
        answers = await asyncio.gather(*(answer_of(p, act("case-opened")) for p in partners))
    assert [a["outcome"] for a in answers] == ["recorded"] * len(partners)
    assert len({a["position"] for a in answers}) == len(partners)


@asynccontextmanager
async def flooding(partner: Partner, bodies: list[bytes]) -> AsyncIterator[dict[str, int]]:
    """All sent at once; at the end every one has its answer: how many of each outcome."""
    outcomes: dict[str, int] = {}
    all_answered = asyncio.Event()
    inbox = partner.client.new_inbox()

    async def count(message: Any) -> None:
        outcome = json.loads(message.data)["outcome"]
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        if sum(outcomes.values()) == len(bodies):
            all_answered.set()

    await partner.client.subscribe(inbox, cb=count)
    for body in bodies:
        case = json.loads(body)["case"]
        await partner.client.publish(f"in.{partner.organisation}.case.{case}.case-opened", body, reply=inbox)
    await partner.client.flush()
    yield outcomes
    await asyncio.wait_for(all_answered.wait(), 120)


async def test_while_one_floods_the_others_are_answered_before_it_ends(network: Network, act: Make) -> None:
    bodies = [json.dumps(act("case-opened")).encode() for _ in range(FLOOD)]
    async with network.speaking(network.stranger, network.centre) as [flood, centre]:
        began = time.monotonic()
        async with flooding(flood, bodies) as outcomes:
            answers = [await answer_of(centre, act("case-opened")) for _ in range(10)]
            others_done, flood_then = time.monotonic() - began, sum(outcomes.values())
        flood_done = time.monotonic() - began
    assert {a["outcome"] for a in answers} == {"recorded"}
    assert flood_then < FLOOD, "the others came after the whole flood"
    assert others_done < flood_done
    assert outcomes.keys() <= {"recorded", "try later"}
    # what was put off may be sent again, and is then recorded
    async with network.speaking(network.stranger) as [again]:
        late = await answer_of(again, json.loads(bodies[-1]))
    assert late["outcome"] in ("recorded", "known already")


async def test_queries_that_wait_do_not_keep_the_others_from_asking(network: Network) -> None:
    """By message and by HTTP together."""
    waits = {"after": 2**40, "timeout": 8}
    async with network.speaking(network.stranger, network.centre) as [flood, centre]:
        began = time.monotonic()
        waiting = [asyncio.create_task(flood.ask("board", waits)) for _ in range(100)]
        await asyncio.sleep(0.5)
        for _ in range(3):
            assert (await centre.ask("board"))["position"] > 0
        assert network.service.http("GET", "/api/board", network.centre.token).status == 200
        assert time.monotonic() - began < waits["timeout"], "they waited for the flood"
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff" * 2000])
async def test_a_flood_of_rubbish_is_answered_too(network: Network, act: Make, rubbish: bytes) -> None:
    async with network.speaking(network.stranger, network.centre) as [flood, centre]:
        subject = f"in.{flood.organisation}.case.{uuid.uuid4()}.case-opened"
        asked = [flood.client.request(subject, rubbish, timeout=60) for _ in range(200)]
        told, other = await asyncio.gather(asyncio.gather(*asked), answer_of(centre, act("case-opened")))
    assert other["outcome"] == "recorded"
    assert {json.loads(reply.data)["outcome"] for reply in told} == {"refused"}
