"""The drop door as partners meet it: acts in, answers out, in order, and each organisation its own."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import nats.errors
import nats.js.errors
import pytest
from nats.aio.client import Client

from adapters.jetstream.drop_stream import stream_of
from adapters.nats.identity import Installation
from adapters.registration import suspend
from adapters.upkeep.handing_in import HandingIn
from adapters.upkeep.lines import lines
from tests.acceptance.conftest import Network
from tests.acceptance.dropping import act, administering, answered, contact, dropped, plainly, subject_of
from tests.acceptance.streams import record_of, stored
from tests.running_service import Member


@pytest.fixture(scope="module")
def sender(network: Network) -> Member:
    return network.service.add("drop-sender", "employment-centre")


@pytest.fixture
async def client(network: Network, sender: Member) -> AsyncIterator[Client]:
    async with plainly(network.service, sender) as connected:
        yield connected


async def taken(client: Client, number: int) -> list[dict[str, Any]]:
    """From the organisation's own feed, through its own consumer."""
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while len(found) < number:
            with suppress(TimeoutError):
                for message in await feed.fetch(50, timeout=0.5):
                    await message.ack()
                    told = json.loads(message.data)
                    found += [told] if "dropped" in told else []
    return found


async def test_acts_in_answers_out(network: Network, sender: Member, client: Client) -> None:
    opened = act("case-opened", person={"names": ["Persona Prova"]})
    refused = act("case-taken-on")
    numbers = await dropped(client, sender, opened, contact(opened["case"]), refused, opened)
    told = await taken(client, 4)
    assert [a["dropped"] for a in told] == numbers
    assert [a["answer"]["outcome"] for a in told] == ["recorded", "recorded", "refused", "known already"]
    assert told[2]["answer"]["code"] == "case.unknown"
    assert told[3]["answer"]["position"] == told[0]["answer"]["position"]
    first = told[0]
    assert (first["act_id"], first["type"]) == (opened["act_id"], "case-opened")
    assert (first["record"], first["id"]) == (f"case/{opened['case']}", f"answer/{numbers[0]}")
    assert "Persona" not in json.dumps(told)
    entry = next(line for line in await record_of(network.service) if line.act_id == opened["act_id"])
    assert entry.position == first["answer"]["position"]


async def test_the_answers_can_be_asked_for(network: Network, sender: Member, client: Client) -> None:
    numbers = await dropped(client, sender, act("case-opened"), act("case-opened"))
    await answered(network.service, sender, numbers)

    async def ask(**asked: Any) -> dict[str, Any]:
        reply = await client.request(f"ask.{sender.id}.answers", json.dumps(asked).encode(), timeout=5)
        found: dict[str, Any] = json.loads(reply.data)
        return found

    found = await ask()
    *_, before, last = found["answers"]
    assert [before["dropped"], last["dropped"]] == numbers
    assert found["last"] == last["number"]
    assert (await ask(after=before["number"]))["answers"] == [last]
    assert (await ask(since="2036-01-01T00:00:00Z"))["answers"] == []
    assert (await ask(since="2026-01-01T00:00:00Z", limit=1))["answers"] == [found["answers"][0]]
    assert (await ask(since="soon"))["code"] == "form.unreadable"
    async with network.speaking(network.stranger) as [stranger]:
        assert (await stranger.ask("answers"))["answers"] == []


RUBBISH = {
    "no JSON": (b"{", "form.not-json"),
    "nothing": (b"", "form.not-json"),
    "a list": (b"[1]", "form.unreadable"),
    "too large": (b'{"type": "' + b"x" * 70_000 + b'"}', "act.too-large"),
    "invalid UTF-8": (b'{"type":"\xff"}', "form.not-json"),
}


async def test_rubbish_is_answered_and_kept_aside_and_the_rest_goes_on(
    network: Network, sender: Member, client: Client
) -> None:
    sound = act("case-opened")
    wrong = act("case-opened") | {"Mario Rossi": "x"}
    jetstream = client.jetstream()
    numbers = [
        (await jetstream.publish(f"drop.{sender.id}.case.Mario-Rossi.nothing", body)).seq
        for body, _ in RUBBISH.values()
    ]
    numbers.append((await jetstream.publish(f"drop.{sender.id}.x", json.dumps(sound).encode())).seq)
    numbers += await dropped(client, sender, wrong, sound)
    told = await answered(network.service, sender, numbers)
    codes = [code for _, code in RUBBISH.values()]
    assert [a["answer"].get("code") for a in told] == [*codes, "door.malformed-subject", "form.unreadable", None]
    assert told[-1]["answer"]["outcome"] == "recorded"
    assert "Rossi" not in json.dumps(told)
    feed = [
        m.subject for m in await stored(network.service, "FEED") if m.subject.startswith(f"feed.{sender.id}.answer")
    ]
    assert not any("Rossi" in subject for subject in feed)
    kept = [m.data for m in await stored(network.service, "DEAD") if f".{sender.id}." in m.subject]
    assert len(kept) == len(RUBBISH) + 2


