"""The message server that comes with us: it starts, ends, comes back, and keeps what it was given."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from nats.js.api import StorageType, StreamConfig

from adapters.folder_lock import FolderInUseError, FolderLock
from adapters.nats import of_itself
from adapters.nats.binary import NoServerProgramError, binary
from adapters.nats.connection import UnreachableError, connect
from adapters.nats.folder import ServerFolder, address
from adapters.nats.identity import Installation, UnknownAccountError
from adapters.nats.registrar import push_account
from adapters.nats.server import NatsServer, ServerFailedError
from tests.message_server import arrived

ORG = "oorg23456abcd"
MARKER = b"a sentence that must not be readable on the disk"


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation.open(tmp_path)


@pytest.fixture
def server(installation: Installation) -> Iterator[NatsServer]:
    with NatsServer(installation) as running:
        yield running


async def record_one(installation: Installation, server: NatsServer) -> None:
    administrator = await connect(server.url, installation.administrator_creds())
    stream = administrator.jetstream()
    config = StreamConfig(name="RECORD", subjects=["record.>"], storage=StorageType.FILE)
    await stream.add_stream(config)
    await stream.publish("record.case.1.1", MARKER, headers={"Kind": MARKER.decode()})
    await administrator.close()


async def what_is_recorded(installation: Installation, server: NatsServer) -> bytes | None:
    service = await connect(server.url, installation.service_creds())
    found = await service.jetstream().get_msg("RECORD", seq=1)
    await service.close()
    return found.data


async def test_an_entry_and_an_account_are_there_after_a_restart(
    installation: Installation, server: NatsServer
) -> None:
    system = await connect(server.url, installation.system_creds())
    await push_account(system, installation.account(ORG, installation.account_key(ORG)))
    await system.close()
    await record_one(installation, server)
    before = server.url
    server.stop()
    assert not server.alive
    server.start()
    assert server.url == before
    assert await what_is_recorded(installation, server) == MARKER
    partner = await connect(server.url, installation.user_creds(ORG))
    await partner.close()


async def test_a_killed_server_comes_back_with_its_entries(installation: Installation, server: NatsServer) -> None:
    await record_one(installation, server)
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()
    assert await what_is_recorded(installation, server) == MARKER


KILLED = """
import sys, time
from pathlib import Path
from adapters.folder_lock import FolderLock
from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
data = Path(sys.argv[1])
with FolderLock(data), NatsServer(Installation.open(data)) as server:
    print(server.pid, server.port, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def killed(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Pid and port of a server whose service was killed without a chance to end it."""
    service = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    assert service.stdout is not None
    with service.stdout:
        pid, port = service.stdout.readline().split()
    service.kill()
    service.wait()
    yield int(pid), int(port)
    with suppress(ProcessLookupError):
        os.kill(int(pid), signal.SIGKILL)


@pytest.mark.kills
async def test_after_the_service_was_killed_it_simply_starts_again(killed: tuple[int, int], tmp_path: Path) -> None:
    orphan, port = killed
    os.kill(orphan, 0)  # it is still there
    installation = Installation.open(tmp_path)
    with FolderLock(tmp_path), NatsServer(installation, port=port) as server:
        assert server.port == port
        await record_one(installation, server)
        assert await what_is_recorded(installation, server) == MARKER
    with pytest.raises(ProcessLookupError):
        _until_gone(orphan)


def _until_gone(pid: int) -> None:
    # Nobody of ours reaps the orphan; that it has ended, its lock has told. Here we wait for the system.
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and ") Z " in state.read_text():
            raise ProcessLookupError
        os.kill(pid, 0)
        time.sleep(0.01)


def test_a_folder_serves_one_process_and_the_second_is_told_which(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(FolderInUseError, match=f"process {os.getpid()};"):
        FolderLock(tmp_path).__enter__()
    with FolderLock(tmp_path):
        pass


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_busy_port_is_said_in_a_sentence(installation: Installation, taken_port: int) -> None:
    with pytest.raises(ServerFailedError, match=f"port {taken_port} on 127.0.0.1 is in use by another"):
        NatsServer(installation, port=taken_port).start()


def test_a_failed_start_shows_the_end_of_the_log(installation: Installation) -> None:
    with pytest.raises(ServerFailedError, match=r"server\.log, says:\n.*no such host|cannot assign"):
        NatsServer(installation, host="192.0.2.1").start()


def test_a_machine_without_the_program_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.nats.binary.OLDEST", (99, 0))
    with pytest.raises(NoServerProgramError, match=r"no nats-server 99\.0 or newer"):
        binary()


async def test_what_is_recorded_cannot_be_read_from_the_disk(installation: Installation, server: NatsServer) -> None:
    await record_one(installation, server)
    server.stop()
    files = [path for path in server.folder.root.rglob("*") if path.is_file()]
    assert any("RECORD" in str(path) for path in files)
    assert [path for path in files if MARKER in path.read_bytes()] == []


async def test_every_entry_is_on_disk_before_it_is_acknowledged(installation: Installation, server: NatsServer) -> None:
    told = await of_itself.ask(server.url, installation.watcher_creds(), "JSZ", {"config": True})
    assert told["config"]["sync_always"]


def test_only_this_machine_reaches_the_server(server: NatsServer) -> None:
    assert server.url.startswith("nats://127.0.0.1:")


def test_the_server_listens_for_messages_and_for_nothing_else(server: NatsServer) -> None:
    """A monitoring port tells everybody on the machine the names of accounts, streams and subjects."""
    assert listening(server.pid) == {server.port}


def listening(pid: int) -> set[int]:
    """The ports on which a process listens, as the system says."""
    own = {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and f"socket:[{rest[5]}]" in own:
                found.add(int(local.rpartition(":")[2], 16))
    return found


QUESTIONS = ["HEALTHZ", "JSZ", "CONNZ", "SUBSZ", "ACCOUNTZ", "VARZ", "STATSZ", "IDZ"]


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nobody_asks_the_server_about_itself_without_our_keys(
    installation: Installation, server: NatsServer, question: str
) -> None:
    system = await connect(server.url, installation.system_creds())
    await push_account(system, installation.account(ORG, installation.account_key(ORG)))
    await system.close()
    others = (installation.user_creds(ORG), installation.service_creds(), installation.reader_creds())
    asked = (of_itself.ask(server.url, creds, question, {}) for creds in others)
    answers = await asyncio.gather(*asked, return_exceptions=True)  # each waits for its time-out
    assert [(type(answer), "does not answer" in str(answer)) for answer in answers] == [(UnreachableError, True)] * 3


async def test_who_watches_the_server_learns_how_it_is_and_no_more(
    installation: Installation, server: NatsServer
) -> None:
    watcher = installation.watcher_creds()
    assert (await of_itself.ask(server.url, watcher, "HEALTHZ", {}))["status"] == "ok"
    with pytest.raises(UnreachableError, match="does not answer"):
        await of_itself.ask(server.url, watcher, "CONNZ", {})


async def test_a_command_beside_the_service_finds_the_server(installation: Installation, server: NatsServer) -> None:
    assert address(ServerFolder.of(installation.data)) == server.url
    assert await asyncio.to_thread(of_itself.healthy, server.url, installation.watcher_creds())
    server.stop()
    assert not await asyncio.to_thread(
        of_itself.healthy, f"nats://127.0.0.1:{server.port}", installation.watcher_creds()
    )


def test_keys_are_for_the_service_alone(installation: Installation, server: NatsServer) -> None:
    installation.account_key(ORG)
    keys = installation.data / "keys"
    files = [path for path in keys.rglob("*") if path.is_file()]
    assert sorted(path.name for path in files) == [
        "core.nk",
        "oorg23456abcd.nk",
        "operator.nk",
        "store.key",
        "system.nk",
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (keys, keys / "accounts")} == {0o700}
    secret = [path.read_bytes() for path in files]
    others = [path.read_bytes() for path in server.folder.root.rglob("*") if path.is_file()]
    assert not any(seed in content for seed in secret for content in others)


def test_processes_that_start_together_have_the_same_keys(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        opened = set(threads.map(lambda _: _keys(tmp_path), range(64)))
    assert len(opened) == 1


def _keys(data: Path) -> tuple[str, ...]:
    installation = Installation.open(data)
    return (installation.operator_seed, installation.core_seed, installation.store_key, installation.account_key(ORG))


def test_there_is_no_paper_for_an_organisation_without_an_account(installation: Installation) -> None:
    with pytest.raises(UnknownAccountError, match=ORG):
        installation.user_creds(ORG)


async def test_credentials_of_another_installation_are_refused(
    installation: Installation, server: NatsServer, tmp_path: Path
) -> None:
    stranger = Installation.open(tmp_path / "other")
    system = await connect(server.url, installation.system_creds())
    # The server takes this paper, of another operator, and never honours it.
    await push_account(system, stranger.account(ORG, stranger.account_key(ORG)))
    await system.close()
    for creds in (stranger.service_creds(), stranger.user_creds(ORG)):
        with pytest.raises(UnreachableError, match="does not let us in"):
            await connect(server.url, creds, allow_reconnect=False, error_cb=_ignore)


async def _ignore(_: Exception) -> None:
    return


ADMINISTRATION = [
    "$JS.API.STREAM.CREATE.OTHER",
    "$JS.API.STREAM.UPDATE.RECORD",
    "$JS.API.STREAM.DELETE.RECORD",
    "$JS.API.STREAM.PURGE.RECORD",
    "$JS.API.STREAM.MSG.DELETE.RECORD",
    "$JS.API.STREAM.SNAPSHOT.RECORD",
    "$JS.API.STREAM.RESTORE.OTHER",
    "$JS.API.STREAM.PEER.REMOVE.RECORD",
    "$JS.API.STREAM.LEADER.STEPDOWN.RECORD",
    "$JS.API.ACCOUNT.PURGE.CORE",
    "$SYS.REQ.CLAIMS.UPDATE",
]


async def test_the_running_service_cannot_change_a_stream(installation: Installation, server: NatsServer) -> None:
    await record_one(installation, server)
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    service = await connect(server.url, installation.service_creds(), error_cb=note)
    for subject in ADMINISTRATION:
        await service.publish(subject, b'{"name":"RECORD","subjects":["record.>"],"max_msgs":1,"seq":1}')
    await arrived(service)
    await service.close()
    assert len(refused) == len(ADMINISTRATION)
    assert all("permissions violation" in error for error in refused)
    assert await what_is_recorded(installation, server) == MARKER
