"""The desk: founds the network where there is none, then takes acts from the doors that are opened on it."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from eventsourcing.persistence import PersistenceError
from faststream.nats import NatsBroker

from adapters.batcher import Batcher
from adapters.bus.console import Work
from adapters.bus.desk_clocks import DeskClocks
from adapters.bus.live import open_live_door
from adapters.bus.purge import purging
from adapters.bus.retry import retrying
from adapters.dead import DeadLetters
from adapters.jetstream.append import OutcomeUnknown
from adapters.main.base import Base
from adapters.nats.identity import Installation
from adapters.nats.start_again import ask_start_again
from adapters.office import open_office, publications
from adapters.registration import reconcile
from adapters.spending import Spending
from adapters.used_today import UsedToday
from services.desk import Desk
from services.founding import found
from services.joining import Joins

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """What the doors open on."""

    batcher: Batcher
    desk: Desk
    letters: DeadLetters

    def budgets(self) -> dict[str, Any]:
        """In totals: how many are over one, what was put off for it, what could not be read and was not kept."""
        told = self.batcher.spending.told()
        told["over"]["joins"] = len(self.desk.joins.budget.over())
        told["put_off"] |= self.desk.put_off
        return {**told, **self.letters.told()}


async def founded(base: Base, installation: Installation, clock: Clock) -> None:
    """With its office on the record, and what the record says of accounts on the message server."""
    office = open_office(installation, base.settings.office_name)
    await asyncio.to_thread(found, base.record, office, publications(), clock())
    await reconcile(installation, base.store.url, base.record.network)


async def open_clocks(broker: NatsBroker, clock: Clock, stack: AsyncExitStack) -> DeskClocks:
    """Compared with those of the other desks from here on."""
    clocks = DeskClocks(broker.connection, clock, desk=f"{socket.gethostname()}:{os.getpid()}")
    return await stack.enter_async_context(clocks)


async def open_desk(
    base: Base, broker: NatsBroker, clock: Clock, clocks: DeskClocks, stack: AsyncExitStack
) -> AtTheDesk:
    limits, disk = base.settings.limits, base.disk
    desk = Desk(
        base.record,
        clock=clock,
        free=disk.room,
        free_for_office=disk.room_for_office,
        joins=Joins(limits.joins_a_day),
        put_off=partial(_start_again_if_mute, base),
        doubt=clocks.doubt,
    )
    letters = DeadLetters(broker.connection, most=limits.dead_bytes, room=disk.room)
    spending = Spending(limits, lambda: base.record.network.office)
    await stack.enter_async_context(UsedToday(base.settings.data, spending.bytes))
    batcher = Batcher(desk, letters.keep, spending)
    batcher.start()
    stack.push_async_callback(batcher.drain)
    return AtTheDesk(batcher, desk, letters)


def _start_again_if_mute(base: Base, error: PersistenceError) -> None:
    """A message server that tells what it has but takes nothing more: its disk refused a write, some time ago."""
    if not isinstance(error, OutcomeUnknown) or not base.disk.room_for_office():
        return
    try:
        base.record.position()
    except PersistenceError:
        return  # it tells nothing either: it is ending, starting or frozen
    ask_start_again(base.settings.data)


def open_doors(base: Base, broker: NatsBroker, at: AtTheDesk) -> dict[str, Work]:
    """Those by message; what is returned is done when the command line asks for it."""
    open_live_door(broker, base.record, at.batcher)
    client = broker.connection
    return {
        "dead.retry": retrying(client, base.record, at.batcher, at.letters.count_again),
        "dead.purge": purging(client, lambda id_: id_ in base.record.network.organisations, at.letters.count_again),
    }
