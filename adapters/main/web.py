"""Questions by message and by HTTP, acts by HTTP, and how all parts are."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.answers import answers_from
from adapters.bus.ask import open_queries
from adapters.bus.desk_clocks import DeskClocks
from adapters.bus.drop import DropDoor
from adapters.descriptors import for_connections
from adapters.disk import free_bytes
from adapters.health import Health, Part
from adapters.main.base import Base
from adapters.main.desk import AtTheDesk, Clock
from adapters.settings import host_port
from adapters.turns import Places
from adapters.web.app import Run, open_web
from adapters.web.itself import Told
from adapters.web.server import WebServer
from services.queries.due_book import DueBook
from services.queries.queries import Queries
from services.views.beside import ViewsBeside
from services.views.views import Views

AT_ONCE, OF_ONE = 64, 16
"""Queries worked on, and how many of them for one organisation; the rest wait."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What HTTP opens on."""

    desk: AtTheDesk
    clocks: DeskClocks
    drop: DropDoor
    views: Views | ViewsBeside
    feed: Part

    def budgets(self) -> dict[str, Any]:
        return {**self.desk.budgets(), "bytes": self.drop.held}


async def open_web_server(base: Base, broker: NatsBroker, behind: Behind, clock: Clock, stack: AsyncExitStack) -> str:
    """Return its URL."""
    dues = DueBook(lambda: base.record.network)
    queries = Queries(behind.views, base.keyring, dues, base.record.network_at, clock=clock)
    run = _in_turn(stack)
    open_queries(broker, base.record, queries, run, {"answers": answers_from(behind.drop.answers)})
    parts: dict[str, Part] = {"views": behind.views, "feed": behind.feed}
    batcher, clocks = behind.desk.batcher, behind.clocks.told
    health = Health(
        base.record,
        base.network,
        parts,
        base.disk.room,
        batcher.failing,
        drop=behind.drop.told,
        budgets=behind.budgets,
        clocks=clocks,
    )
    metrics = partial(_metrics, base, batcher, health)
    app = open_web(base.record, batcher, queries, run, Told(health.told, metrics, base.settings.metrics_token))
    web = WebServer(app, *host_port(base.settings.http), most=for_connections())
    url = await web.start()
    stack.push_async_callback(web.stop)
    return url


async def _metrics(base: Base, batcher: Batcher, health: Health) -> bytes:
    return await batcher.metrics.told(health.told, batcher.waiting, free_bytes(base.settings.data))


def _in_turn(stack: AsyncExitStack) -> Run:
    """A query waits in a thread for the views: those of one organisation must not take the threads of all."""
    threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query"))
    places = Places(AT_ONCE, each=OF_ONE)

    async def run(ask: Callable[..., Any], queries: Queries, query: str, reader: str, parameters: Any) -> Any:
        came = time.monotonic()
        async with places.of(reader):
            asked = partial(ask, queries, query, reader, parameters, waited=time.monotonic() - came)
            return await asyncio.get_running_loop().run_in_executor(threads, asked)

    return run
