"""Questions by message and by HTTP, acts by HTTP, and how all parts are."""

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
from adapters.bus.gone import watch_connections
from adapters.descriptors import for_connections
from adapters.disk import free_bytes
from adapters.health import Health, Part
from adapters.main.base import Base
from adapters.main.desk import AtTheDesk, Clock
from adapters.nats.identity import Installation
from adapters.question_desk import QuestionDesk
from adapters.question_spending import Bounds
from adapters.settings import host_port
from adapters.web.app import open_web
from adapters.web.itself import Told
from adapters.web.server import WebServer
from services.queries.due_book import DueBook
from services.queries.queries import Queries
from services.views.beside import ViewsBeside
from services.views.views import Views


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


async def open_web_server(
    base: Base, installation: Installation, broker: NatsBroker, behind: Behind, clock: Clock, stack: AsyncExitStack
) -> str:
    """Return its URL."""
    batcher = behind.desk.batcher
    dues = DueBook(lambda: base.record.network)
    queries = Queries(behind.views, base.keyring, dues, base.record.network_at, clock=clock)
    settings = base.settings
    cost = {"seconds": settings.question_seconds, "a_minute": settings.question_seconds_a_minute}
    desk = QuestionDesk(queries, behind.views, Bounds(), rows=settings.question_rows, busy=batcher.busy, **cost)
    gone = open_queries(broker, base.record, desk, {"answers": answers_from(behind.drop.answers)})
    await watch_connections(base.store.url, installation.listener_creds(), gone, stack)
    parts: dict[str, Part] = {"views": behind.views, "feed": behind.feed}
    health = Health(
        base.record,
        base.network,
        parts,
        base.disk.room,
        batcher.failing,
        drop=behind.drop.told,
        budgets=behind.budgets,
        clocks=behind.clocks.told,
        questions=desk.told,
    )
    metrics = partial(_metrics, base, batcher, health)
    app = open_web(base.record, batcher, desk, Told(health.told, metrics, settings.metrics_token))
    web = WebServer(app, *host_port(settings.http), most=for_connections())
    url = await web.start()
    stack.push_async_callback(web.stop)
    stack.callback(desk.close)
    return url


async def _metrics(base: Base, batcher: Batcher, health: Health) -> bytes:
    return await batcher.metrics.told(health.told, batcher.waiting, free_bytes(base.settings.data))
