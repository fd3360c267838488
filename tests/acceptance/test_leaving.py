"""Who was brought into cases that it never asked for leaves them: one, some, or all of a sender."""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Network
from tests.acceptance.test_commands import DONE, REFUSED, WRONG_USE, json_of, raccordo
from tests.running_service import Member

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def data(network: Network) -> Path:
    return network.service.data


@pytest.fixture
def coop(network: Network) -> Member:
    """New: nobody has brought it in anywhere."""
    return network.service.add(f"leaving-{uuid.uuid4().hex[:6]}", "social-cooperative-b")


def creds_of(network: Network, member: Member) -> str:
    found = (path for path in network.service.data.glob("*.creds") if path.read_text() == member.creds)
    return str(next(found))


async def brought_in(network: Network, by: Member, whom: Member, act: Make, case: str | None = None) -> str:
    """As a member of a new case."""
    opened = act("case-opened", case)
    async with network.speaking(by) as [speaks]:
        for body in (opened, act("member-joined", opened["case"], organisation=whom.id, role="observer")):
            answer = await speaks.act(body)
            assert answer["outcome"] == "recorded", answer
        await speaks.ask("board", {"after": answer["position"]})
    return str(opened["case"])


async def referred(network: Network, by: Member, whom: Member, act: Make) -> str:
    """Asked by a referral that opens the case."""
    sent = act("referral-sent", referral=str(uuid.uuid4()), to=whom.id, service="lab", need="un bisogno")
    async with network.speaking(by) as [speaks]:
        answer = await speaks.act(sent)
        assert answer["outcome"] == "recorded", answer
        await speaks.ask("board", {"after": answer["position"]})
    return str(sent["case"])


def test_nobody_has_brought_it_in(network: Network, coop: Member, data: Path) -> None:
    assert json_of(data, "leave", "--creds", creds_of(network, coop)) == []


async def test_they_are_listed_with_who_brought_it_in_and_one_is_left(
    network: Network, request: pytest.FixtureRequest, act: Make, data: Path
) -> None:
    coop = await asyncio.to_thread(lambda: request.getfixturevalue("coop"))
    creds = creds_of(network, coop)
    cases = [await brought_in(network, by, coop, act) for by in (network.centre, network.health, network.centre)]
    asked = await referred(network, network.centre, coop, act)

    def tried() -> None:
        listed = json_of(data, "leave", "--creds", creds)
        assert {(each["case"], each["sender"]) for each in listed} == {
            *((case, network.centre.id) for case in (cases[0], cases[2], asked)),
            (cases[1], network.health.id),
        }
        shown = raccordo(data, "leave", "--creds", creds)
        assert (shown.exit_code, all(case in shown.stdout for case in cases)) == (DONE, True)
        for name in ("centre", "health"):  # by name before the id
            assert f" {name} " in shown.stdout
        would = raccordo(data, "leave", "--sender", network.centre.id, "--creds", creds, "--dry-run")
        assert (would.exit_code, all(case in would.stdout for case in (cases[0], cases[2], asked))) == (DONE, True)
        assert cases[1] not in would.stdout
        assert "would leave 2 cases, would decline 1 referral, 0 refused" in would.stdout
        nobody = raccordo(data, "leave", "--sender", "oaaaaaaaaaaaa", "--creds", creds, "--dry-run")
        assert (nobody.exit_code, "No organisation oaaaaaaaaaaaa is on the record" in nobody.stderr) == (REFUSED, True)
        assert len(json_of(data, "leave", "--creds", creds)) == 4
        all_of_them = raccordo(data, "leave", *cases, "--creds", creds, "--dry-run")
        assert "would leave 3 cases, would decline 0 referrals, 0 refused" in all_of_them.stdout
        end = cases[0][-12:]
        for named in (end, f"…{end}"):
            would = raccordo(data, "leave", named, "--creds", creds, "--dry-run")
            assert (would.exit_code, cases[0] in would.stdout, cases[1] in would.stdout) == (DONE, True, False)
        prompted = raccordo(data, "leave", end, "--creds", creds)  # nobody answers
        assert "Leave 1 case, and decline 0 referrals?" in prompted.stderr
        nowhere = raccordo(data, "leave", "00000000beef", "--creds", creds, "--yes")
        assert (nowhere.exit_code, "into 00000000beef" in nowhere.stderr) == (REFUSED, True)
        left = raccordo(data, "leave", end, "--creds", creds, "--yes", "--reason", "by-mistake")
        assert (left.exit_code, "left 1 case, declined 0 referrals, 0 refused" in left.stdout) == (DONE, True)
        until_left(data, creds, 3)
        assert raccordo(data, "leave", cases[0], "--creds", creds, "--yes").exit_code == REFUSED
        done = json_of(data, "leave", "--sender", network.centre.id, "--creds", creds, "--yes")
        assert {(each["case"], each["outcome"]) for each in done} == {(cases[2], "recorded"), (asked, "recorded")}
        until_left(data, creds, 1)
        assert raccordo(data, "leave", "x", "--sender", "y", "--creds", creds).exit_code == WRONG_USE

    await asyncio.to_thread(tried)


