"""Who is over its budget is told to try later, and when, at every door; nobody else notices."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import nats.js.errors
import pytest
from nats.aio.client import Client
from prometheus_client.parser import text_string_to_metric_families

from adapters.partner import partner
from adapters.upkeep.doctor import examined
from tests.acceptance.dropping import answered, answers_on_the_feed, dropped, plainly, subject_of
from tests.running_service import Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
AT_ONCE = 20
LIMITS = {
    "RACCORDO_ACTS_AT_ONCE": str(AT_ONCE),
    "RACCORDO_ACTS_A_SECOND": "2",
    "RACCORDO_RECORD_BYTES_A_DAY": "200000",
    "RACCORDO_DROP_BYTES": "200000",
    "RACCORDO_JOINS_A_DAY": "3",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("budgets") / "data", environment=LIMITS) as running:
        yield running


@pytest.fixture
def flood(service: RunningService) -> Member:
    """New for each test, so that nothing of it is used yet."""
    return service.add(f"flood-{uuid.uuid4().hex[:6]}", "social-cooperative-b")


@pytest.fixture
def other(service: RunningService) -> Member:
    return service.add(f"other-{uuid.uuid4().hex[:6]}", "employment-centre")


def posted(service: RunningService, member: Member, body: dict[str, Any], path: str = "/api/acts") -> Any:
    return service.http("POST", path, member.token, json.dumps(body).encode())


async def live(service: RunningService, member: Member, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All sent at once."""
    async with partner(service.running.nats, member.creds, within=30) as speaks:
        return await asyncio.gather(*(speaks.act(body) for body in bodies))


def put_off(answers: list[dict[str, Any]]) -> int:
    """How many; each says when to come again, and why not now."""
    later = [answer for answer in answers if answer["outcome"] == "try later"]
    assert {answer["code"] for answer in later} <= {"budget.acts", "budget.bytes"}
    assert all(answer["after_s"] >= 1 for answer in later)
    assert {answer["outcome"] for answer in answers} <= {"recorded", "try later"}
    return len(later)


def used_up(service: RunningService, flood: Member, act: Make) -> None:
    bodies = [act("case-opened") for _ in range(3 * AT_ONCE)]
    answers = asyncio.run(live(service, flood, bodies))
    assert AT_ONCE < put_off(answers) <= 2 * AT_ONCE


def test_over_its_acts_it_is_told_when_and_nobody_else_notices(
    service: RunningService, flood: Member, other: Member, act: Make
) -> None:
    used_up(service, flood, act)
    assert posted(service, other, act("case-opened")).status == 201
    answers = [posted(service, flood, act("case-opened")) for _ in range(12)]
    late = [answer for answer in answers if answer.status == 503]
    assert late
    assert all(int(answer.headers["retry-after"]) == answer.body["after_s"] >= 1 for answer in late)
    cloudevent = {"specversion": "1.0", "id": "1", "source": flood.id, "type": "case-opened"}
    events = [posted(service, flood, {**cloudevent, "data": act("case-opened")}) for _ in range(12)]
    assert 503 in {answer.status for answer in events}


def test_of_many_lines_those_that_are_within_it_are_recorded_in_order(
    service: RunningService, flood: Member, act: Make
) -> None:
    body = "\n".join(json.dumps(act("case-opened")) for _ in range(3 * AT_ONCE)).encode()
    told = service.http("POST", "/api/acts/lines", flood.token, body).body.decode().splitlines()
    outcomes = [json.loads(line)["outcome"] for line in told]
    recorded = outcomes.count("recorded")
    assert recorded >= AT_ONCE
    assert outcomes == ["recorded"] * recorded + ["try later"] * (3 * AT_ONCE - recorded)


async def test_what_is_dropped_waits_until_it_may_come_and_keeps_its_order(
    service: RunningService, act: Make, request: pytest.FixtureRequest
) -> None:
    flood, other = await asyncio.to_thread(lambda: [request.getfixturevalue(name) for name in ("flood", "other")])
    bodies = [act("case-opened", person={"names": [str(n)]}) for n in range(AT_ONCE + 8)]
    async with plainly(service, flood) as client, plainly(service, other) as beside:
        numbers = await dropped(client, flood, *bodies)
        one = await dropped(beside, other, act("case-opened"))
        [first] = await answered(service, other, one)
        assert first["answer"]["outcome"] == "recorded"
        found = await answered(service, flood, numbers)
    assert {each["answer"]["outcome"] for each in found} == {"recorded"}
    assert [each["act_id"] for each in found] == [body["act_id"] for body in bodies]


async def test_a_full_drop_door_refuses_at_once_and_the_others_stay_open(
    service: RunningService, act: Make, request: pytest.FixtureRequest
) -> None:
    flood, other = await asyncio.to_thread(lambda: [request.getfixturevalue(name) for name in ("flood", "other")])
    await asyncio.to_thread(used_up, service, flood, act)
    body = act("case-opened")
    async with plainly(service, flood) as client, plainly(service, other) as beside:
        with pytest.raises(nats.js.errors.APIError, match="maximum bytes exceeded"):
            await filled(client, subject_of(flood, body))
        assert await dropped(beside, other, act("case-opened"))


async def filled(client: Client, subject: str) -> None:
    """Far beyond what may wait there."""
    for _ in range(40):
        await client.jetstream().publish(subject, b"x" * 60_000)


