"""Where the parts meet: in one process, or each in one of its own on the same data folder."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import structlog

from adapters.bus.console import Console
from adapters.bus.drop import DropDoor
from adapters.bus.upkeep import upkeep
from adapters.descriptors import raise_limit
from adapters.ended import ended
from adapters.folder_lock import FolderLock
from adapters.half_restored import refuse_half_restored
from adapters.main.base import disk_of, look_through, open_base, open_broker
from adapters.main.desk import founded, open_clocks, open_desk, open_doors
from adapters.main.leaving import leave_in_time
from adapters.main.parts import ALL, Parts
from adapters.main.projections import feed_beside, open_feeding, open_views, views_beside
from adapters.main.room import watch_room
from adapters.main.store import NoServerError, RecordLostError, Store, open_store
from adapters.main.web import Behind, open_web_server
from adapters.nats.folder import ServerFolder
from adapters.nats.identity import Installation
from adapters.nats.place import Arrived, settle
from adapters.office import open_office
from adapters.running import Running, note_running
from adapters.settings import Settings

__all__ = ["ALL", "NoServerError", "RecordLostError", "real_time", "serve"]

log = structlog.get_logger()


Clock = Callable[[], datetime]


def real_time() -> datetime:
    return datetime.now(UTC)


async def serve(
    settings: Settings,
    ready: Callable[[Running], asyncio.Task[None] | None],
    parts: Parts = ALL,
    clock: Clock = real_time,
    arrived: Arrived | None = None,
) -> None:
    """Run until told to end by SIGINT or SIGTERM; then take nothing more, answer what waits, and close in order.

    What `ready` begins is stopped first. `clock` is what desk and queries go by: nothing from outside moves it.
    `arrived` is what is said of a data folder that was last used elsewhere.
    """
    signalled = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled.set)
    async with AsyncExitStack() as stack:
        starting = loop.create_task(_start(settings, parts, clock, stack, arrived))
        ending = loop.create_task(signalled.wait())
        await asyncio.wait({starting, ending}, return_when=asyncio.FIRST_COMPLETED)
        of = settings.data if "server" in parts else None
        ending.add_done_callback(lambda told: None if told.cancelled() else leave_in_time(of))
        if not starting.done():
            await ended(starting)  # it may be standing by for ever
            return
        begun = ready(starting.result())
        await ending
        log.info("ending")
        if begun:
            await ended(begun)


async def _start(
    settings: Settings, parts: Parts, clock: Clock, stack: AsyncExitStack, arrived: Arrived | None
) -> Running:
    """Each part in turn; the stack ends them in the other order."""
    raise_limit()
    os.umask(0o077)  # whatever is made from here on is for its owner only
    if settings.data.is_dir():
        disk_of(settings).room_for_office()  # on a full disk the reserve is let go, so that it can start
    if "server" in parts:
        stack.enter_context(FolderLock(settings.data))
    refuse_half_restored(settings.data)
    if "server" in parts and settings.nats_url is None:
        settle(ServerFolder.of(settings.data), arrived)
    installation = Installation.open(settings.data)
    store = await open_store(settings, installation, parts, stack)
    where = {"nats": store.url} if parts & {"server", "desk"} else {}
    if parts != {"server"}:
        where |= await _on_the_record(settings, installation, store, parts, clock, stack)
    stack.callback(note_running(settings.data, **where).unlink, missing_ok=True)
    return Running(pid=os.getpid(), **{"nats": store.url, "http": "", "office": "", **where})


async def _on_the_record(
    settings: Settings, installation: Installation, store: Store, parts: Parts, clock: Clock, stack: AsyncExitStack
) -> dict[str, str]:
    """Return where they are reached."""
    base = await open_base(settings, store, stack)
    if parts & {"desk", "web"}:  # they write
        await look_through(base.record)
    if "desk" in parts:
        await founded(base, installation, clock)
        await watch_room(base, installation, stack)
    views = await open_views(base, stack) if "views" in parts else None
    feed = await open_feeding(base, stack) if "feed" in parts else None
    broker = await open_broker(store, stack)
    work = dict(upkeep(views, base.disk.room)) if views else {}
    clocks = await open_clocks(broker, clock, stack) if parts & {"desk", "web"} else None
    desk = await open_desk(base, broker, clock, clocks, stack) if clocks else None
    where = {"office": open_office(installation, settings.office_name).id}
    if desk:
        drop = DropDoor(store.url, store.creds, base.record, desk.batcher, taking="desk" in parts, room=base.disk.room)
        await stack.enter_async_context(drop)
    if desk and "desk" in parts:
        work |= open_doors(base, broker, desk)
    if desk and clocks and "web" in parts:
        parts_ = views or views_beside(base, stack), feed or await feed_beside(base, stack)
        behind = Behind(desk, clocks, drop, *parts_)
        where["http"] = await open_web_server(base, installation, broker, behind, clock, stack)
    await broker.start()
    await stack.enter_async_context(Console(broker.connection, work))
    await broker.connection.flush()  # who is told that it is up finds all doors open
    return where
