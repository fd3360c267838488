"""Partners take their feed with nothing but nats-py and their own credentials, and each only its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import ServiceUnavailableError

from adapters.jetstream.feed_consumer import ACK_WAIT_S, consumer
from adapters.nats.connection import UnreachableError, connect
from adapters.nats.identity import Installation
from adapters.registration import suspend
from adapters.upkeep.watching import give_back
from tests.acceptance.conftest import Network
from tests.running_service import COMMAND, Member, RunningService

OF_ORGANISATIONS = {"organisation-registered", "organisation-updated", "organisation-suspended"}
"""What other tests tell of theirs, which each organisation sees."""

Make = Callable[..., dict[str, Any]]
WITHIN = 10.0


@pytest.fixture(scope="module")
def centre(network: Network) -> Member:
    return network.service.add("feed-centre", "employment-centre")


@pytest.fixture(scope="module")
def coop(network: Network) -> Member:
    return network.service.add("feed-coop", "social-cooperative-b")


@asynccontextmanager
async def plainly(service: RunningService, name: str) -> Any:
    """As a partner connects who has none of our code."""
    client = await nats.connect(service.running.nats, user_credentials=str(service.data / f"{name}.creds"))
    try:
        yield client
    finally:
        await client.close()


async def taken(client: Client, number: int) -> list[Msg]:
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
    found: list[Msg] = []
    async with asyncio.timeout(WITHIN):
        while len(found) < number:
            with suppress(TimeoutError):
                found += await feed.fetch(number - len(found), timeout=1)
    return found


async def nothing_more(client: Client) -> bool:
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
    with pytest.raises(TimeoutError):
        await feed.fetch(1, timeout=0.3)
    return True


async def drained(client: Client) -> list[dict[str, Any]]:
    """Everything there is, acknowledged."""
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
    found = []
    with suppress(TimeoutError):
        while True:
            (message,) = await feed.fetch(1, timeout=0.5)
            await message.ack_sync()
            found.append(json.loads(message.data))
    return found


async def told_up_to(service: RunningService, position: int) -> None:
    async with asyncio.timeout(WITHIN):
        while service.http("GET", "/health").body["feed"]["position"] < position:
            await asyncio.sleep(0.02)


async def referred(network: Network, by: Member, to: Member, act: Make) -> tuple[str, list[int]]:
    """A referral is sent and accepted, and a contact made: the case, and the positions."""
    referral = "018f0000-0000-7000-8000-0000000000a1"
    sent = act("referral-sent", referral=referral, to=to.id, service="internship", need="a need nobody reads here")
    async with network.speaking(by, to) as (sender, receiver):
        answers = [
            await sender.act(sent),
            await receiver.act(act("referral-accepted", sent["case"], referral=referral)),
            await sender.act(
                act("contact-made", sent["case"], channel="phone", with_whom="person", direction="out", count=1)
            ),
        ]
    positions = [answer["position"] for answer in answers]
    await told_up_to(network.service, positions[-1])
    return sent["case"], positions


async def test_each_takes_what_it_may_see_and_nobody_else(
    network: Network, centre: Member, coop: Member, act: Make
) -> None:
    case, positions = await referred(network, centre, coop, act)
    feeds = {}
    for name in ("feed-centre", "feed-coop", "stranger"):
        async with plainly(network.service, name) as client:
            # Others share the network: who has handed acts in has answers on its feed, too.
            feeds[name] = [message for message in await drained(client) if "entry" in message]
    told = {name: [m["id"] for m in feed if m["entry"]["subject"] == f"case/{case}"] for name, feed in feeds.items()}
    sent, accepted, contact = positions
    everything = [f"{p}/{p}" for p in positions]
    assert told == {
        "feed-centre": everything,
        "feed-coop": everything,
        "stranger": [],
    }
    assert (sent, accepted) < (accepted, contact)
    for feed in feeds.values():
        assert all(after["previous"] == before["id"] for before, after in pairwise(feed))
        assert feed[0]["previous"] is None
    assert "a need nobody reads here" not in json.dumps(feeds)
    assert feeds["feed-coop"][-3]["categories"] == ["work"]


async def test_what_is_not_acknowledged_is_delivered_again(
    network: Network, centre: Member, coop: Member, act: Make
) -> None:
    async with plainly(network.service, "feed-coop") as client:
        await drained(client)
        await _waiting(network.service, coop.id, 0.5)
        await referred(network, centre, coop, act)
        first = await taken(client, 3)
        again = await taken(client, 3)
        assert {m.data for m in again} == {m.data for m in first}
        for message in again:
            await message.ack_sync()
        assert await nothing_more(client)
        await _waiting(network.service, coop.id, ACK_WAIT_S)


async def _waiting(service: RunningService, organisation: str, ack_wait: float) -> None:
    client = await connect(service.running.nats, (service.data / "keys" / "service.creds").read_text())
    try:
        asked = {"stream_name": "FEED", "config": consumer(organisation, ack_wait), "action": ""}
        subject = f"$JS.API.CONSUMER.CREATE.FEED.{organisation}.feed.{organisation}.>"
        answer = json.loads((await client.request(subject, json.dumps(asked).encode(), timeout=WITHIN)).data)
        assert "error" not in answer
    finally:
        await client.close()


async def test_another_s_feed_cannot_be_taken(network: Network, centre: Member, coop: Member, act: Make) -> None:
    await referred(network, centre, coop, act)
    async with plainly(network.service, "stranger") as client:
        for prefix in ("core.API", "$JS.API"):
            feed = await client.jetstream(prefix=prefix).pull_subscribe_bind(coop.id, "FEED")
            with pytest.raises(nats.errors.Error):
                await feed.fetch(1, timeout=0.5)
    async with plainly(network.service, "feed-coop") as client:
        assert [m["entry"]["type"] for m in await drained(client)][-3] == "referral-sent"


async def test_who_appears_finds_its_feed_ready_and_keeps_it_when_suspended(network: Network) -> None:
    member = await asyncio.to_thread(network.service.add, "feed-late", "trainer")
    async with plainly(network.service, "feed-late") as client:
        types = [m["entry"]["type"] for m in await _when_ready(client)]
    assert types[-1] == "organisation-registered"
    published = {"dictionary-published", "calendar-published", "rulebook-published", "sheet-published"}
    assert published < set(types) <= published | OF_ORGANISATIONS
    await suspend(Installation.open(network.service.data), network.service.running, member.id)
    with pytest.raises(UnreachableError):
        await connect(network.service.running.nats, member.creds, within=1)
    client = await connect(network.service.running.nats, (network.service.data / "keys" / "service.creds").read_text())
    try:
        assert (await client.jetstream().consumer_info("FEED", member.id)).config.durable_name == member.id
    finally:
        await client.close()


async def _when_ready(client: Client) -> list[dict[str, Any]]:
    """The consumer is made a moment after the registration is answered."""
    async with asyncio.timeout(WITHIN):
        while True:
            with suppress(ServiceUnavailableError):
                if found := await drained(client):
                    return found
            await asyncio.sleep(0.05)


def watched(data: Path, *arguments: str, lines: int) -> list[str]:
    """What `raccordo watch` prints until it has printed so many lines and Ctrl-C ends it."""
    # Tests that run in the background of a shell have Ctrl-C ignored, and so would what they start.
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import adapters.cli.__main__"
    command = [sys.executable, "-c", heeding, "watch", "--data", str(data), *arguments]
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:
        assert run.stdout
        try:
            printed = [run.stdout.readline().rstrip("\n") for _ in range(lines)]
            run.send_signal(signal.SIGINT)
            assert run.wait(3 * WITHIN) == 0
            assert run.stderr
            assert run.stderr.read() == ""
        finally:
            run.kill()
    return printed


async def test_watching_takes_nothing_unless_told_to(network: Network, centre: Member, coop: Member, act: Make) -> None:
    data, creds = network.service.data, str(network.service.data / "feed-coop.creds")
    async with plainly(network.service, "feed-coop") as client:
        await drained(client)
        case, positions = await referred(network, centre, coop, act)
        seen = await asyncio.to_thread(watched, data, "--creds", creds, lines=3)
        assert [line.split() for line in seen] == [
            [str(positions[0]), "referral-sent", f"case/{case}", centre.id, "work"],
            [str(positions[1]), "referral-accepted", f"case/{case}", coop.id, "-"],
            [str(positions[2]), "contact-made", f"case/{case}", centre.id, "-"],
        ]
        again = await asyncio.to_thread(watched, data, "--creds", creds, "--take", "--json", lines=3)
        assert [json.loads(line)["position"] for line in again] == positions
        assert await nothing_more(client)
        everything = await asyncio.to_thread(watched, data, "--creds", creds, "--from-start", "--json", lines=10)
    chain = [json.loads(line) for line in everything]
    assert [m["previous"] for m in chain] == [None, *(m["id"] for m in chain[:-1])]


@pytest.mark.parametrize("error", [nats.errors.TimeoutError, TimeoutError])  # the library tells either
async def test_what_is_given_back_does_not_go_to_a_request_that_the_server_still_holds_open(
    network: Network, centre: Member, coop: Member, act: Make, error: type[Exception]
) -> None:
    async with plainly(network.service, "feed-coop") as client:
        await drained(client)
        await referred(network, centre, coop, act)
        watching = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
        held = await watching.fetch(3, timeout=WITHIN)
        request = b'{"batch":1,"expires":150000000}'
        inbox = client.new_inbox()
        await client.subscribe(inbox)
        await client.publish("core.API.CONSUMER.MSG.NEXT.FEED.me", request, inbox)
        over: asyncio.Future[list[Msg]] = asyncio.get_running_loop().create_future()
        over.set_exception(error())  # who asked has given up, the server has not yet
        await give_back(client, held, over)
        again = await taken(client, 3)
    assert [m.metadata.sequence.stream for m in again] == [m.metadata.sequence.stream for m in held]


def test_watching_from_the_start_and_taking_do_not_go_together(network: Network) -> None:
    command = [*COMMAND, "watch", "--data", str(network.service.data), "--from-start", "--take"]
    assert subprocess.run(command, capture_output=True, timeout=WITHIN, check=False).returncode == 2
