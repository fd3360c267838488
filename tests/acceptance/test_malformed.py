"""Acts in which all is wrong cost their sender's time, and nobody else's."""

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any

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
    body, answered = wrong(act), 0
    network.service.http("GET", "/health")
    flood = await connect(network.service.running.nats, network.stranger.creds)

    async def tell() -> dict[str, Any]:
        nonlocal answered
        subject = f"in.{network.stranger.id}.case.{uuid.uuid4()}.case-opened"
        answer: dict[str, Any] = json.loads((await flood.request(subject, body, timeout=60)).data)
        answered += 1
        return answer

    async with network.speaking(network.centre) as [centre]:
        await centre.act(act("case-opened"))  # connected and known
        crowd = asyncio.gather(*(tell() for _ in range(CROWD)))
        await asyncio.sleep(0)
        before = [await _answered_before(centre, act, lambda: answered) for _ in range(3)]
        answers = await crowd
    await flood.close()
    assert before[0] < CROWD / 2, "the neighbour waited for the whole crowd"
    assert {answer["code"] for answer in answers} == {"form.unreadable"}
    assert max(len(json.dumps(answer)) for answer in answers) < 16_000


async def _answered_before(centre: Partner, act: Make, answered: Callable[[], int]) -> int:
    """How many of the crowd were answered before the neighbour was."""
    assert (await centre.act(act("case-opened")))["outcome"] == "recorded"
    return answered()


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
