"""What happened to the store while nothing ran is found at the next start and named, and nothing is written over it."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.running_service import COMMAND, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
Damage = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Left:
    """Copies of a data folder: as the service left it, and as it was found when all of it was killed at once."""

    folder: Path
    centre: Member
    last: int

    def copy(self, how: str, to: Path) -> Path:
        shutil.copytree(self.folder / how, to)
        shutil.rmtree(to / "running")
        (to / "nats" / "place.json").unlink()  # as one that an older release has left there
        return to


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("left")
    with running_service(folder / "ended") as service:
        centre = service.add("centre", "employment-centre")
        shutil.copytree(service.data / "nats" / "store", folder / "older")
        last = max(opened(service, centre)["position"] for _ in range(25))
        assert service.http("GET", f"/api/board?after={last}&timeout=20", centre.token).status == 200
        until_noted(service.data, last)
        shutil.copytree(service.data, folder / "killed")
    return Left(folder, centre, last)


def opened(service: RunningService, centre: Member) -> dict[str, Any]:
    body = {
        "type": "case-opened",
        "case": str(uuid.uuid4()),
        "act_id": str(uuid.uuid4()),
        "occurred_at": "2026-11-20T10:00:00+01:00",
        "practitioner": str(uuid.uuid4()),
    }
    answer: dict[str, Any] = service.http("POST", "/api/acts", centre.token, json.dumps(body).encode()).body
    return answer


def until_noted(data: Path, last: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        note = data / "last-entry.json"
        if note.exists() and json.loads(note.read_text())["position"] >= last:
            return
        time.sleep(0.1)
    raise AssertionError("the last entry was not noted")


def blocks(data: Path) -> list[Path]:
    return sorted((data / "nats" / "store").rglob("RECORD/msgs/*.blk"))


def size(data: Path) -> int:
    return sum(block.stat().st_size for block in blocks(data))


def flipped(at: float) -> Damage:
    def flip(data: Path) -> None:
        (block,) = blocks(data)
        content = bytearray(block.read_bytes())
        content[int(len(content) * at)] ^= 4
        block.write_bytes(content)

    return flip


def truncated(by: float) -> Damage:
    def truncate(data: Path) -> None:
        (block,) = blocks(data)
        os.truncate(block, int(block.stat().st_size * (1 - by)))

    return truncate


def removed(data: Path) -> None:
    for block in blocks(data):
        block.unlink()


def flipped_in(name: str) -> Damage:
    def flip(data: Path) -> None:
        (file,) = (data / "nats" / "store").rglob(f"RECORD/{name}")
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 4
        file.write_bytes(content)

    return flip


def gone(name: str, stream: str = "RECORD") -> Damage:
    def remove(data: Path) -> None:
        (file,) = (data / "nats" / "store").rglob(f"{stream}/{name}")
        file.unlink()

    return remove


def put_back(data: Path) -> None:
    shutil.rmtree(data / "nats" / "store")
    shutil.copytree(data.parent / "older", data / "nats" / "store")


MARK = 100
"""Bytes that the server may write by itself: where entries were. An entry has several hundred."""

DAMAGE: dict[str, tuple[Damage, str]] = {
    # what was done: what is said
    "a bit in the middle": (flipped(0.5), r"hole|missing|regressed|lost"),
    "a bit of the last entry": (flipped(0.998), r"regressed"),
    "the last bytes cut": (truncated(0.002), r"regressed|lost"),
    "half of it cut": (truncated(0.5), r"regressed|lost"),
    "the entries gone": (removed, r"regressed"),
    "its description damaged": (flipped_in("meta.inf"), r"cannot read RECORD"),
    "its description gone": (gone("meta.inf"), r"cannot read RECORD"),
    "its main key damaged": (flipped_in("meta.key"), r"cannot read RECORD"),
    "the key of a block damaged": (flipped_in("msgs/1.key"), r"regressed"),
    "the key of a block gone": (gone("msgs/1.key"), r"regressed|cannot read RECORD"),
    "an older copy": (put_back, r"regressed"),
}
CASES = [pytest.param(how, *case, id=f"{how}: {name}") for how in ("ended", "killed") for name, case in DAMAGE.items()]


@pytest.mark.parametrize(("how", "damage", "said"), CASES)
def test_it_is_named_and_nothing_is_written_over_it(
    left: Left, tmp_path: Path, how: str, damage: Damage, said: str
) -> None:
    """With the desk alone: no views that would remember."""
    shutil.copytree(left.folder / "older", tmp_path / "older")
    data = left.copy(how, tmp_path / "data")
    shutil.rmtree(data / "views")
    damage(data)
    before = size(data)
    started = raccordo("serve", "server", "desk", "--data", data, "--nats", "127.0.0.1:0")
    assert started.returncode == 3, started.stderr[-2000:]
    sentence = started.stderr.strip().rpartition("raccordo: ")[2]
    assert re.search(said, sentence), started.stderr
    assert size(data) <= before + MARK, "something was written"
    if "cannot read" in sentence:
        assert size(data) == before, "something was removed"
    examined = raccordo("doctor", "--json", "--data", data)
    assert examined.returncode == 1
    named = {f["check"]: f["says"] for f in json.loads(examined.stdout) if f["verdict"] == "fail"}
    assert named.keys() & {"message server", "record", "record remembered", "record read", "stream RECORD"}, named


def raccordo(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=90, check=False)


@pytest.mark.parametrize("how", ["ended", "killed"])
def test_what_is_whole_starts(left: Left, tmp_path: Path, how: str) -> None:
    """Also where only the server's own index is damaged: it is made from the entries."""
    data = left.copy(how, tmp_path / "data")
    for index in (data / "nats" / "store").rglob("RECORD/msgs/index.db"):
        index.write_bytes(index.read_bytes()[:-9])
    with running_service(data) as service:
        assert opened(service, left.centre)["position"] == left.last + 1
        assert raccordo("doctor", "--data", data).returncode == 0


