"""Acts in which all is wrong cost their sender's time, and nobody else's."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from nats.aio.msg import Msg

from adapters.nats.connection import connect
from adapters.partner import Partner
from domain.submission import LARGEST
from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]
CROWD = 100


def wrong(act: Make) -> bytes:
    told = act("case-opened")
    count = (LARGEST - len(json.dumps(told)) - 100) // 20
    return json.dumps({**told, **{f"contact{number:05}": 0 for number in range(count)}}).encode()


async def test_a_hundred_malformed_acts_hold_up_no_neighbour(network: Network, act: Make) -> None:
    body, answers, first, last = wrong(act), list[dict[str, Any]](), asyncio.Event(), asyncio.Event()
    flood = await connect(network.service.running.nats, network.stranger.creds)

    async def answered(message: Msg) -> None:
        answers.append(json.loads(message.data))
        first.set()
        if len(answers) == CROWD:
            last.set()

    inbox = flood.new_inbox()
    await flood.subscribe(inbox, cb=answered)
    async with network.speaking(network.centre) as [centre]:
        await centre.act(act("case-opened"))  # it is known and connected
        for _ in range(CROWD):
            await flood.publish(f"in.{network.stranger.id}.case.{uuid.uuid4()}.case-opened", body, reply=inbox)
        await asyncio.wait_for(first.wait(), 30)
        waited = [await _answered_before(centre, act, answers) for _ in range(3)]
    await asyncio.wait_for(last.wait(), 60)
    await flood.close()
    assert max(waited) < CROWD / 3, "the neighbour waited for the crowd"
    assert {answer["code"] for answer in answers} == {"form.unreadable"}
    assert max(len(json.dumps(answer)) for answer in answers) < 16_000


async def _answered_before(centre: Partner, act: Make, answers: list[dict[str, Any]]) -> int:
    """How many of the crowd were answered while the neighbour waited."""
    before = len(answers)
    assert (await centre.act(act("case-opened")))["outcome"] == "recorded"
    return len(answers) - before


async def test_what_is_heavy_in_lines_over_http_keeps_its_order(network: Network, act: Make) -> None:
    case = str(uuid.uuid4())
    right = [
        act("case-opened", case),
        *(act("contact-made", case, channel="phone", with_whom="person") for _ in range(5)),
    ]
    lines = [line for each in right for line in (json.dumps(each).encode(), wrong(act))]
    body = b"\n".join(lines)
    answer = await asyncio.to_thread(
        network.service.http, "POST", "/api/acts/lines", network.centre.token, body, Content_Type="application/x-ndjson"
    )
    answers = [json.loads(line) for line in answer.body.splitlines()]
    assert [each["outcome"] for each in answers] == ["recorded", "refused"] * 6
    assert [each["version"] for each in answers[::2]] == [1, 2, 3, 4, 5, 6]
    assert [each["line"] for each in answers] == list(range(1, 13))


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        (b'{"limit": 1, "limit" : 2}', ("limit", "field.twice")),
        (b'{"name": "a\\u001b[31m"}', ("name", "field.hidden-character")),
        (b'{"name": "\\ud800"}', ("name", "field.hidden-character")),
    ],
)
async def test_a_question_is_text_too(network: Network, question: bytes, fault: tuple[str, str]) -> None:
    async with network.speaking(network.centre) as [centre]:
        answer = json.loads(
            (await centre.client.request(f"ask.{centre.organisation}.board", question, timeout=20)).data
        )
    assert [(each["path"], each["code"]) for each in answer["fields"]] == [fault]


def test_so_is_one_over_http(network: Network) -> None:
    answer = network.service.http("GET", "/api/board?name=a%1b%5b31m", network.centre.token)
    faults = [(each["path"], each["code"]) for each in answer.body["fields"]]
    assert (answer.status, faults) == (422, [("name", "field.hidden-character")])
