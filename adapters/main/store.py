"""Where the record is kept: our own message server, one of another process, or one that is named."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from adapters.jetstream.link import Address
from adapters.jetstream.streams import StreamMissing, create_all
from adapters.last_known import last_known
from adapters.main.copied import finish_copy
from adapters.main.parts import Parts
from adapters.nats.identity import Installation
from adapters.nats.kept_running import kept_running
from adapters.private_file import write
from adapters.running import server_on
from adapters.settings import Settings, host_port
from adapters.typed import typed

PATIENCE_S = 60.0

log = structlog.get_logger()


class NoServerError(RuntimeError):
    """There is no message server to work with."""


class RecordLostError(RuntimeError):
    """The message server has no record where there was one."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where it is, and the file with which the service gets in. `watcher` is a file, for our own server only."""

    url: str
    creds: str
    watcher: str = ""


async def open_store(settings: Settings, installation: Installation, parts: Parts, stack: AsyncExitStack) -> Store:
    """With the streams as they must be: made by who runs the server, or by the desk on a server of others."""
    url, watcher = settings.nats_url, ""
    if url is None and "server" in parts:
        server = await kept_running(installation, *host_port(settings.nats), stack)
        url, watcher = server.url, str(installation.watcher_file())
    elif url is None:
        url = await _of_another(settings)
    keys = settings.data / "keys"
    if "server" in parts or ("desk" in parts and settings.nats_url):
        write(keys / "administrator.creds", installation.administrator_creds())
        try:
            await finish_copy(settings.data, Address(url, str(keys / "administrator.creds")))
            await _streams(settings, Address(url, str(keys / "administrator.creds")))
        finally:
            (keys / "administrator.creds").unlink()  # what runs all day cannot administer streams
    return Store(url, str(installation.service_file()), watcher)


async def _streams(settings: Settings, address: Address) -> None:
    """Made where there are none; a record that was there before is never made anew."""
    known = last_known(settings.data)
    try:
        await create_all(address, there={"RECORD"} if known else set())
    except StreamMissing as error:
        raise RecordLostError(
            f"The record is gone: entry {known.position if known else 0} was known, and the message server has no "
            "stream RECORD. Nothing was written. Restore the backup into a new folder."
        ) from error


async def _of_another(settings: Settings) -> str:
    """The server of the same folder; processes that start together wait for it."""
    async with asyncio.timeout(PATIENCE_S):
        told = False
        try:
            while (url := server_on(settings.data)) is None:
                if not told:
                    log.warning("waiting for the message server", data=str(settings.data))
                told = True
                await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            raise NoServerError(
                f"no message server runs on {settings.data}; start it with: raccordo serve server "
                f"--data {typed(settings.data)} (or name another one in RACCORDO_NATS_URL)"
            ) from None
    return url
