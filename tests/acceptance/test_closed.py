"""Over real sockets: what refusals mean, who may speak, and that the feed says no more than the view."""

import asyncio
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import nats
import pytest
from nats.aio.client import RawCredentials
from nats.aio.msg import Msg

from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.registration import office
from tests.acceptance.conftest import Network, network_on
from tests.running_service import COMMAND, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
NOBODY = "oaaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("type_", "fields", "path"),
    [
        (
            "referral-sent",
            {"referral": "018f0000-0000-7000-8000-0000000000c1", "service": "housing", "to": NOBODY},
            "to",
        ),
        ("case-opened", {"only_for": [NOBODY]}, "only_for.0"),
        ("case-opened", {"on_behalf_of": NOBODY, "evidence": "phone"}, "on_behalf_of"),
    ],
)
async def test_an_act_that_names_an_unknown_organisation_is_at_fault_and_not_who_speaks(
    network: Network, act: Make, type_: str, fields: dict[str, Any], path: str
) -> None:
    body = act(type_, **fields)
    http = network.service.http("POST", "/api/acts", network.centre.token, json.dumps(body).encode())
    async with network.speaking(network.centre) as [centre]:
        by_message = await centre.act(body)
    assert http.status == 409
    assert http.body == by_message
    [fault] = by_message["fields"]
    assert (by_message["code"], fault["path"], fault["code"]) == ("organisation.unknown", path, "organisation.unknown")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Not shared: a test suspends one of its organisations, and one writes what only a later version would."""
    with running_service(tmp_path_factory.mktemp("closed") / "data") as service:
        yield network_on(service)


async def fed(network: Network, member: Member) -> list[Msg]:
    """Everything in the feed that was not taken yet, as it comes over the socket to a partner without our code."""
    client = await nats.connect(network.service.running.nats, user_credentials=RawCredentials(member.creds))
    found: list[Msg] = []
    try:
        feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
        with suppress(TimeoutError):
            while True:
                for message in await feed.fetch(100, timeout=1):
                    await message.ack_sync()
                    found.append(message)
    finally:
        await client.close()
    return found


async def until_told(service: RunningService, position: int, within: float = 20) -> dict[str, Any]:
    """Returns the health once views and feed have come to the position."""
    async with asyncio.timeout(within):
        while True:
            health: dict[str, Any] = service.http("GET", "/health").body
            if all(health[part]["position"] >= position for part in ("views", "feed")):
                return health
            await asyncio.sleep(0.05)


async def test_of_a_masked_entry_the_feed_and_the_views_say_its_position_and_nothing_else(
    network: Network, act: Make
) -> None:
    referral, secret = str(uuid.uuid4()), str(uuid.uuid4())
    sent = act("referral-sent", referral=referral, to=network.coop.id, service="internship")
    case = sent["case"]
    visible = {"channel": "phone", "with_whom": "person", "direction": "out", "count": 1}
    contact = act("contact-made", case, **visible, occurred_at="2026-11-23", practitioner=secret)
    async with network.speaking(network.centre, network.coop) as [centre, coop]:
        await centre.act(sent)
        await coop.act(act("referral-accepted", case, referral=referral))
        position = (await centre.act(contact))["position"]
        version = (await coop.ask("timeline", {"case": case, "after": position}))["entries"][-1]["version"]
        about = {"entry": version, "ground": "unlawful"}
        retracted = await centre.act(act("act-retracted", case, **about))
        assert retracted["outcome"] == "recorded"
        await until_told(network.service, retracted["position"])
        asked = {"after": retracted["position"]}
        timeline = await coop.ask("timeline", {"case": case, **asked})
        entries = await coop.ask("entries", {"positions": [position], **asked})
        news = await coop.ask("news", {"since": position - 1, **asked})
        irregular = await coop.ask("irregularities", {"case": case, **asked})
    told = [m for m in await fed(network, network.coop) if json.loads(m.data).get("position") == position]
    assert [m.subject.split(".")[-1] for m in told] == ["contact-made", "masked"]
    masked = json.loads(told[-1].data)
    constant = {"incarnation": masked["incarnation"], "previous": masked["previous"], "categories": []}
    because = retracted["position"]
    assert masked == {
        **constant,
        "id": f"{position}/{because}",
        "position": position,
        "because": because,
        "masked": True,
    }
    where = {"position": position, "record": f"case/{case}", "version": version, "masked": True}
    assert entries["entries"] == [where]
    (shown,) = [e for e in timeline["entries"] if e["position"] == position]
    assert shown == {**where, "marks": {"retracted_by": because}}
    (group,) = [g for g in news["news"] if g["case"] == case]
    assert {"position": position, "masked": True, "opened_by": because} in group["entries"]
    assert all(each["position"] != position for each in irregular["irregularities"])
    for given in (masked, entries, shown, group["entries"][0], dict(told[-1].headers or {}), told[-1].subject):
        written = json.dumps(given)
        assert not [text for text in (secret, "contact-made", "2026-11-23", contact["act_id"]) if text in written]
    seen = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("case", case, "--data", str(network.service.data), "--creds", str(network.service.data / "coop.creds")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert b"(masked)" in (await seen.communicate())[0]


async def test_the_feed_does_not_say_for_whom_else_an_entry_is(network: Network, act: Make) -> None:
    joined = act("case-opened")
    others = {"only_for": [network.coop.id, network.health.id]}
    visible = {"channel": "phone", "with_whom": "person", "direction": "out", "count": 1}
    async with network.speaking(network.centre) as [centre]:
        await centre.act(joined)
        for member in (network.coop, network.health):
            about = {"organisation": member.id, "role": "specialist", "past": "all"}
            assert (await centre.act(act("member-joined", joined["case"], **about)))["outcome"] == "recorded"
        answer = await centre.act(act("contact-made", joined["case"], **visible, **others))
        await until_told(network.service, answer["position"])
    (told,) = [m for m in await fed(network, network.coop) if json.loads(m.data).get("position") == answer["position"]]
    assert network.health.id not in (told.data.decode() + told.subject + json.dumps(dict(told.headers or {})))
    assert "onlyfor" not in json.loads(told.data)["entry"]


async def test_what_the_doors_know_one_by_is_in_no_feed(own: Network) -> None:
    told = [json.loads(m.data) for m in await fed(own, own.coop)]
    registered = [m["entry"]["data"]["act"] for m in told if m["entry"]["type"] == "organisation-registered"]
    assert len(registered) > 3
    assert all("token" not in each for each in registered)


async def test_one_that_the_office_suspends_by_an_act_alone_neither_speaks_nor_reads_through_any_door(
    own: Network, act: Make
) -> None:
    late = own.stranger
    service, client = (
        own.service,
        await nats.connect(own.service.running.nats, user_credentials=RawCredentials(late.creds)),
    )
    try:
        feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
        assert await feed.fetch(1, timeout=2)
        async with office(Installation.open(service.data), service.running) as speaks:
            suspended = act("organisation-suspended", late.id)
            suspended["organisation"] = suspended.pop("case")
            answer = await speaks.act(suspended)
        assert answer["outcome"] == "recorded"
        await until_told(service, answer["position"])
        body = json.dumps(act("case-opened")).encode()
        case, code = json.loads(body)["case"], "organisation.suspended"
        by_message = [
            json.loads((await client.request(subject, sent, timeout=5)).data)["code"]
            for subject, sent in ((f"in.{late.id}.case.{case}.case-opened", body), (f"ask.{late.id}.board", b"{}"))
        ]
        assert by_message == [code, code]
        for method, path, sent in (("POST", "/api/acts", body), ("GET", "/api/board", None)):
            refused = service.http(method, path, late.token, sent)
            assert (refused.status, refused.body["code"]) == (401, code)
        with pytest.raises(TimeoutError):
            await feed.fetch(1, timeout=1)
    finally:
        await client.close()


async def test_a_record_of_a_later_version_is_hidden_from_everybody_and_stops_nothing(own: Network, act: Make) -> None:
    service, secret = own.service, "only-a-later-version-knows"
    entry = {"recordedtime": "2026-11-30T09:00:00Z", "source": own.coop.id, "data": {"act": {"text": secret}}}
    stored = []
    client = await connect(service.running.nats, (service.data / "keys" / "service.creds").read_text())
    try:
        for state in (json.dumps(entry).encode(), b"not even JSON"):
            headers = {
                "Raccordo-Type": "programme-begun",
                "Raccordo-Commit": str(uuid.uuid4()),
                "Raccordo-Batch-Size": "1",
            }
            subject = f"record.programme.{uuid.uuid4()}.1"
            stored.append((await client.jetstream().publish(subject, state, headers=headers)).seq)
    finally:
        await client.close()
    await goes_on(own, act)
    assert service.stop() == 0
    service.start()
    case, _ = await goes_on(own, act)
    told = [json.loads(m.data) for m in await fed(own, own.coop)]
    async with own.speaking(own.coop) as [coop]:
        asked = await coop.ask("entries", {"positions": stored})
        assert (await coop.ask("board", {}))["cases"]
    assert asked["entries"] == []
    assert not {m["position"] for m in told} & set(stored)
    for reader in ((), ("--as", own.coop.id)):
        command = [*COMMAND, "replay", "--data", str(service.data), "--json", *reader]
        run = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        lines = [json.loads(line) for line in (await run.communicate())[0].splitlines()]
        assert run.returncode == 0
        positions = {line["position"] for line in lines if "position" in line and "record" in line}
        assert not positions & set(stored)
        assert any(line.get("record") == f"case/{case}" for line in lines)


async def goes_on(network: Network, act: Make) -> tuple[str, dict[str, Any]]:
    """An act is recorded, and comes to be in views and feed."""
    opened = act("case-opened")
    async with network.speaking(network.coop) as [coop]:
        answer = await coop.act(opened)
        assert answer["outcome"] == "recorded"
        health = await until_told(network.service, answer["position"])
    assert health["status"] == "ok"
    return opened["case"], health
