"""The service fails in deciding one dropped act: that one is kept aside, and the next go on."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.dropping import act, answered, contact, dropped, plainly
from tests.acceptance.faulty_service import COUNT
from tests.acceptance.test_commands import json_of
from tests.running_service import Member, RunningService, running_service

FAULTY = [sys.executable, str(Path(__file__).parent / "faulty_service.py"), "up"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    with running_service(tmp_path / "data", command=FAULTY) as service:
        yield service


@pytest.fixture
def sender(service: RunningService) -> Member:
    return service.add("sender", "employment-centre")


async def test_a_dropped_act_in_which_the_service_fails_again_and_again_is_kept_aside(
    service: RunningService, sender: Member
) -> None:
    opened = act("case-opened")
    failing, next_one = contact(opened["case"], count=COUNT), contact(opened["case"])
    async with plainly(service, sender) as client:
        numbers = await dropped(client, sender, opened, failing, next_one, act("case-opened"))
        answers = [each["answer"] for each in await answered(service, sender, numbers)]
    assert [each["outcome"] for each in answers] == ["recorded", "refused", "recorded", "recorded"]
    assert answers[1]["code"] == "service.fault"
    assert answers[1]["sentence"].startswith("A fault of the service")
    (kept,) = await asyncio.to_thread(json_of, service.data, "dead", "list")
    assert (kept["reason"], kept["organisation"]) == ("service.fault", sender.id)
