"""Batches are put together in memory; a killed server, a machine that was off and a stranger's folder do no harm."""

import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent
from nats.aio.client import Client, RawCredentials

from adapters.jetstream.batch import Conflict
from adapters.jetstream.link import Address
from adapters.jetstream.recorder import JetStreamApplicationRecorder, open_recorder
from adapters.jetstream.streams import create_all
from adapters.nats import staging
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from adapters.nats.staging import stage_in_memory

EACH = 50


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the place of the file system in memory, which not every machine has."""
    (folder := tmp_path / "memory").mkdir()
    monkeypatch.setattr(staging, "MEMORY", folder)
    return folder


@pytest.fixture
async def server(memory: Path) -> AsyncIterator[NatsServer]:
    """With the streams of a service."""
    installation = Installation.open(memory.parent / "data")
    with NatsServer(installation) as running:
        creds = RawCredentials(installation.administrator_creds())
        await create_all(Address(running.url, creds), there=set())  # type: ignore[arg-type]
        yield running


def batches(server: NatsServer) -> Path:
    [found] = server.folder.store.glob("jetstream/*/streams/RECORD")
    return found / "batches"


def recorder(server: NatsServer) -> JetStreamApplicationRecorder:
    creds = RawCredentials(server._installation.service_creds())
    return open_recorder(server.url, creds)  # type: ignore[arg-type]


def entries(number: int, *, size: int = 1000) -> list[StoredEvent]:
    """A batch, each of another case."""
    return [StoredEvent(f"case/{number}-{n}", 1, "contact-made", b"x" * size) for n in range(EACH)]


def stored(server: NatsServer, number: int) -> bool:
    with recorder(server) as record:
        record.insert_events(entries(number))
        return len(record.select_events(f"case/{number}-{EACH - 1}")) == 1


async def begun(server: NatsServer) -> None:
    """A batch of which the end never comes."""
    client: Client = await connect(server.url, server._installation.service_creds())
    headers = {"Nats-Batch-Id": "begun", "Nats-Batch-Sequence": "1"}
    assert (await client.request("record.case.begun.1", b"x", headers=headers)).data == b""
    await client.close()


async def test_a_batch_is_put_together_in_memory_and_stored_on_the_disk(server: NatsServer, memory: Path) -> None:
    stage_in_memory(server.folder)
    assert batches(server).resolve().is_relative_to(memory)
    assert stored(server, 1)
    assert not list(batches(server).iterdir())
    await begun(server)
    assert len(list(batches(server).iterdir())) == 1
    server.stop()
    assert not list(memory.iterdir())
    assert not batches(server).is_symlink()
    server.start()
    assert stored(server, 2)


async def test_after_a_kill_all_is_as_before(server: NatsServer, memory: Path) -> None:
    stage_in_memory(server.folder)
    await begun(server)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    assert [each for each in memory.rglob("*") if each.is_file()]
    server.start()
    assert batches(server).resolve().is_relative_to(memory)
    assert not list(batches(server).iterdir())
    assert stored(server, 1)


async def test_after_the_machine_was_off_the_link_that_leads_nowhere_is_made_anew(
    server: NatsServer, memory: Path
) -> None:
    stage_in_memory(server.folder)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    shutil.rmtree(memory)
    memory.mkdir()
    assert batches(server).is_symlink()
    assert not batches(server).exists()
    server.start()
    assert batches(server).resolve().is_relative_to(memory)
    assert stored(server, 1)


async def test_what_the_system_has_cleaned_away_is_there_again_at_the_next_look(
    server: NatsServer, memory: Path
) -> None:
    """As some do when whoever started the service logs out."""
    stage_in_memory(server.folder)
    shutil.rmtree(memory)
    memory.mkdir()
    stage_in_memory(server.folder)
    assert stored(server, 1)


async def test_without_such_a_file_system_or_without_room_there_they_stay_on_the_disk(
    server: NatsServer, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as changed:
        changed.setattr(staging, "ROOM", 2**62)
        stage_in_memory(server.folder)
    memory.rmdir()
    stage_in_memory(server.folder)
    assert not batches(server).is_symlink()
    assert stored(server, 1)


@pytest.mark.parametrize("theirs", ["a folder open to all", "a link", "a link to nowhere", "a file"])
async def test_what_strangers_have_put_there_is_not_used_and_stops_nothing(
    server: NatsServer, memory: Path, theirs: str
) -> None:
    target = staging._target(server.folder)
    match theirs:
        case "a file":
            target.touch()
        case "a folder open to all":
            target.mkdir()
            target.chmod(0o777)
        case "a link":
            (elsewhere := memory / "elsewhere").mkdir(mode=0o700)
            target.symlink_to(elsewhere)
        case _:
            target.symlink_to(memory / "nowhere")
    stage_in_memory(server.folder)
    assert not batches(server).is_symlink()
    assert stored(server, 1)


async def test_switched_off_while_it_stored_the_first_of_a_batch_are_there_and_all_goes_on(
    server: NatsServer, memory: Path
) -> None:
    """What was not yet on the disk is cut off, and what stood in memory is gone: nobody had an answer."""
    stage_in_memory(server.folder)
    assert stored(server, 1)
    [log] = batches(server).parent.glob("msgs/*.blk")
    before = log.stat().st_size
    assert stored(server, 2)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    shutil.rmtree(memory)
    memory.mkdir()
    os.truncate(log, before + (log.stat().st_size - before) // 2)
    server.start()
    with recorder(server) as record:
        kept = [entry.originator_id for entry in record.select_notifications(1, 1000)]
        assert EACH < len(kept) < 2 * EACH
        assert kept == [entry.originator_id for entry in [*entries(1), *entries(2)]][: len(kept)]
        with pytest.raises(Conflict) as again:
            record.insert_events(entries(2))
        assert again.value.originator_ids == set(kept[EACH:])
    assert stored(server, 3)


@pytest.mark.kills
async def test_killed_while_it_stores_it_keeps_all_of_a_batch_or_nothing(server: NatsServer) -> None:
    stage_in_memory(server.folder)
    drawn, number = Random(7), 0
    for _ in range(8):
        with recorder(server) as record:
            killing = threading.Timer(drawn.uniform(0.02, 0.2), os.kill, (server.pid, signal.SIGKILL))
            killing.start()
            try:
                while True:
                    number += 1
                    record.insert_events(entries(number, size=4000))
            except OperationalError:
                killing.join()
        server.stop()
        server.start()
    with recorder(server) as record:
        found = record.select_notifications(1, number * EACH)
    of_each = Counter(str(entry.originator_id).partition("-")[0] for entry in found)
    assert set(of_each.values()) == {EACH}
    assert len(of_each) >= number - 8  # of the one that was under way at each kill nobody had an answer