def test_over_its_bytes_of_a_day_also_after_a_restart(tmp_path_factory: pytest.TempPathFactory, act: Make) -> None:
    """Of a dry run, and of what is refused, nothing is counted."""
    folder = tmp_path_factory.mktemp("bytes") / "data"
    large = {"person": {"names": ["N" * 200] * 10, "identifiers": [{"kind": "k", "value": "v" * 200}] * 20}}
    with running_service(folder, environment={**LIMITS, "RACCORDO_ACTS_AT_ONCE": "1000"}) as service:
        flood, other = service.add("flood", "social-cooperative-b"), service.add("other", "employment-centre")
        for _ in range(40):
            assert posted(service, flood, {**act("case-opened", **large), "dry_run": True}).status == 200
        answers = [posted(service, flood, act("case-opened", **large)) for _ in range(60)]
        assert {answer.status for answer in answers} == {201, 503}
        assert answers[-1].body["after_s"] > 60
        assert posted(service, other, act("case-opened", **large)).status == 201
        service.stop()
        service.start()
        assert posted(service, flood, act("case-opened", **large)).status == 503
        assert posted(service, other, act("case-opened", **large)).status == 201


async def test_rubbish_that_is_dropped_uses_up_the_room_of_its_answers_and_no_more(
    service: RunningService, act: Make, request: pytest.FixtureRequest
) -> None:
    """An answer is kept for months: 200,000 bytes a day are 400 of them."""
    flood, other = await asyncio.to_thread(lambda: [request.getfixturevalue(name) for name in ("flood", "other")])
    async with plainly(service, flood) as client, plainly(service, other) as beside:
        for _ in range(6):
            sent = (client.jetstream().publish(f"drop.{flood.id}.a", b"{}", timeout=20) for _ in range(100))
            await asyncio.gather(*sent)
        [first] = await answered(service, other, await dropped(beside, other, act("case-opened")))
        assert first["answer"]["outcome"] == "recorded"
        ends = asyncio.get_running_loop().time() + 20
        while (kept := len(await answers_on_the_feed(service, flood))) < 400:
            assert asyncio.get_running_loop().time() < ends
        await asyncio.sleep(1)
        assert kept <= len(await answers_on_the_feed(service, flood)) <= 600 - 1


def test_one_is_not_brought_into_more_cases_a_day_than_the_budget_of_who_does_it(
    service: RunningService, flood: Member, other: Member, act: Make
) -> None:
    answers = []
    for _ in range(5):
        case = posted(service, flood, opened := act("case-opened"))
        assert case.status == 201
        joined = act("member-joined", opened["case"], organisation=other.id, role="observer")
        answers.append(posted(service, flood, joined))
    assert [answer.status for answer in answers] == [201, 201, 201, 503, 503]
    assert answers[-1].body["after_s"] > 1000
    assert answers[-1].body["code"] == "budget.joins"
    sent = act("referral-sent", referral=str(uuid.uuid4()), to=other.id, service="lab", need="un bisogno")
    assert posted(service, flood, sent).status == 503
    assert posted(service, other, act("case-opened")).status == 201


def test_what_follows_a_join_that_waits_does_not_overtake_it(
    service: RunningService, flood: Member, other: Member, act: Make
) -> None:
    opened = act("case-opened")
    joins = [act("member-joined", opened["case"], organisation=other.id, role="observer") for _ in range(4)]
    left = act("member-left", opened["case"], organisation=other.id, reason_class="other")
    body = "\n".join(json.dumps(each) for each in (opened, *joins, left)).encode()
    told = service.http("POST", "/api/acts/lines", flood.token, body).body.decode().splitlines()
    assert [json.loads(line)["outcome"] for line in told] == ["recorded"] * 4 + ["try later"] * 2


async def test_a_join_over_its_budget_is_answered_at_the_drop_door_and_all_the_rest_goes_on(
    service: RunningService, act: Make, request: pytest.FixtureRequest
) -> None:
    """It would hold up everything that comes after it for hours."""
    flood, other = await asyncio.to_thread(lambda: [request.getfixturevalue(name) for name in ("flood", "other")])
    opened = act("case-opened")
    joins = [act("member-joined", opened["case"], organisation=other.id, role="observer") for _ in range(4)]
    contact = act("contact-made", opened["case"], channel="phone", with_whom="person")
    async with plainly(service, flood) as client:
        numbers = await dropped(client, flood, opened, *joins, act("case-opened"), contact)
        answers = [each["answer"] for each in await answered(service, flood, numbers)]
    assert [answer["outcome"] for answer in answers] == ["recorded"] * 4 + ["refused"] + ["recorded"] * 2
    assert answers[4]["code"] == "budget.joins"
    assert "later" in answers[4]["sentence"]


def test_doctor_and_metrics_tell_totals_and_name_nobody(
    service: RunningService, flood: Member, other: Member, act: Make
) -> None:
    used_up(service, flood, act)
    sent = [act("referral-sent", referral=str(uuid.uuid4()), to=flood.id, service="lab") for _ in range(5)]
    assert [posted(service, other, each).status for each in sent] == [201, 201, 201, 503, 503]
    text = service.http("GET", "/metrics").body.decode()
    assert flood.id not in text
    found = {
        (sample.name, sample.labels.get("of")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["raccordo_over_budget", "joins"] >= 1
    assert found["raccordo_put_off_acts", "acts"] >= AT_ONCE
    assert found["raccordo_held_bytes", "drop"] >= 0
    [finding] = [each for each in asyncio.run(examined(service.data)) if each.check == "budgets"]
    assert finding.verdict == "warn"
    assert "acts put off" in finding.says
    [named] = re.findall(r"^\d+ used up \(([^)]+)\)", finding.says)
    assert {"acts", "joins"} <= {*re.findall(r"[a-z]+", named)}
    assert flood.id not in finding.says
