"""A long replay is read by several processes: it says what one process says, and nothing of it stays behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from eventsourcing.persistence import JSONTranscoder, StoredEvent
from nats.aio.client import RawCredentials

from adapters.jetstream.recorder import open_recorder
from adapters.mapper import EntryMapper
from adapters.nats.identity import Installation
from tests.examples import CENTRE, act, entry
from tests.running_service import COMMAND, RunningService, running_service

SEVERAL = [sys.executable, str(Path(__file__).with_name("several_replays.py"))]
EACH = 200
DONE, REFUSED = 0, 1


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Its record is long, and one entry in its middle cannot be read."""
    with running_service(tmp_path_factory.mktemp("long") / "data") as service:
        yield service


@pytest.fixture(scope="module")
def unreadable(service: RunningService) -> int:
    """The position of that entry."""
    mapper = EntryMapper(JSONTranscoder())
    stored = [mapper.to_stored_event(entry(act("contact-made"), CENTRE, 1, record=_case(n))) for n in range(2 * EACH)]
    later = StoredEvent(_case(2 * EACH), 1, "invented-later", b"{}")
    creds = cast("str", RawCredentials(Installation.open(service.data).service_creds()))
    with open_recorder(service.running.nats, creds) as recorder:
        return recorder.insert_events([*stored[:EACH], later, *stored[EACH:]])[EACH]


def _case(number: int) -> str:
    return f"case/{UUID(int=number, version=4)}"


def command(by: list[str], service: RunningService, *arguments: str) -> list[str]:
    return [*by, "replay", *arguments, "--data", str(service.data)]


def ran(by: list[str], service: RunningService, *arguments: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(command(by, service, *arguments), capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def processes() -> dict[int, int]:
    """Of each that runs its parent."""
    shown = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
    each = (line.split() for line in shown.stdout.splitlines())
    return {int(pid): int(parent) for pid, parent, state, *_ in each if not state.startswith("Z")}


def children(parent: int) -> set[int]:
    return {pid for pid, of in processes().items() if of == parent}


def none_left(pids: set[int]) -> bool:
    deadline = time.monotonic() + 20
    while pids & processes().keys():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def stuck(service: RunningService, unreadable: int) -> Iterator[tuple[subprocess.Popen[bytes], set[int]]]:
    """A replay whose lines nobody takes, and the processes that read for it."""
    with subprocess.Popen(
        command(SEVERAL, service, "--json", "--until", str(unreadable - 1)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as replay:
        try:
            assert replay.stdout is not None
            assert replay.stdout.read(1) == b"{"
            found = children(replay.pid)
            assert len(found) >= 3
            yield replay, found
        finally:
            replay.kill()


@pytest.mark.parametrize(
    "more",
    [("--json",), (), ("--json", "--clock", "occurred", "--until-date", "2020")],
    ids=["lines", "table", "what happened by then"],
)
def test_it_says_what_one_process_says(service: RunningService, unreadable: int, more: tuple[str, ...]) -> None:
    arguments = ("--until", str(unreadable - 1), *more)
    by_one, by_several = (ran(by, service, *arguments) for by in (COMMAND, SEVERAL))
    assert by_several == by_one
    assert by_one[0] == DONE


def test_what_cannot_be_read_ends_it_after_all_that_stands_before_it(service: RunningService, unreadable: int) -> None:
    by_one, by_several = (ran(by, service, "--json") for by in (COMMAND, SEVERAL))
    assert by_several == by_one
    code, lines, said = by_one
    assert (code, lines.count(b"\n")) == (REFUSED, unreadable - 1)
    assert f"The replay ends here: entry {unreadable} is of the unknown type".encode() in said


def test_who_has_read_enough_ends_it(stuck: tuple[Any, set[int]]) -> None:
    replay, reading = stuck
    replay.stdout.close()
    assert replay.wait(20) == DONE
    assert replay.stderr.read() == b""
    assert none_left(reading)


def test_ctrl_c_ends_it_and_nothing_is_said_of_its_processes(stuck: tuple[Any, set[int]]) -> None:
    replay, reading = stuck
    os.killpg(replay.pid, signal.SIGINT)
    _, said = replay.communicate(timeout=20)
    assert replay.returncode not in (None, DONE), said
    assert b"Traceback" not in said
    assert none_left(reading)


@pytest.mark.kills
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_killed_it_leaves_no_process(stuck: tuple[Any, set[int]], by: signal.Signals) -> None:
    replay, reading = stuck
    replay.send_signal(by)
    assert replay.wait(20) == -by
    assert none_left(reading)


@pytest.mark.kills
def test_a_process_that_is_killed_ends_it_in_a_sentence(stuck: tuple[Any, set[int]]) -> None:
    replay, reading = stuck
    for each in reading:
        os.kill(each, signal.SIGKILL)
    _, said = replay.communicate(timeout=20)
    assert b"The record cannot be read: A process that shared the work has ended" in said
    assert none_left(reading)
