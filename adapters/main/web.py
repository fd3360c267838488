"""Questions by message and by HTTP, acts by HTTP, and how all parts are."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.answers import answers_from
from adapters.bus.ask import AT_ONCE, open_queries
from adapters.bus.drop import DropDoor
from adapters.health import Health, Part
from adapters.main.base import Base
from adapters.main.desk import Clock
from adapters.settings import host_port
from adapters.web.app import open_web
from adapters.web.server import WebServer
from services.queries.due_book import DueBook
from services.queries.queries import Queries
from services.views.beside import ViewsBeside
from services.views.views import Views


@dataclass(frozen=True, slots=True)
class Behind:
    """What HTTP opens on."""

    batcher: Batcher
    drop: DropDoor
    views: Views | ViewsBeside
    feed: Part


async def open_web_server(base: Base, broker: NatsBroker, behind: Behind, clock: Clock, stack: AsyncExitStack) -> str:
    """Return its URL."""
    dues = DueBook(lambda: base.record.network)
    queries = Queries(behind.views, base.keyring, dues, base.record.network_at, clock=clock)
    threads = stack.enter_context(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="query"))
    run = partial(asyncio.get_running_loop().run_in_executor, threads)
    open_queries(broker, base.record, queries, run, {"answers": answers_from(behind.drop.answers)})
    parts = {"views": behind.views, "feed": behind.feed}
    health = Health(base.record, base.network, parts, base.room, drop=behind.drop.told)
    app = open_web(base.record, behind.batcher, queries, run, health.told)
    web = WebServer(app, *host_port(base.settings.http))
    url = await web.start()
    stack.push_async_callback(web.stop)
    return url
