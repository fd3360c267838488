"""The desk: founds the network where there is none, then takes acts from the doors that are opened on it."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from functools import partial

from eventsourcing.persistence import PersistenceError
from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.console import Work
from adapters.bus.desk_clocks import DeskClocks
from adapters.bus.live import open_live_door
from adapters.bus.retry import retrying
from adapters.dead import DeadLetters
from adapters.jetstream.append import OutcomeUnknown
from adapters.main.base import Base
from adapters.nats.identity import Installation
from adapters.nats.start_again import ask_start_again
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


async def open_clocks(broker: NatsBroker, clock: Clock, stack: AsyncExitStack) -> DeskClocks:
    """Compared with those of the other desks from here on."""
    clocks = DeskClocks(broker.connection, clock, desk=f"{socket.gethostname()}:{os.getpid()}")
    return await stack.enter_async_context(clocks)


def open_desk(base: Base, broker: NatsBroker, clock: Clock, clocks: DeskClocks, stack: AsyncExitStack) -> Batcher:
    put_off = partial(_start_again_if_mute, base)
    desk = Desk(base.record, clock=clock, free=base.room, put_off=put_off, doubt=clocks.doubt)
    batcher = Batcher(desk, DeadLetters(broker.connection).keep)
    batcher.start()
    stack.push_async_callback(batcher.drain)
    return batcher


def _start_again_if_mute(base: Base, error: PersistenceError) -> None:
    """A message server that tells what it has but takes nothing more: its disk refused a write, some time ago."""
    if not isinstance(error, OutcomeUnknown) or not base.room():
        return
    try:
        base.record.position()
    except PersistenceError:
        return  # it tells nothing either: it is ending, starting or frozen
    ask_start_again(base.settings.data)


def open_doors(base: Base, broker: NatsBroker, batcher: Batcher) -> dict[str, Work]:
    """Those by message; what is returned is done when the command line asks for it."""
    open_live_door(broker, base.record, batcher)
    return {"dead.retry": retrying(broker.connection, base.record, batcher)}
