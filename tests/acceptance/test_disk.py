"""The disk takes no more, and then it does again: nobody mends anything by hand, and health tells the truth."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.streams import record_of
from tests.running_service import COMMAND, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    with running_service(tmp_path / "data") as running:
        yield running


def tell(service: RunningService, member: Member, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", member.token, json.dumps(body).encode()).body
    return answer


def refuse_writes(service: RunningService) -> None:
    """What its disk would do when it is full: no file of the message server may grow any more."""
    resource.prlimit(service.server_pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


async def test_a_refused_write_is_not_told_as_recorded_and_writing_goes_on_by_itself(
    service: RunningService, act: Make
) -> None:
    """A server whose disk refused a write never writes again, answers as before and calls itself healthy."""
    centre = await asyncio.to_thread(service.add, "centre", "employment-centre")
    recorded = [await asyncio.to_thread(tell, service, centre, act("case-opened"))]
    before = service.server_pid
    refuse_writes(service)
    bodies = [act("case-opened") for _ in range(4)]
    began = time.monotonic()
    for body in bodies:
        while (answer := await asyncio.to_thread(tell, service, centre, body))["outcome"] == "try later":
            assert time.monotonic() - began < 60, "it did not go on by itself"
            await asyncio.sleep(0.2)
        recorded.append(answer)
    assert service.server_pid != before
    assert all(answer["outcome"] in ("recorded", "known already") for answer in recorded)
    on_record = [line.act_id for line in await record_of(service) if line.type == "case-opened"]
    assert on_record.count(bodies[0]["act_id"]) == 1
    assert {body["act_id"] for body in bodies} <= set(on_record)
    assert len(on_record) == len(set(on_record))


def test_without_room_health_says_so_and_every_act_is_put_off(tmp_path: Path, act: Make) -> None:
    with running_service(tmp_path / "data", environment={"RACCORDO_ROOM": "0"}) as service:
        centre = service.add("centre", "employment-centre")
        assert tell(service, centre, act("case-opened"))["outcome"] == "recorded"
        service.stop()
        service.environment["RACCORDO_ROOM"] = str(2**60)
        service.start()
        told = tell(service, centre, act("case-opened"))
        assert (told["outcome"], told["after_s"], told["code"]) == ("try later", 30, "disk.no-room")
        health = service.health()
        assert (health.status, health.body["disk"]["room"]) == (503, False)


def test_while_writes_fail_health_says_so(service: RunningService, act: Make) -> None:
    """Whatever the message server says of itself."""
    centre = service.add("centre", "employment-centre")
    os.kill(service.server_pid, signal.SIGSTOP)
    try:
        assert tell(service, centre, act("case-opened"))["outcome"] == "try later"
    finally:
        os.kill(service.server_pid, signal.SIGCONT)
    health = service.health()
    assert (health.status, health.body["status"]) == (503, "degraded")
    assert health.body["desk"]["stopped"]["reason"] == "OutcomeUnknown"
    assert tell(service, centre, act("case-opened"))["outcome"] == "recorded"
    assert "stopped" not in service.health().body["desk"]


@pytest.mark.parametrize("data", ["/proc/raccordo", "/dev/null/raccordo"])
def test_a_folder_that_cannot_be_written_is_refused_in_a_sentence(data: str) -> None:
    command = [*COMMAND, "up", "--data", data, "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert finished.returncode == 3
    assert "cannot be written" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_clock_set_back_between_two_starts_never_sets_the_record_back(tmp_path: Path, act: Make) -> None:
    """By the seam that every part takes its time from."""
    data = tmp_path / "data"
    with running_service(data) as service:
        centre = service.add("centre", "employment-centre")
        first = tell(service, centre, act("case-opened", occurred_at="2026-01-01T10:00:00Z"))["position"]
    command = [sys.executable, str(Path(__file__).parent / "early_service.py"), "up"]
    with running_service(data, command=command) as early:
        second = tell(early, centre, act("case-opened", occurred_at="2026-01-01T10:00:00Z"))["position"]
        body = early.http("GET", f"/api/entries?positions={first}&positions={second}&after={second}", centre.token).body
    times = [entry["recorded_at"] for entry in body["entries"]]
    assert times == sorted(times)
    assert len(times) == 2
