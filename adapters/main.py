"""Where the parts meet: one process with the message server, the desk and its doors, the views and the feed."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.ask import AT_ONCE, open_queries
from adapters.bus.console import Console
from adapters.bus.live import open_live_door
from adapters.bus.retry import retrying
from adapters.bus.upkeep import upkeep
from adapters.dead import DeadLetters
from adapters.disk import free_bytes
from adapters.folder_lock import FolderLock
from adapters.health import Health
from adapters.jetstream.feed import open_feed
from adapters.jetstream.link import Address
from adapters.jetstream.streams import create_all
from adapters.keys import open_key_store
from adapters.nats.identity import Installation
from adapters.nats.kept_running import kept_running
from adapters.office import open_office, publications
from adapters.private_file import write
from adapters.registration import reconcile
from adapters.running import Running
from adapters.settings import Settings, host_port
from adapters.sql.generations import generations
from adapters.web.app import open_web
from adapters.web.server import WebServer
from services.desk import Desk
from services.feed.feed import Feed
from services.founding import Office, found
from services.keyring import Keyring
from services.network import NetworkFollower
from services.queries.due_book import DueBook
from services.queries.queries import Queries
from services.record import Record
from services.views.views import Views

log = structlog.get_logger()


async def serve(settings: Settings, ready: Callable[[Running], None]) -> None:
    """Run until told to end by SIGINT or SIGTERM; then take nothing more, answer what waits, and close in order."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        started = await _start(settings, stack)
        ready(started)
        await ended.wait()
        log.info("ending")


async def _start(settings: Settings, stack: AsyncExitStack) -> Running:
    """Each part in turn; the stack ends them in the other order."""
    os.umask(0o077)  # whatever is made from here on is for its owner only
    stack.enter_context(FolderLock(settings.data))
    installation = Installation.open(settings.data)
    office = open_office(installation, settings.office_name)
    store = await _store(settings, installation, stack)
    keys = open_key_store(settings.data)
    stack.callback(keys.close)
    base = await _record(store, Keyring(keys), stack)
    await asyncio.to_thread(_founded, base.record, base.network, office)
    await reconcile(installation, store.url, base.record.network)
    views, feed = await _projections(settings, store, base, stack)
    doors = await _doors(settings, store, base, views, stack)

    health = Health(base.record, base.network, {"views": views, "feed": feed}, partial(_room, settings))
    app = open_web(base.record, doors.batcher, doors.queries, doors.run, health.told)
    web = WebServer(app, *host_port(settings.http))
    http = await web.start()
    stack.push_async_callback(web.stop)
    started = Running(pid=os.getpid(), nats=store.url, http=http, office=office.id)
    write(settings.data / "running.json", json.dumps(asdict(started)))
    stack.callback((settings.data / "running.json").unlink, missing_ok=True)
    return started


@dataclass(frozen=True, slots=True)
class _Store:
    """Where the record is kept, and the file with which the service gets in."""

    url: str
    creds: str
    monitor: str = ""


async def _store(settings: Settings, installation: Installation, stack: AsyncExitStack) -> _Store:
    """The message server that runs already, if one is named, else our own; with the streams as they must be."""
    if settings.nats_url:
        url, monitor = settings.nats_url, ""
    else:
        server = await kept_running(installation, *host_port(settings.nats), stack)
        url, monitor = server.url, server.monitor_url
    keys = settings.data / "keys"
    write(keys / "administrator.creds", installation.administrator_creds())
    await create_all(Address(url, str(keys / "administrator.creds")))
    (keys / "administrator.creds").unlink()  # what runs all day cannot administer streams
    write(keys / "service.creds", installation.service_creds())
    return _Store(url, str(keys / "service.creds"), monitor)


@dataclass(frozen=True, slots=True)
class _Base:
    record: Record
    network: NetworkFollower
    keyring: Keyring


async def _record(store: _Store, keyring: Keyring, stack: AsyncExitStack) -> _Base:
    environment = {
        "PERSISTENCE_MODULE": "adapters.jetstream.factory",
        "MAPPER_TOPIC": "adapters.mapper:EntryMapper",
        "NATS_URL": store.url,
        "NATS_CREDS": store.creds,
        "NATS_MONITOR_URL": store.monitor,
    }
    record = await asyncio.to_thread(Record, environment, keyring)
    stack.push_async_callback(asyncio.to_thread, record.close)
    network = NetworkFollower(record)
    network.start()
    stack.push_async_callback(asyncio.to_thread, network.stop)
    return _Base(record, network, keyring)


def _founded(record: Record, network: NetworkFollower, office: Office) -> None:
    """The doors open only when what is on the record of the network is known."""
    while not network.wait_for(record.position(), timeout=10):
        log.info("reading the record", position=record.network.position)
    found(record, office, publications(), _clock())


async def _projections(settings: Settings, store: _Store, base: _Base, stack: AsyncExitStack) -> tuple[Views, Feed]:
    views = Views(base.record, generations(settings.data, settings.views_url))
    await asyncio.to_thread(partial(views.start, anew=settings.rebuild_views))
    stack.push_async_callback(asyncio.to_thread, views.stop)
    stream = await asyncio.to_thread(open_feed, store.url, store.creds)
    stack.push_async_callback(asyncio.to_thread, stream.close)
    feed = Feed(base.record, stream, base.network)
    feed.start()
    stack.push_async_callback(asyncio.to_thread, feed.stop)
    return views, feed


@dataclass(frozen=True, slots=True)
class _Doors:
    batcher: Batcher
    queries: Queries
    run: Callable[..., Awaitable[Any]]


async def _doors(settings: Settings, store: _Store, base: _Base, views: Views, stack: AsyncExitStack) -> _Doors:
    """The desk behind the doors by message; HTTP opens on the same."""
    broker = NatsBroker(
        store.url,
        user_credentials=store.creds,
        apply_types=False,
        logger=None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0,
    )
    await broker.connect()
    stack.push_async_callback(broker.stop)
    desk = Desk(base.record, clock=_clock, free=partial(_room, settings))
    batcher = Batcher(desk, DeadLetters(broker.connection).keep)
    batcher.start()
    stack.push_async_callback(batcher.drain)
    dues = DueBook(lambda: base.record.network)
    queries = Queries(views, base.keyring, dues, base.record.network_at, clock=_clock)
    threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query"))
    run = partial(asyncio.get_running_loop().run_in_executor, threads)
    open_live_door(broker, base.record, batcher)
    open_queries(broker, base.record, queries, run)
    await broker.start()
    work = {"dead.retry": retrying(broker.connection, base.record, batcher), **upkeep(views)}
    await stack.enter_async_context(Console(broker.connection, work))
    return _Doors(batcher, queries, run)


def _clock() -> datetime:
    return datetime.now(UTC)


def _room(settings: Settings) -> bool:
    return free_bytes(settings.data) > settings.room