def until_left(data: Path, creds: str, rest: int) -> None:
    """The views follow a moment later."""
    for _ in range(100):
        if len(json_of(data, "leave", "--creds", creds)) == rest:
            return
    raise AssertionError


async def test_several_cases_with_one_end_are_named_and_none_is_left(
    network: Network, request: pytest.FixtureRequest, act: Make, data: Path
) -> None:
    coop = await asyncio.to_thread(lambda: request.getfixturevalue("coop"))
    creds = creds_of(network, coop)
    first = await brought_in(network, network.centre, coop, act)
    like_it = await brought_in(network, network.centre, coop, act, f"{uuid.uuid4()}"[:-4] + first[-4:])

    def tried() -> None:
        several = raccordo(data, "leave", first[-4:], "--creds", creds, "--yes")
        assert (several.exit_code, first in several.stderr, like_it in several.stderr) == (REFUSED, True, True)
        assert len(json_of(data, "leave", "--creds", creds)) == 2

    await asyncio.to_thread(tried)


async def hosted(network: Network, whom: Member, act: Make) -> str:
    """By a member, in a placement only: the responsible has not confirmed it."""
    opened = act("case-opened")
    case = opened["case"]
    joined = act("member-joined", case, organisation=network.health.id, role="specialist")
    async with network.speaking(network.centre, network.health) as [centre, health]:
        agreed = act("placement-agreed", case, placement=str(uuid.uuid4()), host=whom.id, promoter=network.health.id)
        for speaks, body in ((centre, opened), (centre, joined), (health, {**agreed, "channel": "job-in-company"})):
            answer = await speaks.act(body)
            assert answer["outcome"] == "recorded", answer
        await health.ask("board", {"after": answer["position"]})
    return str(case)


async def test_a_host_that_stands_in_a_placement_only_leaves_it(
    network: Network, request: pytest.FixtureRequest, act: Make, data: Path
) -> None:
    coop = await asyncio.to_thread(lambda: request.getfixturevalue("coop"))
    creds, case = creds_of(network, coop), await hosted(network, coop, act)

    def tried() -> None:
        (listed,) = json_of(data, "leave", "--creds", creds)
        assert (listed["case"], listed["sender"], listed["because"]) == (case, network.health.id, "placement-agreed")
        left = raccordo(data, "leave", case, "--creds", creds, "--yes", "--reason", "by-mistake")
        assert (left.exit_code, "left 1 case," in left.stdout) == (DONE, True)
        until_left(data, creds, 0)
        seen = json_of(data, "case", case, "--creds", creds)["timeline"]["entries"]
        assert [(entry["type"], entry["organisation"]) for entry in seen] == [("member-left", coop.id)]

    await asyncio.to_thread(tried)
