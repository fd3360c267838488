"""Attacks on the whole service with one organisation's valid credentials: no effect, and the others are undisturbed."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import nats
import nats.errors
import pytest
from nats.aio.client import Client, RawCredentials

from tests.acceptance.conftest import Network
from tests.acceptance.streams import stored

Make = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Attack:
    """The attacker's own connection, and what stood in the streams before."""

    network: Network
    client: Client
    before: dict[str, int]

    async def nothing_came_of_it(self, *, recorded: int = 0, told: int = 0) -> None:
        """Streams hold what they held, but for what the attacker may do itself; another still gets its answers."""
        after = await sizes(self.network)
        assert after["RECORD"] == self.before["RECORD"] + recorded
        assert after["FEED"] <= self.before["FEED"] + told
        async with self.network.speaking(self.network.centre) as [centre]:
            assert "cases" in await centre.ask("board")


async def sizes(network: Network) -> dict[str, int]:
    # The feed's cursor moves with the record; only what is told to organisations counts.
    found = {stream: await stored(network.service, stream) for stream in ("RECORD", "FEED")}
    return {name: sum(not m.subject.endswith(".cursor") for m in messages) for name, messages in found.items()}


async def _quiet(_: Exception) -> None:
    """What the server says to an attack."""


@asynccontextmanager
async def attacking(network: Network) -> AsyncIterator[Attack]:
    client = await nats.connect(
        network.service.running.nats, user_credentials=RawCredentials(network.stranger.creds), error_cb=_quiet
    )
    try:
        yield Attack(network, client, await sizes(network))
    finally:
        await client.close()


async def sent_as_request(client: Client, subject: str, body: bytes, **headers: str) -> dict[str, Any] | None:
    try:
        reply = await client.request(subject, body, timeout=0.4, headers=headers or None)
    except (TimeoutError, nats.errors.Error):
        return None
    found: dict[str, Any] = json.loads(reply.data)
    return found


async def test_speaking_as_another_reaches_nobody(network: Network, act: Make) -> None:
    body = act("case-opened")
    async with attacking(network) as attack:
        subject = f"in.{network.centre.id}.case.{body['case']}.case-opened"
        assert await sent_as_request(attack.client, subject, json.dumps(body).encode()) is None
        assert await sent_as_request(attack.client, f"ask.{network.centre.id}.board", b"{}") is None
        assert await sent_as_request(attack.client, f"desk.0.{subject}", json.dumps(body).encode()) is None
        await attack.nothing_came_of_it()


async def test_a_forged_stamp_is_overwritten(network: Network, act: Make) -> None:
    body = act("case-opened")
    forged = json.dumps({"acc": "A" + "A" * 55})
    subject = f"in.{network.stranger.id}.case.{body['case']}.case-opened"
    async with attacking(network) as attack:
        sending = json.dumps(body | {"dry_run": True}).encode()
        answer = await sent_as_request(attack.client, subject, sending, **{"Nats-Request-Info": forged})
        assert answer is not None
        assert answer["outcome"] == "recorded"
        await attack.nothing_came_of_it()


@pytest.mark.parametrize("reply", ["feed", "in", "record", "ask"])
async def test_an_answer_cannot_be_sent_to_another(network: Network, act: Make, reply: str) -> None:
    """The reply subject is the caller's to choose: it must not carry the service's own rights."""
    case, victim = str(uuid.uuid4()), network.centre.id
    goals = {
        "feed": f"feed.{victim}.entry.case.{case}.case-opened",
        "in": f"in.{victim}.case.{case}.case-opened",
        "record": f"record.case.{case}.1",
        "ask": f"ask.{victim}.board",
    }
    async with attacking(network) as attack:
        own = network.stranger.id
        body = json.dumps(act("case-opened", case) | {"dry_run": True}).encode()
        for subject in (
            f"in.{own}.case.{case}.case-opened",
            f"ask.{own}.board",
            "core.API.CONSUMER.INFO.FEED.me",
            "core.API.CONSUMER.MSG.NEXT.FEED.me",
            "$JS.API.CONSUMER.INFO.FEED." + own,
            "$JS.API.STREAM.INFO.RECORD",
        ):
            await attack.client.publish(subject, body, reply=goals[reply])
        await asyncio.sleep(0.4)
        await attack.nothing_came_of_it()


async def test_its_own_answer_as_a_new_act_of_its_own_ends_there(network: Network, act: Make) -> None:
    """The answer comes back in as what it is: no act."""
    case, own = str(uuid.uuid4()), network.stranger.id
    async with attacking(network) as attack:
        body = json.dumps(act("case-opened", case)).encode()
        subject = f"in.{own}.case.{case}.case-opened"
        await attack.client.publish(subject, body, reply=subject)
        await asyncio.sleep(0.5)
        await attack.nothing_came_of_it(recorded=1, told=1)


async def test_nothing_administers_the_streams(network: Network) -> None:
    consumer = json.dumps({"stream_name": "FEED", "config": {"durable_name": "spy", "ack_policy": "none"}}).encode()
    async with attacking(network) as attack:
        for prefix in ("$JS.API", "core.API"):
            for call, body in {
                "STREAM.DELETE.RECORD": b"",
                "STREAM.PURGE.FEED": b"{}",
                "STREAM.UPDATE.RECORD": json.dumps({"name": "RECORD", "max_msgs": 1}).encode(),
                "STREAM.MSG.GET.RECORD": b'{"seq":1}',
                "DIRECT.GET.RECORD": b'{"seq":1}',
                "CONSUMER.CREATE.FEED": consumer,
                "CONSUMER.DURABLE.CREATE.FEED.spy": consumer,
                f"CONSUMER.DELETE.FEED.{network.centre.id}": b"",
                f"CONSUMER.MSG.NEXT.FEED.{network.centre.id}": b'{"batch":10,"no_wait":true}',
                f"CONSUMER.INFO.FEED.{network.centre.id}": b"",
            }.items():
                assert await sent_as_request(attack.client, f"{prefix}.{call}", body) is None
        assert await sent_as_request(attack.client, "$SYS.REQ.SERVER.PING", b"") is None
        assert await sent_as_request(attack.client, "console.views.rebuild", b"{}") is None
        await attack.nothing_came_of_it()


async def test_listening_to_everything_hears_nothing_of_others(network: Network, act: Make) -> None:
    heard: list[str] = []

    async def note(message: Any) -> None:
        heard.append(message.subject)

    async with attacking(network) as attack:
        for subject in (">", "in.>", "feed.>", "record.>", "ask.>", "desk.>", "$JS.>", "$SYS.>", "_INBOX.>", "_R_.>"):
            await attack.client.subscribe(subject, cb=note)
        async with network.speaking(network.centre) as [centre]:
            position = (await centre.act(act("case-opened")))["position"]
            await centre.ask("board", {"after": position})
        await asyncio.sleep(0.3)
        assert heard == []


async def test_a_flood_of_rubbish_leaves_room_for_the_others(network: Network, act: Make) -> None:
    async with attacking(network) as attack:
        for n in range(2_000):
            await attack.client.publish(
                f"in.{network.stranger.id}.case.{n}.case-opened", b"{", reply=attack.client.new_inbox()
            )
        async with network.speaking(network.centre) as [centre]:
            assert (await centre.act(act("case-opened")))["outcome"] == "recorded"
