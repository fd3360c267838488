"""What the parts that read or write the record share: the record itself, and what is known of the network."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import structlog
from eventsourcing.persistence import InternalError
from faststream.nats import NatsBroker

from adapters.disk import free_bytes
from adapters.keys import open_key_store
from adapters.last_known import LastKnown, Noting
from adapters.main.same_record import check_same_record
from adapters.main.store import Store
from adapters.settings import Settings
from services.keyring import Keyring
from services.network import NetworkFollower
from services.record import Record

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Base:
    settings: Settings
    store: Store
    record: Record
    network: NetworkFollower
    keyring: Keyring

    def room(self) -> bool:
        return free_bytes(self.settings.data) > self.settings.room


async def open_base(settings: Settings, store: Store, stack: AsyncExitStack) -> Base:
    keys = open_key_store(settings.data)
    stack.callback(keys.close)
    keyring = Keyring(keys)
    environment = {
        "PERSISTENCE_MODULE": "adapters.jetstream.factory",
        "MAPPER_TOPIC": "adapters.mapper:EntryMapper",
        "NATS_URL": store.url,
        "NATS_CREDS": store.creds,
        "NATS_MONITOR_URL": store.monitor,
    }
    record = await asyncio.to_thread(Record, environment, keyring)
    stack.push_async_callback(asyncio.to_thread, record.close)
    await asyncio.to_thread(check_same_record, settings, store, record)
    stack.enter_context(Noting(settings.data, partial(_last_known, record)))
    network = NetworkFollower(record)
    network.start()
    stack.push_async_callback(asyncio.to_thread, network.stop)
    await asyncio.to_thread(_known, record, network)
    return Base(settings, store, record, network, keyring)


async def open_broker(store: Store, stack: AsyncExitStack) -> NatsBroker:
    """Connected; it takes messages once it is started."""
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
    return broker


def _last_known(record: Record) -> LastKnown | None:
    last = cast("Any", record.recorder).last_known
    return LastKnown(incarnation=record.incarnation, position=last.number, digest=last.digest) if last else None


def _known(record: Record, network: NetworkFollower) -> None:
    """The doors open only when what is on the record of the network is known; a record with a hole is refused."""
    while not network.wait_for(record.position(), timeout=1):
        if isinstance(network.fault, InternalError):
            raise network.fault
        log.info("reading the record", position=record.network.position)
