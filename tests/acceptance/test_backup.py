"""A backup taken while acts arrive, restored on an empty machine: the same record, seen to be another incarnation."""

import asyncio
import gzip
import json
import os
import random
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.nats.identity import Installation
from adapters.sql.generations import generations
from adapters.upkeep.history import RecordHistory, open_history
from domain.entry import Entry
from services.views.building import Building
from tests.acceptance.load import Load, faults
from tests.acceptance.streams import record_of, stored
from tests.running_service import COMMAND, Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]


def raccordo(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env={**os.environ, **environment}
    )


def done(*arguments: object, **environment: str) -> str:
    finished = raccordo(*arguments, **environment)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return found


def digests(service: RunningService) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done("views", "digest", "--json", "--data", service.data))
    return found


def caught_up(service: RunningService, member: Member, position: int) -> None:
    assert service.http("GET", f"/api/board?after={position}&timeout=30", member.token).status == 200


def digests_at(service: RunningService, position: int, folder: Path) -> dict[str, str]:
    """The original's views built anew up to the position, and not further."""
    with open_history(Installation.open(service.data), service.running.nats) as history:
        entries = history.page(0, position)
        store = generations(folder).fresh("any")
        building = Building(_Known(history), store)  # type: ignore[arg-type]
        building.take(entries, lambda _: None)
        with store.reading() as snapshot:
            found = {o.id: snapshot.digest(o.id) for o in snapshot.organisations()}
        store.close()
    return found


class _Known:
    def __init__(self, history: RecordHistory) -> None:
        self._history = history

    def entries(self, originator_id: str, after: int = 0) -> list[Entry]:
        found = self._history.entries_up_to(originator_id, self._history.position())
        return [entry for entry in found if entry.originator_version > after]


