"""A data folder that was copied or moved: two that go on with one record would give the same positions twice."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from adapters.nats.folder import ServerFolder
from adapters.running import running, server_on
from tests.running_service import COMMAND, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
ADDRESSES = ["--http", "127.0.0.1:0", "--nats", "127.0.0.1:0"]
UNREACHABLE = 3


@pytest.fixture
def original(tmp_path: Path, act: Make) -> Iterator[tuple[RunningService, Member]]:
    """With one case; stopped again by whoever needs it to be."""
    with running_service(tmp_path / "data") as service:
        centre = service.add("centre", "employment-centre")
        assert told(service, centre, act("case-opened"))["outcome"] == "recorded"
        yield service, centre


def copied(service: RunningService, name: str = "copy") -> RunningService:
    """As an administrator would: also while it runs, and once more where a file went away meanwhile."""
    to = service.data.with_name(name)
    for _ in range(10):
        shutil.rmtree(to, ignore_errors=True)
        if subprocess.run(["cp", "-a", str(service.data), str(to)], check=False).returncode == 0:
            return RunningService(to)
    raise AssertionError(f"{service.data} cannot be copied")


def told(service: RunningService, member: Member, body: dict[str, Any]) -> Any:
    return service.http("POST", "/api/acts", member.token, json.dumps(body).encode()).body


def tried(data: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *(command or ("up", *ADDRESSES)), "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


def asks(ran: subprocess.CompletedProcess[str]) -> bool:
    return ran.returncode == UNREACHABLE and "--moved" in ran.stderr and "--copy" in ran.stderr


def standing(service: RunningService, member: Member) -> tuple[int, str]:
    """Position and incarnation as a partner sees them."""
    health = service.http("GET", "/health", member.token).body["record"]
    return health["position"], health["incarnation"]


def start(service: RunningService, *said: str) -> RunningService:
    service.command = [*COMMAND, "up", *said]
    service.start()
    return service


def test_a_copy_does_not_start_while_the_original_runs_nor_afterwards(
    original: tuple[RunningService, Member],
) -> None:
    service, centre = original
    copy = copied(service)
    assert asks(tried(copy.data))
    assert asks(tried(copy.data, "serve", "server", *ADDRESSES))
    assert service.http("GET", "/api/board", centre.token).status == 200
    service.stop()
    assert asks(tried(copied(service).data))
    ran = tried(copy.data)
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_no_command_on_a_copy_reaches_the_service_of_the_original(original: tuple[RunningService, Member]) -> None:
    service, _ = original
    copy = copied(service)
    assert running(service.data) is not None
    assert running(copy.data) is None
    assert server_on(copy.data) is None
    assert tried(copy.data, "serve", "desk", *ADDRESSES, RACCORDO_NATS_URL="").returncode != 0


def test_what_starts_the_server_of_a_copy_for_a_while_asks_too(original: tuple[RunningService, Member]) -> None:
    service, _ = original
    service.stop()
    copy = copied(service)
    assert asks(tried(copy.data, "backup", str(copy.data.with_name("backup"))))
    doctor = tried(copy.data, "doctor")
    assert doctor.returncode == 1
    assert "--moved" in doctor.stdout


def test_moved_it_goes_on_as_the_same_record(original: tuple[RunningService, Member], act: Make) -> None:
    service, centre = original
    before = standing(service, centre)
    service.stop()
    moved = RunningService(service.data.rename(service.data.with_name("moved")))
    assert asks(tried(moved.data))
    try:
        start(moved, "--moved")
        assert standing(moved, centre) == before
        assert told(moved, centre, act("case-opened"))["position"] == before[0] + 1
        assert moved.stop() == 0
        start(moved)
    finally:
        moved.end()


def test_while_the_original_runs_nobody_can_say_that_it_was_moved(original: tuple[RunningService, Member]) -> None:
    service, centre = original
    copy = copied(service)
    ran = tried(copy.data, "up", "--moved", *ADDRESSES)
    assert ran.returncode == UNREACHABLE
    assert "it was not moved" in ran.stderr
    assert service.http("GET", "/api/board", centre.token).status == 200
    assert asks(tried(copy.data))


def test_a_copy_is_another_record_for_views_feed_and_partners(
    original: tuple[RunningService, Member], act: Make
) -> None:
    service, centre = original
    position, incarnation = standing(service, centre)
    copy = copied(service)
    try:
        start(copy, "--copy")
        assert standing(copy, centre)[0] >= position
        again = standing(copy, centre)[1]
        assert again != incarnation
        opened = told(copy, centre, act("case-opened"))
        board = copy.http("GET", f"/api/board?after={opened['position']}&timeout=20", centre.token).body
        assert len(board["cases"]) == 2
        assert standing(service, centre) == (position, incarnation)
        assert copy.stop() == 0
        start(copy)
        assert standing(copy, centre)[1] == again
        assert service.stop() == 0
        start(service)
        assert standing(service, centre)[1] == incarnation
    finally:
        copy.end()


def test_a_folder_of_before_starts_and_is_noted(original: tuple[RunningService, Member]) -> None:
    service, _ = original
    service.stop()
    (ServerFolder.of(service.data).root / "place.json").unlink()
    start(service)
    service.stop()
    assert asks(tried(copied(service).data))


def test_a_name_for_the_place_lets_a_container_move(original: tuple[RunningService, Member]) -> None:
    service, _ = original
    service.stop()
    service.environment = {"RACCORDO_PLACE": "volume-1"}
    start(service)
    service.stop()
    copy = copied(service)
    assert asks(tried(copy.data, RACCORDO_PLACE="volume-2"))
    copy.environment = {"RACCORDO_PLACE": "volume-1"}
    try:
        start(copy)
    finally:
        copy.end()


def test_a_note_that_was_damaged_is_said(original: tuple[RunningService, Member]) -> None:
    service, _ = original
    service.stop()
    (ServerFolder.of(service.data).root / "place.json").write_text("{")
    ran = tried(service.data)
    assert ran.returncode == UNREACHABLE
    assert "place.json cannot be read" in ran.stderr


@pytest.mark.kills
def test_killed_while_it_becomes_another_record_a_copy_is_finished_by_the_next_start(
    original: tuple[RunningService, Member],
) -> None:
    service, centre = original
    incarnation = standing(service, centre)[1]
    service.stop()
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    for after in [0.0, 0.03, 0.06, random.Random(seed).uniform(0, 0.1)]:
        copy = copied(service, f"copy-{uuid.uuid4().hex[:6]}")
        killed_after(copy.data, after)
        try:
            ran = RunningService(copy.data)
            start(ran)
            assert standing(ran, centre)[1] != incarnation
            ran.stop()
        finally:
            ran.end()


def killed_after(data: Path, seconds: float) -> None:
    """The service and its message server, so long after it was said that it is a copy."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adapters.cli", "up", "--copy", "--data", str(data), *ADDRESSES],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    note = ServerFolder.of(data).root / "place.json"
    while '"becoming":null' in note.read_text():
        time.sleep(0.002)
    time.sleep(seconds)
    process.kill()
    process.wait()
    with suppress(OSError, ValueError):
        server = int(ServerFolder.of(data).process.read_text())
        if str(data) in Path(f"/proc/{server}/cmdline").read_text():  # else it is that of the original
            os.kill(server, signal.SIGKILL)