@pytest.mark.parametrize("key", ["", ".tmp"], ids=["no key", "a key that is not yet in its place"])
@pytest.mark.parametrize("stream", ["RECORD", "FEED", "DROP_*"])
def test_a_server_that_was_killed_while_it_began_a_block_loses_nothing(
    left: Left, tmp_path: Path, stream: str, key: str
) -> None:
    """Left to itself, it would give the stream up and remove all of it."""
    data = left.copy("killed", tmp_path / "data")
    for messages in list((data / "nats" / "store").rglob(f"{stream}/msgs")):
        (messages / "2.blk").touch()
        if key:
            shutil.copy(messages / "1.key", messages / f"2.key{key}")
    with running_service(data) as service:
        assert opened(service, left.centre)["position"] == left.last + 1
        assert raccordo("doctor", "--data", data).returncode == 0


def test_a_feed_that_cannot_be_read_is_not_begun_anew(left: Left, tmp_path: Path) -> None:
    data = left.copy("ended", tmp_path / "data")
    gone("meta.sum", "FEED")(data)
    started = raccordo("serve", "server", "desk", "--data", data, "--nats", "127.0.0.1:0")
    assert started.returncode == 3
    assert "cannot read FEED; nothing was written there" in started.stderr


def test_a_damaged_note_is_said(left: Left, tmp_path: Path) -> None:
    data = left.copy("ended", tmp_path / "data")
    (data / "last-entry.json").write_text("{")
    finished = raccordo("up", "--data", data, "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0")
    assert finished.returncode == 3
    assert "last-entry.json cannot be read" in finished.stderr.replace("\n", "")


def test_a_tail_lost_while_the_service_runs_is_named_by_health_and_doctor(left: Left, tmp_path: Path) -> None:
    """The server is killed, its log loses its end, and it is started again by the service that looks after it."""
    data = left.copy("ended", tmp_path / "data")
    with running_service(data) as service:
        server = service.server_pid
        opened(service, left.centre)
        os.kill(server, signal.SIGSTOP)  # frozen, so that it is not yet started again
        truncated(0.1)(data)
        os.kill(server, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            health = service.health().body
            if health["record"].get("stopped", {}).get("reason") in ("StoreRegressed", "StreamDiffers"):
                break
            time.sleep(0.2)
        assert health["record"]["stopped"]["reason"] in ("StoreRegressed", "StreamDiffers")
        assert health["status"] == "degraded"
        assert opened(service, left.centre)["outcome"] == "try later"
        examined = raccordo("doctor", "--data", data)
        assert examined.returncode == 1
        assert "restore the backup" in examined.stdout