async def test_taken_under_load_and_restored_elsewhere_it_is_the_same_and_known_to_be_another(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    backup, elsewhere = tmp_path / "backup", tmp_path / "elsewhere"
    with running_service(tmp_path / "data") as service:
        members = [await asyncio.to_thread(service.add, name, "social-service") for name in ("one", "two", "three")]
        load = Load(service, members, random.Random(seed))
        async with load.running():
            await asyncio.sleep(1)
            for _ in range(2):  # the second adds to the first
                await asyncio.to_thread(done, "backup", backup, "--data", service.data)
                await asyncio.sleep(0.3)
        taken = manifest(backup)
        reached = taken["segments"][-1]["last"]
        record = await record_of(service)
        assert len(taken["segments"]) == 2
        assert 0 < reached < len(record), "nothing arrived meanwhile"
        original = await asyncio.to_thread(digests_at, service, reached, tmp_path / "built")
        replayed = done("replay", "--json", "--until", reached, "--data", service.data)
        incarnation = service.http("GET", "/health").body["record"]["incarnation"]
    done("restore", backup, "--data", elsewhere)
    with running_service(elsewhere) as restored:
        caught_up(restored, members[0], reached)
        found = digests(restored)
        assert (found["position"], found["digests"]) == (reached, original)
        assert done("replay", "--json", "--data", elsewhere) == replayed
        again = restored.http("GET", "/health").body["record"]
        assert again["incarnation"] not in ("", incarnation)
        assert await record_of(restored) == record[:reached]
        await _sealed_parts_open(restored, members, load, reached)
        await _followers_notice(restored, members, incarnation)
        assert list(faults(load, record)) == []


async def _sealed_parts_open(service: RunningService, members: list[Member], load: Load, reached: int) -> None:
    """Every entry, with its text, for who wrote it: also the last before the backup ended."""
    notes = 0
    for member in members:
        told = {
            answer["position"]: load.sent[key]
            for key, answer in load.answered.items()
            if key[0] == member.id and answer["position"] <= reached
        }
        for position, sent in told.items():
            body = service.http("GET", f"/api/entries?positions={position}", member.token).body
            if "note" in sent:
                assert sent["note"] in json.dumps(body, ensure_ascii=False), position
                notes += 1
    assert notes > 5


async def _followers_notice(service: RunningService, members: list[Member], before: str) -> None:
    now = service.http("GET", "/health").body["record"]["incarnation"]
    feed = [json.loads(m.data) for m in await stored(service, "FEED") if m.subject != "feed.cursor"]
    assert feed
    assert {message["incarnation"] for message in feed} == {now}
    assert now != before
    first: dict[str, Any] = {}
    for message in await stored(service, "FEED"):
        if message.subject != "feed.cursor":
            first.setdefault(message.subject.split(".")[1], json.loads(message.data))
    assert {member.id for member in members} <= first.keys()
    assert {message["previous"] for message in first.values()} == {None}, "it does not begin anew"


def test_an_act_of_after_the_backup_may_be_sent_again(tmp_path: Path, act: Make) -> None:
    """As a partner does that meets the new incarnation."""
    data, backup, elsewhere = tmp_path / "data", tmp_path / "backup", tmp_path / "elsewhere"
    with running_service(data) as service:
        centre = service.add("centre", "employment-centre")
        acts = [act("case-opened") for _ in range(2)]
        first = tell(service, centre, acts[0])
        done("backup", backup, "--data", data)
        tell(service, centre, acts[1])
    done("restore", backup, "--data", elsewhere)
    with running_service(elsewhere) as restored:
        assert tell(restored, centre, acts[0])["outcome"] == "known already"
        assert tell(restored, centre, acts[1])["outcome"] == "recorded"
        assert tell(restored, centre, acts[0])["position"] == first["position"]


def tell(service: RunningService, member: Member, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", member.token, json.dumps(body).encode()).body
    return answer


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder on which a service ran, and a backup of it, taken when none does."""
    folder = tmp_path_factory.mktemp("stopped")
    with running_service(folder / "data") as service:
        service.add("centre", "employment-centre")
    done("backup", folder / "backup", "--data", folder / "data")
    return folder


@pytest.fixture
def backup(stopped: Path, tmp_path: Path) -> Path:
    """A copy that the test may spoil."""
    return shutil.copytree(stopped / "backup", tmp_path / "backup")


def test_only_its_owner_may_read_any_of_it(backup: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [backup, *backup.iterdir()]}
    assert not any(mode & 0o077 for mode in modes.values()), modes


def test_views_of_the_old_record_are_refused_beside_the_restored_one(
    stopped: Path, backup: Path, tmp_path: Path
) -> None:
    done("restore", backup, "--data", tmp_path / "new")
    shutil.copytree(stopped / "data" / "views", tmp_path / "new" / "views")
    with pytest.raises(AssertionError, match="The record was restored or replaced"), running_service(tmp_path / "new"):
        pass


def test_it_is_never_restored_over_something(stopped: Path, backup: Path) -> None:
    finished = raccordo("restore", backup, "--data", stopped / "data")
    assert finished.returncode == 1
    assert "is not empty" in finished.stderr


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [cut, flipped, Path.unlink])
@pytest.mark.parametrize("which", ["record-*.gz", "keys-*.tar"])
def test_a_spoilt_backup_is_named_and_nothing_is_made_of_it(
    backup: Path, tmp_path: Path, which: str, spoil: Callable[[Path], None]
) -> None:
    (file,) = backup.glob(which)
    spoil(file)
    finished = raccordo("restore", backup, "--data", tmp_path / "new")
    assert finished.returncode == 1
    assert file.name in finished.stderr.replace("\n", "")
    assert not (tmp_path / "new").exists()


def test_entries_exchanged_behind_the_manifests_back_are_found(backup: Path, tmp_path: Path) -> None:
    """Whoever also puts its digest into the manifest does not know the chain of all entries."""
    from adapters.backup.archive import digest_of_file

    (file,) = backup.glob("record-*.gz")
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    other = json.loads(lines[3]) | {"state": json.loads(lines[4])["state"]}
    file.write_bytes(gzip.compress(b"".join([*lines[:3], json.dumps(other).encode() + b"\n", *lines[4:]])))
    said = manifest(backup)
    said["segments"][0]["sha256"] = digest_of_file(file)
    (backup / "manifest.json").write_text(json.dumps(said))
    finished = raccordo("restore", backup, "--data", tmp_path / "new")
    assert finished.returncode == 1
    assert "are not those the manifest names" in finished.stderr


def test_keys_sealed_with_a_passphrase_open_with_it_alone(stopped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    done("backup", folder, "--data", stopped / "data", RACCORDO_BACKUP_PASSPHRASE="una frase lunga")
    (keys,) = folder.glob("keys-*.tar")
    assert b"operator.nk" not in keys.read_bytes()
    assert "sealed with a passphrase" in raccordo("restore", folder, "--data", tmp_path / "none").stderr
    (tmp_path / "wrong").write_text("un'altra")
    wrong = raccordo("restore", folder, "--data", tmp_path / "none", "--passphrase-file", tmp_path / "wrong")
    assert "not the one" in wrong.stderr
    (tmp_path / "right").write_text("una frase lunga\n")
    done("restore", folder, "--data", tmp_path / "new", "--passphrase-file", tmp_path / "right")


def test_the_backup_of_another_installation_is_not_continued(backup: Path, tmp_path: Path) -> None:
    with running_service(tmp_path / "other") as other:
        finished = raccordo("backup", backup, "--data", other.data)
    assert finished.returncode == 1
    assert "another installation" in finished.stderr


def test_nothing_starts_on_a_restore_that_was_interrupted(tmp_path: Path) -> None:
    from adapters.half_restored import MARK

    (tmp_path / "half").mkdir()
    (tmp_path / "half" / MARK).touch()
    finished = raccordo("up", "--data", tmp_path / "half", "--http", "127.0.0.1:0", "--nats", "127.0.0.1:0")
    assert finished.returncode == 3
    assert "not restored to its end" in finished.stderr.replace("\n", " ")


def test_a_backup_that_is_refused_leaves_nothing_and_changes_nothing(stopped: Path, tmp_path: Path) -> None:
    """Onto a folder of something else, and without a message server."""
    (tmp_path / "other").mkdir(mode=0o755)
    (tmp_path / "other" / "letter.txt").write_text("x")
    data, deep = ("--data", stopped / "data"), tmp_path / "not" / "there"
    elsewhere = raccordo("backup", tmp_path / "other", *data)
    assert (elsewhere.returncode, "is no backup" in elsewhere.stderr.replace("\n", " ")) == (1, True)
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o755
    assert raccordo("backup", deep, *data, RACCORDO_NATS_URL="nats://127.0.0.1:1").returncode == 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["letter.txt", "other"]


def test_without_room_nothing_is_left_and_an_earlier_backup_stays_as_it_was(
    stopped: Path, backup: Path, tmp_path: Path
) -> None:
    with running_service(stopped / "data") as service:
        service.add("another", "trainer")
        before = {path.name: path.read_bytes() for path in backup.iterdir()}
        (tmp_path / "empty").mkdir()
        for folder in (tmp_path / "not" / "there", tmp_path / "empty", backup):
            finished = without_room("backup", folder, "--data", stopped / "data")
            assert (finished.returncode, "Traceback" in finished.stderr) == (1, False), finished.stderr
        assert {path.name: path.read_bytes() for path in backup.iterdir()} == before
        assert {path.name for path in tmp_path.iterdir()} == {"empty", backup.name}
        assert not [*(tmp_path / "empty").iterdir()]
        done("backup", backup, "--data", stopped / "data")


def without_room(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command, where no file may have a byte."""
    command = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *COMMAND, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
