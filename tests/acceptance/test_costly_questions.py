"""Nobody asks more than its organisation may spend: the others are answered, and the service ends when it is told."""

import asyncio
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import RawCredentials

from adapters.asking import QUERIES
from adapters.partner import Partner, partner
from tests.acceptance.costly import BIG_CONTACTS, BIG_PERSON, FAR, NEVER, Hostile, act, hostile_network, long_case

CPU_S = 3.0
ENDED_S = 10.0
DATES = ("as_of", "since", "until")
SOON = 30.0


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    with hostile_network(tmp_path_factory.mktemp("hostile")) as network:
        yield network


@pytest.fixture(scope="module")
def case(hostile: Hostile) -> str:
    case, position = long_case(hostile)
    path = f"/api/board?after={position}&timeout=30"
    assert hostile.service.http("GET", path, hostile.mallory.token).status == 200
    return case


def hostile_parameters(query: str, case: str) -> Iterator[dict[str, Any]]:
    """Each parameter at its dearest."""
    known = {name for name in QUERIES[query].model_fields if (query, name) != ("news", "since")}  # a position
    plain: dict[str, Any] = {"case": case} if "case" in known else {}
    if query == "entries":
        yield {"positions": list(range(1, 501))}
        yield {"positions": [NEVER] * 500}
        return
    yield plain
    yield from ({**plain, "limit": 500} for _ in range(1) if "limit" in known)
    yield from ({**plain, name: day} for name in DATES if name in known for day in (*FAR, "2036-11-29", "2016-12-02"))
    yield from ({**plain, name: 3660} for name in ("within", "ends_within") if name in known)
    yield from ({"due": True, "as_of": "2036-11-29"} for _ in range(1) if "due" in known)
    yield from ({"name": "x", "limit": 500} for _ in range(1) if "name" in known)
    if query == "due":
        yield {"states": ["missed", "late", "fulfilled", "upcoming"], "limit": 500, "within": 3660}


@pytest.mark.parametrize("query", QUERIES)
async def test_every_question_at_its_dearest_is_answered_within_a_bound_of_cpu(
    hostile: Hostile, case: str, query: str
) -> None:
    async with partner(hostile.service.running.nats, hostile.mallory.creds, within=SOON) as mallory:
        for parameters in hostile_parameters(query, case):
            before = hostile.cpu_s()
            answer = await mallory.ask(query, parameters)
            assert hostile.cpu_s() - before < CPU_S, (query, parameters)
            if any(parameters.get(name) in FAR for name in DATES):
                assert answer["code"] == "question.beyond-horizon"
                assert answer["fields"][0]["code"] == "day.beyond-horizon"
            else:
                assert "position" in answer, (query, parameters, str(answer)[:300])


