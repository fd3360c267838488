"""`raccordo bench` from outside: every row at its tiniest, so that it cannot rot. No time is judged here."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.bench.bench import bench as opened
from adapters.bench.run import GROUPS, NAMES, measured
from adapters.bench.scale import TINY
from adapters.nats.folder import ServerFolder

BENCH = [sys.executable, "-m", "adapters.cli", "bench", "--scale", "tiny"]


OF_HISTORY, _ = GROUPS[-1]
OF_DOORS = [name for name in NAMES if name not in OF_HISTORY]


def rows(*names: str) -> dict[str, dict[str, object]]:
    only = [part for name in names for part in ("--only", name)]
    done = subprocess.run([*BENCH, "--json", *only], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def test_every_row_of_the_doors_can_be_measured() -> None:
    measured = rows(*OF_DOORS)
    assert {name.split("/")[0] for name in measured} == set(OF_DOORS)
    assert [name for name, row in measured.items() if not row["value"] and name != "drop"] == []
    assert {"work", "unit", "peer", "peer_value", "ratio", "target", "met", "settings"} <= set(measured["live"])


def test_every_row_of_a_record_that_grows_can_be_measured() -> None:
    measured = rows(*OF_HISTORY)
    assert {name.split("/")[0] for name in measured} == set(OF_HISTORY)
    assert [name for name, row in measured.items() if not row["value"]] == []


def test_a_replay_needs_no_more_than_the_message_server() -> None:
    assert [name for name, row in rows("replay").items() if not row["value"]] == []


def test_what_cannot_be_measured_fails_only_the_rows_that_need_it(tmp_path: Path) -> None:
    with opened(tmp_path, replace(TINY, queries=0), lambda _: None) as bench:
        by_name = {row.name: row for row in measured(bench, OF_HISTORY)}
    failed = [name for name, row in by_name.items() if row.notes.startswith("failed: at 200 entries, queries: ")]
    assert failed == ["queries/board", "queries/timeline", "memory"]
    assert [name for name, row in by_name.items() if row.value is None] == failed
    assert [n for n in by_name if n not in failed] == ["rebuild", "rebuild/growth", "feed", "replay", "replay/memory"]


def test_interrupted_it_leaves_nothing_running(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    bench = subprocess.Popen([*BENCH, "--only", "live", "--keep", str(folder)], stdout=subprocess.DEVNULL, stderr=-3)
    try:
        data = folder / "live"
        wait(lambda: ServerFolder.of(data).process.exists() and list((data / "running").glob("*.json")) != [])
        begun = [int(file.stem) for file in (data / "running").glob("*.json")]
        begun.append(int(ServerFolder.of(data).process.read_text()))
        bench.send_signal(signal.SIGINT)
        assert bench.wait(30) != 0
        assert [pid for pid in begun if lives(pid)] == []
    finally:
        bench.kill()
        bench.wait()


@pytest.mark.parametrize(("options", "why"), [(["--only", "nothing"], "no row nothing"), (["--keep", "."], "exists")])
def test_what_is_asked_wrongly_is_said(options: list[str], why: str) -> None:
    done = subprocess.run([*BENCH, *options], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, why in done.stderr) == (2, True)


def wait(reached: Callable[[], bool], within: float = 30) -> None:
    deadline = time.monotonic() + within
    while not reached():
        assert time.monotonic() < deadline, "it did not begin"
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
