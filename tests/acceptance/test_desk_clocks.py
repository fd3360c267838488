"""Two desks in processes of their own, one of which has a clock that is wrong: the record's times stay in order."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.partner import Partner, partner
from adapters.running import Running, running
from tests.running_service import COMMAND, Member, RunningService

Make = Callable[..., dict[str, Any]]
ADDRESSES = ["--http", "127.0.0.1:0", "--nats", "127.0.0.1:0"]
WITHIN = 30.0


class Shared(RunningService):
    """A service on whose folder a second desk runs, too."""

    def _told(self) -> Running | None:
        return running(self.data)


class Beside:
    """A second desk on the folder of a service; its clock may be set while it runs."""

    def __init__(self, service: RunningService, folder: Path) -> None:
        self.ahead, self.log = folder / "ahead", folder / "desk.log"
        self._data = service.data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, ahead: float) -> None:
        self.set(ahead)
        command = [sys.executable, str(Path(__file__).parent / "ahead_service.py"), "serve", "desk"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--data", str(self._data), *ADDRESSES],
                stdout=log,
                stderr=log,
                env={**os.environ, "AHEAD": str(self.ahead)},
            )
        until(lambda: "up." in self.log.read_text(), self.log.read_text)

    def set(self, ahead: float) -> None:
        part = self.ahead.with_suffix(".part")
        part.write_text(str(ahead))
        part.replace(self.ahead)

    def end(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    service = Shared(tmp_path / "data")
    try:
        service.start()
        yield service
    finally:
        service.end()


@pytest.fixture
def beside(service: RunningService, tmp_path: Path) -> Iterator[Beside]:
    desk = Beside(service, tmp_path)
    try:
        yield desk
    finally:
        desk.end()


def until(reached: Callable[[], bool], said: Callable[[], Any]) -> None:
    deadline = time.monotonic() + WITHIN
    while not reached():
        assert time.monotonic() < deadline, said()
        time.sleep(0.05)


async def told(service: RunningService, centre: Member, act: Make, *, acts: int) -> list[dict[str, Any]]:
    """Opens a case, then tells of contacts until so many are recorded; each desk gets its share."""
    answers: list[dict[str, Any]] = []
    async with partner(service.running.nats, centre.creds) as speaks:
        case = await opened(speaks, act)
        while sum(answer["outcome"] == "recorded" for answer in answers) < acts:
            body = act("contact-made", case, channel="phone", with_whom="person")
            answers.append(await speaks.act(body))
    return answers


async def opened(speaks: Partner, act: Make) -> str:
    body = act("case-opened")
    while (await speaks.act(body))["outcome"] == "try later":
        pass
    return str(body["case"])


def times(service: RunningService) -> list[tuple[str, datetime]]:
    """Record and recorded time of every entry, in order."""
    ran = subprocess.run(
        [*COMMAND, "replay", "--json", "--data", str(service.data)], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return [(line["record"], datetime.fromisoformat(line["recorded_at"])) for line in lines]


def in_order(found: list[tuple[str, datetime]]) -> None:
    """Never back within one record, and by at most a second along all of it."""
    last: dict[str, datetime] = {}
    latest = found[0][1]
    for record, at in found:
        assert at >= last.get(record, at), record
        assert (latest - at).total_seconds() <= 1
        last[record], latest = at, max(latest, at)


@pytest.mark.parametrize("ahead", [0.7, -0.7])
def test_clocks_that_differ_by_less_than_a_second_share_the_work(
    service: RunningService, beside: Beside, act: Make, ahead: float
) -> None:
    centre = service.add("centre", "employment-centre")
    beside.start(ahead)
    answers = asyncio.run(told(service, centre, act, acts=60))
    assert {answer["outcome"] for answer in answers} == {"recorded"}
    assert service.health().body["clocks"]["desks"] == 2
    in_order(times(service))


@pytest.mark.parametrize("ahead", [1.5, -1.5, 3600.0, -3600.0])
def test_the_desk_whose_clock_is_wrong_puts_acts_off_and_says_why(
    service: RunningService, beside: Beside, act: Make, ahead: float
) -> None:
    centre = service.add("centre", "employment-centre")
    beside.start(ahead)
    answers = asyncio.run(told(service, centre, act, acts=10))
    put_off = [answer for answer in answers if answer["outcome"] == "try later"]
    assert put_off
    assert {answer["code"] for answer in put_off} == {"desk.clock-differs"}
    assert all("clock" in answer["sentence"] and answer["after_s"] for answer in put_off)
    in_order(times(service))
    until(lambda: service.health().status == 503, service.health)
    assert "clocks differ: desk" in service.health().body["clocks"]["stopped"]["reason"]
    metrics = service.http("GET", "/metrics").body.decode()
    assert 'raccordo_stopped{of="clocks"} 1.0' in metrics
    assert f"raccordo_clock_apart_seconds {abs(ahead)}" in metrics
    doctor = subprocess.run(
        [*COMMAND, "doctor", "--data", str(service.data)], capture_output=True, text=True, check=False
    )
    assert doctor.returncode == 1
    assert "follow a time server" in doctor.stdout


def test_a_clock_that_jumps_while_the_desk_runs_is_found_and_forgiven_when_it_is_right(
    service: RunningService, beside: Beside, act: Make
) -> None:
    centre = service.add("centre", "employment-centre")
    beside.start(0)
    assert {a["outcome"] for a in asyncio.run(told(service, centre, act, acts=20))} == {"recorded"}
    beside.set(-30)
    assert "try later" in {a["outcome"] for a in asyncio.run(told(service, centre, act, acts=20))}
    beside.set(0)
    until(lambda: service.health().status == 200, service.health)
    assert {a["outcome"] for a in asyncio.run(told(service, centre, act, acts=20))} == {"recorded"}
    in_order(times(service))


def test_the_desk_that_is_left_alone_goes_on(service: RunningService, beside: Beside, act: Make) -> None:
    centre = service.add("centre", "employment-centre")
    beside.start(20)
    until(lambda: service.health().status == 503, service.health)
    beside.end()
    until(lambda: service.health().status == 200, service.health)
    assert service.health().body["clocks"] == {"desks": 1, "apart_s": 0.0}
    assert {a["outcome"] for a in asyncio.run(told(service, centre, act, acts=5))} == {"recorded"}
