"""Where the parts meet: one process with the message server, the desk and its doors, the views and the feed."""

import asyncio
import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

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
from adapters.jetstream.feed import FeedStream, open_feed
from adapters.jetstream.link import Address
from adapters.jetstream.streams import create_all
from adapters.keys import open_key_store
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.nats.registrar import push_account
from adapters.nats.server import NatsServer
from adapters.office import open_office, publications
from adapters.private_file import write
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
    data = settings.data
    os.umask(0o077)  # whatever is made from here on is for its owner only
    stack.enter_context(FolderLock(data))
    installation = Installation.open(data)
    office = open_office(installation, settings.office_name)
    url, monitor = await _message_server(settings, installation, stack)

    service_creds = data / "keys" / "service.creds"
    write(service_creds, installation.service_creds())
    administrator_creds = data / "keys" / "administrator.creds"
    write(administrator_creds, installation.administrator_creds())
    await create_all(Address(url, str(administrator_creds)))
    administrator_creds.unlink()

    def clock() -> datetime:
        return datetime.now(UTC)

    def room() -> bool:
        return free_bytes(data) > settings.room

    keys = open_key_store(data)
    stack.callback(keys.close)
    keyring = Keyring(keys)
    environment = {
        "PERSISTENCE_MODULE": "adapters.jetstream.factory",
        "MAPPER_TOPIC": "adapters.mapper:EntryMapper",
        "NATS_URL": url,
        "NATS_CREDS": str(service_creds),
        "NATS_MONITOR_URL": monitor or "",
    }
    record = await asyncio.to_thread(Record, environment, keyring)
    stack.push_async_callback(asyncio.to_thread, record.close)
    follower = NetworkFollower(record)
    follower.start()
    stack.push_async_callback(asyncio.to_thread, follower.stop)
    await asyncio.to_thread(_founded, record, follower, office)
    await _reconcile_accounts(url, installation, record)
    views = await _views(record, settings, stack)
    feed = await _feed(record, follower, partial(open_feed, url, str(service_creds)), stack)

    broker = NatsBroker(
        url,
        user_credentials=str(service_creds),
        apply_types=False,
        logger=None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0,
    )
    await broker.connect()
    stack.push_async_callback(broker.stop)
    desk = Desk(record, clock=clock, free=room)
    batcher = Batcher(desk, DeadLetters(broker.connection).keep)
    batcher.start()
    stack.push_async_callback(batcher.drain)
    queries = Queries(views, keyring, clock=clock)
    threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query"))
    run = partial(asyncio.get_running_loop().run_in_executor, threads)
    open_live_door(broker, record, batcher)
    open_queries(broker, record, queries, run)
    await broker.start()
    retry = retrying(broker.connection, record, batcher)
    await stack.enter_async_context(Console(broker.connection, {"dead.retry": retry, **upkeep(views)}))

    health = Health(record, follower, {"views": views, "feed": feed}, room)
    web = WebServer(open_web(record, batcher, queries, run, health.told), *host_port(settings.http))
    http = await web.start()
    stack.push_async_callback(web.stop)

    started = Running(pid=os.getpid(), nats=url, http=http, office=office.id)
    write(data / "running.json", json.dumps(asdict(started)))
    stack.callback((data / "running.json").unlink, missing_ok=True)
    return started


async def _views(record: Record, settings: Settings, stack: AsyncExitStack) -> Views:
    views = Views(record, generations(settings.data, settings.views_url))
    await asyncio.to_thread(partial(views.start, anew=settings.rebuild_views))
    stack.push_async_callback(asyncio.to_thread, views.stop)
    return views


async def _feed(
    record: Record, follower: NetworkFollower, open_stream: Callable[[], FeedStream], stack: AsyncExitStack
) -> Feed:
    stream = await asyncio.to_thread(open_stream)
    stack.push_async_callback(asyncio.to_thread, stream.close)
    feed = Feed(record, stream, follower)
    feed.start()
    stack.push_async_callback(asyncio.to_thread, feed.stop)
    return feed


async def _message_server(
    settings: Settings, installation: Installation, stack: AsyncExitStack
) -> tuple[str, str | None]:
    """The one that runs already, if there is one named; else our own, started again whenever it ends."""
    if settings.nats_url:
        return settings.nats_url, None
    host, port = host_port(settings.nats)
    server = NatsServer(installation, host=host, port=port)
    await asyncio.to_thread(server.start)
    stack.push_async_callback(asyncio.to_thread, server.stop)
    watch = asyncio.get_running_loop().create_task(_kept_running(server))
    stack.push_async_callback(_ended, watch)
    return server.url, server.monitor_url


async def _kept_running(server: NatsServer) -> None:
    while True:
        await asyncio.sleep(0.1)
        if server.alive:
            continue
        log.error("message server ended, starting it again")
        try:
            await asyncio.to_thread(server.start)
        except Exception as error:
            log.error("message server does not start", exc_info=error)  # noqa: TRY400
            await asyncio.sleep(1)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _founded(record: Record, follower: NetworkFollower, office: Office) -> None:
    """The doors open only when what is on the record of the network is known."""
    while not follower.wait_for(record.position(), timeout=10):
        log.info("reading the record", position=record.network.position)
    found(record, office, publications(), datetime.now(UTC))


async def _reconcile_accounts(url: str, installation: Installation, record: Record) -> None:
    """What the record says of accounts, the message server must know: an interrupted addition is completed here."""
    system = await connect(url, installation.system_creds())
    try:
        for id_, organisation in record.network.organisations.items():
            if organisation.account:
                jwt = installation.account(id_, organisation.account, suspended=organisation.suspended)
                await push_account(system, jwt)
    finally:
        await system.close()
