"""A stream that a message server gives up at its start is not lost: here as nothing but a folder that goes away."""

import os
import shutil
from pathlib import Path

import pytest
from nats.aio.client import RawCredentials

from adapters.jetstream.drop_stream import make_drop_streams
from adapters.jetstream.link import Address
from adapters.nats.connection import connect
from adapters.nats.folder import ServerFolder
from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from adapters.nats.store_files import give_back, hold

WAITING = 20


@pytest.fixture
async def installation(tmp_path: Path) -> Installation:
    """Of a server that has ended, with messages in a stream."""
    made = Installation.open(tmp_path / "data")
    with NatsServer(made) as server:
        creds = RawCredentials(made.administrator_creds())
        await make_drop_streams(Address(server.url, creds), ["centre"])  # type: ignore[arg-type]
        client = await connect(server.url, made.administrator_creds())
        for number in range(WAITING):
            await client.jetstream().publish(f"drop.centre.case.{number}.contact-made", b"x" * 500)
        await client.close()
    return made


def stream(installation: Installation) -> Path:
    [found] = ServerFolder.of(installation.data).store.glob("jetstream/*/streams/DROP_centre")
    return found


async def waiting(installation: Installation) -> int:
    with NatsServer(installation) as server:
        client = await connect(server.url, installation.administrator_creds())
        info = await client.jetstream().stream_info("DROP_centre")
        await client.close()
    return int(info.state.messages)


async def test_what_went_away_during_a_start_is_there_again(installation: Installation) -> None:
    folder = ServerFolder.of(installation.data)
    hold(folder)
    shutil.rmtree(stream(installation).parent)
    give_back(folder)
    assert await waiting(installation) == WAITING


async def test_also_when_that_start_was_itself_interrupted(installation: Installation) -> None:
    hold(ServerFolder.of(installation.data))
    shutil.rmtree(stream(installation))
    assert await waiting(installation) == WAITING


async def test_nothing_is_left_of_it_once_the_server_runs(installation: Installation) -> None:
    root = ServerFolder.of(installation.data).root
    before = set(root.iterdir())
    assert await waiting(installation) == WAITING
    assert set(root.iterdir()) == before


async def test_a_file_system_without_second_names_does_not_keep_it_from_starting(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = []

    def refused(path: str, *_: object, **__: object) -> None:
        wanted.append(Path(path).name)
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    assert await waiting(installation) == WAITING
    assert "1.blk" in wanted
