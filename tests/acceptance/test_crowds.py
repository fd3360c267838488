"""Many at once, and one that floods: everybody is answered, and nobody waits for the flood to end."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pytest

from adapters.partner import Partner
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]
CONNECTIONS = 25  # of the 32 that an organisation may have
FLOOD = 2_500


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


@dataclass
class Flood:
    """All sent at once, and what is put off again and again, until every act of it is recorded."""

    partner: Partner
    bodies: dict[str, bytes]
    recorded: set[str] = field(default_factory=set)
    put_off: int = 0
    _inbox: str = ""
    _again: set[asyncio.Task[None]] = field(default_factory=set)
    _done: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        self._inbox = self.partner.client.new_inbox()
        await self.partner.client.subscribe(f"{self._inbox}.*", cb=self._answered)
        for case in self.bodies:
            await self._send(case)
        await self.partner.client.flush()

    async def end(self) -> None:
        await asyncio.wait_for(self._done.wait(), 180)

    async def _send(self, case: str) -> None:
        subject = f"in.{self.partner.organisation}.case.{case}.case-opened"
        await self.partner.client.publish(subject, self.bodies[case], reply=f"{self._inbox}.{case}")

    async def _answered(self, message: Any) -> None:
        case = message.subject.rpartition(".")[2]
        outcome = json.loads(message.data)["outcome"]
        if outcome == "try later":
            self.put_off += 1
            task = asyncio.create_task(self._later(case))
            self._again.add(task)
            task.add_done_callback(self._again.discard)
            return
        assert outcome in ("recorded", "known already"), outcome
        self.recorded.add(case)
        if len(self.recorded) == len(self.bodies):
            self._done.set()

    async def _later(self, case: str) -> None:
        await asyncio.sleep(0.2)
        await self._send(case)


async def timed(partner: Partner, bodies: list[dict[str, Any]]) -> list[float]:
    """Seconds until each was recorded, one after the other."""
    took = []
    for body in bodies:
        began = time.monotonic()
        assert (await answer_of(partner, body))["outcome"] == "recorded"
        took.append(time.monotonic() - began)
    return took


async def flooded(network: Network, act: Make, size: int) -> None:
    acts = [act("case-opened") for _ in range(size)]
    async with network.speaking(network.stranger, network.centre) as [one, centre]:
        idle = await timed(centre, [act("case-opened") for _ in range(10)])
        flood = Flood(one, {body["case"]: json.dumps(body).encode() for body in acts})
        await flood.begin()
        busy = [took for (took,) in await asyncio.gather(*(timed(centre, [act("case-opened")]) for _ in range(10)))]
        already = len(flood.recorded)
        await flood.end()
    print(f"idle {median(idle):.3f} s, flooded {median(busy):.3f} s at most {max(busy):.3f} s, {flood.put_off} put off")
    assert already < size, "the others were answered after the whole flood"


async def test_while_one_floods_the_others_are_answered_before_it_ends(network: Network, act: Make) -> None:
    """And the flood itself is recorded to its last act, without a hand."""
    await flooded(network, act, FLOOD)


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


async def test_a_question_is_kept_no_longer_than_it_asked_for(network: Network) -> None:
    """However many of its organisation wait for their turn before it."""
    waits = {"after": 2**40, "timeout": 2}
    began = time.monotonic()
    async with network.speaking(network.health) as [many]:
        told = await asyncio.gather(*(many.ask("board", waits) for _ in range(100)))
    assert {answer["outcome"] for answer in told} == {"not yet"}
    assert time.monotonic() - began < 3 * waits["timeout"]


@pytest.mark.parametrize("rubbish", [b"", b"{", b"\xff" * 2000])
async def test_a_flood_of_rubbish_is_answered_too(network: Network, act: Make, rubbish: bytes) -> None:
    async with network.speaking(network.stranger, network.centre) as [flood, centre]:
        subject = f"in.{flood.organisation}.case.{uuid.uuid4()}.case-opened"
        asked = [flood.client.request(subject, rubbish, timeout=60) for _ in range(200)]
        told, other = await asyncio.gather(asyncio.gather(*asked), answer_of(centre, act("case-opened")))
    assert other["outcome"] == "recorded"
    assert {json.loads(reply.data)["outcome"] for reply in told} == {"refused"}