async def test_who_waits_for_an_answer_has_a_turn_while_much_is_handed_in(
    network: Network, sender: Member, client: Client
) -> None:
    """By two at once, so that the desk always finds a dropped batch to go on with."""
    each = 500
    async with plainly(network.service, network.health) as other, network.speaking(network.centre) as [centre]:

        async def handed_in(through: Client, by: Member) -> None:
            bodies = [act("case-opened") for _ in range(each)]
            numbers = await asyncio.gather(*(dropped(through, by, body) for body in bodies))
            assert len(await answered(network.service, by, [number for [number] in numbers])) == each

        handing_in = asyncio.gather(handed_in(client, sender), handed_in(other, network.health))
        meanwhile = 0
        while not handing_in.done():
            assert (await centre.act(act("case-opened")))["outcome"] == "recorded"
            meanwhile += 1
        await handing_in
    assert meanwhile > 5


async def test_another_organisations_door_cannot_be_used(network: Network, sender: Member) -> None:
    body = act("case-opened")
    calls = [
        *(
            f"STREAM.{call}.{stream_of(o)}"
            for o in (sender.id, network.stranger.id)
            for call in ("PURGE", "DELETE", "INFO")
        ),
        *(f"CONSUMER.{call}.{stream_of(network.stranger.id)}.desk" for call in ("INFO", "DELETE", "MSG.NEXT")),
        f"STREAM.MSG.GET.{stream_of(sender.id)}",
        f"STREAM.UPDATE.{stream_of(network.stranger.id)}",
        f"CONSUMER.CREATE.{stream_of(network.stranger.id)}",
    ]
    async with administering(network.service) as administrator, plainly(network.service, network.stranger) as attacker:
        before = (await administrator.jetstream().stream_info(stream_of(sender.id))).state.last_seq
        for subject in (subject_of(sender, body), f"drop.{network.centre.id}.case.{body['case']}.case-opened"):
            with pytest.raises((nats.errors.Error, nats.js.errors.Error)):
                await attacker.jetstream().publish(subject, json.dumps(body).encode(), timeout=0.3)
        # One's own answer, sent as another's act; and one's own door with another's subject as where to answer.
        await attacker.publish(f"drop.{network.stranger.id}.case.x.y", b"{}", reply=subject_of(sender, body))
        for call in calls:
            for prefix in ("$JS.API", "core.API"):
                with pytest.raises(nats.errors.Error):
                    await attacker.request(f"{prefix}.{call}", b"{}", timeout=0.1)
        heard: list[str] = []

        async def note(message: Any) -> None:
            heard.append(message.subject)

        await attacker.subscribe("drop.>", cb=note)
        async with plainly(network.service, sender) as client:
            numbers = await dropped(client, sender, body)
        await answered(network.service, sender, numbers)
        assert heard == []
        assert numbers == [before + 1]


async def test_two_systems_of_one_organisation_drop_at_once(network: Network, sender: Member, client: Client) -> None:
    histories = [[opened := act("case-opened"), *(contact(opened["case"]) for _ in range(300))] for _ in range(2)]
    files = [io.BytesIO(b"\n".join(json.dumps(body).encode() for body in bodies)) for bodies in histories]
    handing = (HandingIn(client).hand_in(list(lines(file, sender.id, ""))) for file in files)
    numbers = await asyncio.gather(*handing)
    assert [sorted(each) for each in numbers] == numbers
    told = await answered(network.service, sender, sorted([*numbers[0], *numbers[1]]))
    assert {a["answer"]["outcome"] for a in told} == {"recorded"}
    record = await record_of(network.service)
    for bodies in histories:
        entries = [line.act_id for line in record if line.record == f"case/{bodies[0]['case']}"]
        assert entries == [body["act_id"] for body in bodies]


async def test_what_a_suspended_organisation_had_handed_in_is_refused(network: Network) -> None:
    member = await asyncio.to_thread(network.service.add, "drop-suspended", "trainer")
    async with plainly(network.service, member) as client:
        await answered(network.service, member, await dropped(client, member, act("case-opened")))
    await suspend(Installation.open(network.service.data), network.service.running, member.id)
    body = act("case-opened")
    async with administering(network.service) as administrator:  # as what had been waiting there
        ack = await administrator.jetstream().publish(subject_of(member, body), json.dumps(body).encode())
    [told] = await answered(network.service, member, [ack.seq])
    assert told["answer"]["code"] == "organisation.suspended"


def test_health_says_how_many_wait(network: Network) -> None:
    health = network.service.http("GET", "/health").body
    assert health["status"] == "ok"
    assert health["drop"] == {"waiting": 0}
