"""What is tried on a disk of 200 MB: `test_full_disk.py` makes one and runs each of these on it.

The folder is named in SMALL_DISK. It is a file system in memory, which nobody else sees.
"""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nats.errors
import nats.js.errors
import pytest

from adapters.partner import Partner, partner
from adapters.upkeep.doctor import examined
from tests.running_service import COMMAND, Member, RunningService

DISK = Path(os.environ.get("SMALL_DISK", "/nowhere"))
MB = 1024 * 1024
FLOOR = 100 * MB
RUBBISH = b"x" * 120_000

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def service() -> Iterator[RunningService]:
    environment = {"RACCORDO_ROOM": str(FLOOR), "RACCORDO_RESERVE": str(8 * MB)}
    made = RunningService(DISK / "data", environment=environment)
    try:
        made.start(within=90)
        yield made
    finally:
        made.end()


@pytest.fixture
def centre(service: RunningService) -> Member:
    return service.add("centre", "employment-centre")


@pytest.fixture
def flood(service: RunningService) -> Member:
    return service.add("flood", "social-cooperative-b")


def free() -> int:
    return shutil.disk_usage(DISK).free


def fill(*, leaving: int = 0) -> Path:
    """As another program does; nothing at all is left where nothing is said."""
    file = DISK / "somebody-elses"
    with file.open("wb") as filling:
        try:
            while free() > leaving:
                filling.write(b"\0" * min(MB, max(1, free() - leaving)))
                filling.flush()
        except OSError:
            pass
    return file


def tell(service: RunningService, member: Member, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", member.token, json.dumps(body).encode()).body
    return answer


def until(reached: Callable[[], bool], within: float = 60.0) -> None:
    ends = time.monotonic() + within
    while not reached():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.2)


def raccordo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments, "--data", str(DISK / "data")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def takes_nothing(speaks: Partner) -> bool:
    """Whether the drop door refuses at once."""
    subject = f"drop.{speaks.organisation}.case.a.case-opened"
    began = time.monotonic()
    try:
        await speaks.client.jetstream().publish(subject, b"{}", timeout=20)
    except (nats.js.errors.Error, nats.errors.Error):
        return time.monotonic() - began < 5
    return False


async def test_rubbish_at_every_door_takes_no_room_from_the_others(
    service: RunningService, centre: Member, flood: Member, act: Make
) -> None:
    before = free()
    async with partner(service.running.nats, flood.creds, within=60) as speaks:
        for _ in range(50):
            live = (speaks.client.request(f"in.{flood.id}.case.a.case-opened", RUBBISH, timeout=60) for _ in range(30))
            answers = await asyncio.gather(*live)
        assert {json.loads(answer.data)["outcome"] for answer in answers} == {"refused"}
        stream = speaks.client.jetstream()
        for _ in range(30):
            dropped = (stream.publish(f"drop.{flood.id}.case.a.case-opened", RUBBISH, timeout=60) for _ in range(30))
            await asyncio.gather(*dropped, return_exceptions=True)
            if free() < FLOOR:
                break
        for _ in range(1500 // 50):
            http = (asyncio.to_thread(service.http, "POST", "/api/acts", flood.token, RUBBISH) for _ in range(5))
            await asyncio.gather(*http)
    told = await asyncio.to_thread(tell, service, centre, act("case-opened"))
    assert told["outcome"] == "recorded"
    assert before - free() < 90 * MB
    assert service.http("GET", "/health").body["budgets"]["not_kept"]["quota"] > 1000


async def test_on_a_full_disk_the_office_acts_and_the_service_starts(
    service: RunningService, centre: Member, flood: Member, act: Make
) -> None:
    until((service.data / "reserve").exists)
    filling = fill()
    assert free() < MB
    told = tell(service, centre, act("case-opened"))
    assert (told["outcome"], told["after_s"], told["code"]) == ("try later", 30, "disk.no-room")
    health = service.http("GET", "/health")
    assert (health.status, health.body["disk"]) == (503, {"room": False}), health.body
    async with partner(service.running.nats, flood.creds) as speaks:
        suspended = await asyncio.to_thread(raccordo, "org", "suspend", flood.id)
        assert suspended.returncode == 0, suspended.stdout + suspended.stderr
        until(lambda: not speaks.client.is_connected, within=10)
    assert not (service.data / "reserve").exists()
    await asyncio.to_thread(service.stop)
    await asyncio.to_thread(service.start, within=60)
    health = service.http("GET", "/health")
    assert (health.status, health.body["disk"]) == (503, {"room": False}), health.body
    filling.unlink()
    until(lambda: tell(service, centre, act("case-opened"))["outcome"] == "recorded")
    until(lambda: bool(service.http("GET", "/health").status == 200))
    until((service.data / "reserve").exists)
    assert tell(service, flood, act("case-opened"))["code"] == "organisation.suspended"


async def test_it_starts_on_a_disk_that_was_filled_while_it_was_down(
    service: RunningService, centre: Member, act: Make
) -> None:
    until((service.data / "reserve").exists)
    assert service.stop() == 0
    filling = fill()
    await asyncio.to_thread(service.start, within=60)
    assert tell(service, centre, act("case-opened"))["outcome"] == "try later"
    assert raccordo("org", "list").returncode == 0
    rebuilt = raccordo("views", "rebuild")
    assert (rebuilt.returncode, "no room on the disk" in rebuilt.stderr) == (1, True)
    verdicts = {finding.check: finding.verdict for finding in await examined(service.data)}
    assert (verdicts["disk"], verdicts["service"]) == ("fail", "fail")
    filling.unlink()
    until(lambda: tell(service, centre, act("case-opened"))["outcome"] == "recorded")


async def test_the_drop_doors_are_closed_before_the_disk_is_full_and_opened_after(
    service: RunningService, centre: Member, act: Make
) -> None:
    async with partner(service.running.nats, centre.creds) as speaks:
        assert not await takes_nothing(speaks)
        filling = fill(leaving=FLOOR)
        ends = time.monotonic() + 20
        while not await takes_nothing(speaks):
            assert time.monotonic() < ends
            await asyncio.sleep(0.2)
        filling.unlink()
        ends = time.monotonic() + 20
        while await takes_nothing(speaks):
            assert time.monotonic() < ends
            await asyncio.sleep(0.2)
    assert tell(service, centre, act("case-opened"))["outcome"] == "recorded"