async def everything(asker: Partner, query: str, rows: str, **parameters: Any) -> list[dict[str, Any]]:
    """Page by page, each of which fits in a message."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = await asker.ask(query, {**parameters, **cursor})
        assert answer[rows], answer
        found += answer[rows]
        if answer["next"] is None:
            return found
        cursor = {"cursor": answer["next"]}


async def test_large_rows_are_told_page_by_page_and_none_is_lost(hostile: Hostile, case: str) -> None:
    """Another fills my board with persons of 40 kB: all of them are shown, and so is my own case."""
    own = str(uuid.uuid4())
    last = hostile.tell(hostile.honest, [act("case-opened", own, person={"names": ["Vera"]})])
    cases = [str(uuid.uuid4()) for _ in range(40)]
    for each in cases:
        opened = act("case-opened", each, person=BIG_PERSON, contacts=BIG_CONTACTS)
        joined = act("member-joined", each, organisation=hostile.honest.id, role="observer", past="all")
        last = hostile.tell(hostile.mallory, [opened, joined])
    async with partner(hostile.service.running.nats, hostile.honest.creds, within=SOON) as honest:
        await honest.ask("board", {"limit": 1, "after": last, "timeout": 30})
        board = await everything(honest, "board", "cases", limit=500)
        assert {own, *cases} <= {line["case"] for line in board}
        news = await everything(honest, "news", "news", limit=500)
        assert set(cases) <= {each.get("case") for each in news}
    async with partner(hostile.service.running.nats, hostile.mallory.creds, within=SOON) as mallory:
        told = await everything(mallory, "timeline", "entries", case=case, limit=500)
        assert len(told) == len({entry["position"] for entry in told}) > 300
    answer = hostile.service.http("GET", "/api/board?limit=500", hostile.honest.token)
    assert (answer.status, answer.body["next"] is None) == (200, False)


async def test_a_question_that_is_too_long_is_refused_before_it_is_kept(hostile: Hostile) -> None:
    async with partner(hostile.service.running.nats, hostile.mallory.creds, within=SOON) as mallory:
        reply = await mallory.client.request(f"ask.{mallory.organisation}.board", b'{"limit":5}' + b" " * 60_000)
    assert json.loads(reply.data)["code"] == "question.too-large"


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """A network in which a question may cost next to nothing."""
    settings = {"RACCORDO_QUESTION_SECONDS": "0.02", "RACCORDO_QUESTION_SECONDS_A_MINUTE": "0.1"}
    with hostile_network(tmp_path_factory.mktemp("poor"), **settings) as network:
        long_case(network)
        yield network


async def test_a_question_that_costs_too_much_says_so_and_its_organisation_waits(poor: Hostile) -> None:
    async with (
        partner(poor.service.running.nats, poor.mallory.creds, within=SOON) as mallory,
        partner(poor.service.running.nats, poor.honest.creds, within=SOON) as honest,
    ):
        answers = [await mallory.ask("irregularities", {"limit": 500}) for _ in range(10)]
        assert "cases" in await honest.ask("board")
    first, last = answers[0], answers[-1]
    assert (first["outcome"], first["code"]) == ("refused", "question.too-dear")
    assert first["sentence"].endswith("or a smaller page.")
    assert last["outcome"] == "try later"
    assert last["after_s"] >= 1
    refused = poor.service.http("GET", "/api/irregularities", poor.mallory.token)
    assert (refused.status, int(refused.headers["retry-after"]) >= 1) == (503, True)


async def test_who_floods_waits_while_the_others_are_answered(hostile: Hostile) -> None:
    body = json.dumps({"after": NEVER, "timeout": 30}).encode() + b" " * 10_000
    before = hostile.memory_mb()
    async with (
        partner(hostile.service.running.nats, hostile.mallory.creds, within=SOON) as mallory,
        partner(hostile.service.running.nats, hostile.honest.creds, within=SOON) as honest,
    ):
        put_off: list[dict[str, Any]] = []

        async def told(message: Any) -> None:
            put_off.append(json.loads(message.data))

        inbox = mallory.client.new_inbox()
        await mallory.client.subscribe(inbox, cb=told)
        took = []
        for _ in range(10):
            for _ in range(200):
                await mallory.client.publish(f"ask.{mallory.organisation}.board", body, reply=inbox)
            await mallory.client.flush()
            began = time.monotonic()
            assert "cases" in await honest.ask("board", {"limit": 5})
            took.append(time.monotonic() - began)
        assert sorted(took)[len(took) // 2] < 2
        assert {answer["outcome"] for answer in put_off} <= {"try later", "not yet"}
        assert len(put_off) > 1000
    assert hostile.memory_mb() - before < 100
    health = hostile.service.http("GET", "/health").body["questions"]
    assert health["put_off"] > 1000
    assert health["cpu_s"] > 0
    metrics = hostile.service.http("GET", "/metrics").body.decode()
    assert "raccordo_questions_put_off " in metrics
    assert hostile.mallory.id not in metrics


async def test_an_asker_who_has_hung_up_is_no_longer_worked_for(hostile: Hostile) -> None:
    """By HTTP: what waits for a position is forgotten with the connection."""
    host, port = hostile.service.running.http.removeprefix("http://").split(":")
    for _ in range(150):
        _, writer = await asyncio.open_connection(host, int(port))
        path = f"/api/board?after={NEVER}&timeout=30"
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {hostile.mallory.token}\r\n\r\n"
        writer.write(request.encode())
        await writer.drain()
        writer.close()
    began = time.monotonic()
    await until(lambda: kept(hostile) == 0)
    assert time.monotonic() - began < 10  # of the 30 that it would have waited


async def test_an_asker_whose_connections_are_closed_is_no_longer_worked_for(hostile: Hostile) -> None:
    """By message: its questions are ended and give back their places."""
    async with partner(hostile.service.running.nats, hostile.mallory.creds, within=SOON) as mallory:
        body = json.dumps({"after": NEVER, "timeout": 30}).encode()
        for _ in range(150):
            await mallory.client.publish(f"ask.{mallory.organisation}.board", body, reply=mallory.client.new_inbox())
        await mallory.client.flush()
        await until(lambda: kept(hostile) == 150)
    began = time.monotonic()
    await until(lambda: kept(hostile) == 0)
    assert time.monotonic() - began < 10  # of the 30 that it would have waited


def kept(hostile: Hostile) -> int:
    return int(hostile.service.http("GET", "/health").body["questions"]["kept"])


async def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not await asyncio.to_thread(reached):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Hostile]:
    with hostile_network(tmp_path) as network:
        yield network


async def test_the_service_ends_in_time_whatever_is_asked_or_read(network: Hostile) -> None:
    case, position = long_case(network)
    client = await nats.connect(
        network.service.running.nats, user_credentials=RawCredentials(network.mallory.creds), allow_reconnect=False
    )
    for n in range(16):
        body = json.dumps({"as_of": f"2036-11-{n + 1:02}", "states": ["missed"], "after": position}).encode()
        await client.publish(f"ask.{network.mallory.id}.due", body, reply=client.new_inbox())
    waits = json.dumps({"after": NEVER, "timeout": 30}).encode()
    for _ in range(50):
        await client.publish(f"ask.{network.mallory.id}.board", waits, reply=client.new_inbox())
    await client.flush()
    reader, writer = await never_reading(network, case)
    await asyncio.sleep(0.5)
    began = time.monotonic()
    assert await asyncio.to_thread(network.service.stop, within=40) == 0
    assert time.monotonic() - began < ENDED_S
    writer.close()
    await client.close()
    assert reader


async def never_reading(network: Hostile, case: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Hands in lines, and reads no answer."""
    host, port = network.service.running.http.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    head = (
        f"POST /api/acts/lines HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {network.mallory.token}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    writer.write(head.encode())
    for _ in range(200):
        line = json.dumps(act("contact-made", case, channel="phone", with_whom="family")).encode() + b"\n"
        writer.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
    await asyncio.wait_for(writer.drain(), SOON)
    return reader, writer
