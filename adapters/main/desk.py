"""The desk: founds the network where there is none, then takes acts from the doors that are opened on it."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.console import Work
from adapters.bus.live import open_live_door
from adapters.bus.retry import retrying
from adapters.dead import DeadLetters
from adapters.main.base import Base
from adapters.nats.identity import Installation
from adapters.office import open_office, publications
from adapters.registration import reconcile
from services.desk import Desk
from services.founding import found

Clock = Callable[[], datetime]


async def founded(base: Base, installation: Installation, clock: Clock) -> None:
    """With its office on the record, and what the record says of accounts on the message server."""
    office = open_office(installation, base.settings.office_name)
    await asyncio.to_thread(found, base.record, office, publications(), clock())
    await reconcile(installation, base.store.url, base.record.network)


def open_desk(base: Base, broker: NatsBroker, clock: Clock, stack: AsyncExitStack) -> Batcher:
    batcher = Batcher(Desk(base.record, clock=clock, free=base.room), DeadLetters(broker.connection).keep)
    batcher.start()
    stack.push_async_callback(batcher.drain)
    return batcher


def open_doors(base: Base, broker: NatsBroker, batcher: Batcher) -> dict[str, Work]:
    """Those by message; what is returned is done when the command line asks for it."""
    open_live_door(broker, base.record, batcher)
    return {"dead.retry": retrying(broker.connection, base.record, batcher)}
