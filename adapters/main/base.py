"""What the parts that read or write the record share: the record itself, and what is known of the network."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import structlog
from eventsourcing.persistence import InternalError
from faststream.nats import NatsBroker
from nats.errors import Error as NatsError

from adapters.disk import Disk
from adapters.ended import ended
from adapters.keys import open_key_store
from adapters.last_known import LastKnown, Noting
from adapters.main.same_record import check_same_record
from adapters.main.store import Store
from adapters.settings import Settings
from services.keyring import Keyring
from services.network import NetworkFollower
from services.record import Record

TOLD_EVERY_S: Final = 5.0
RECONNECT_S: Final = 0.02
DRAIN_S: Final = 4.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Base:
    settings: Settings
    store: Store
    record: Record
    network: NetworkFollower
    keyring: Keyring
    disk: Disk


def disk_of(settings: Settings) -> Disk:
    return Disk(settings.data, settings.room, settings.reserve)


async def open_base(settings: Settings, store: Store, stack: AsyncExitStack) -> Base:
    keys = open_key_store(settings.data)
    stack.callback(keys.close)
    keyring = Keyring(keys)
    environment = {
        "PERSISTENCE_MODULE": "adapters.jetstream.factory",
        "MAPPER_TOPIC": "adapters.mapper:EntryMapper",
        "NATS_URL": store.url,
        "NATS_CREDS": store.creds,
        "NATS_WATCHER_CREDS": store.watcher,
    }
    disk = disk_of(settings)
    record = await asyncio.to_thread(
        partial(Record, environment, keyring, disk.room_to_follow, look_ups_a_day=settings.person_look_ups)
    )
    stack.push_async_callback(asyncio.to_thread, record.close)
    await asyncio.to_thread(check_same_record, settings, store, record)
    stack.enter_context(Noting(settings.data, partial(_last_known, record), cast("Any", record.recorder).look))
    network = NetworkFollower(record)
    network.start()
    stack.push_async_callback(asyncio.to_thread, network.stop)
    await asyncio.to_thread(_known, network, record.position())
    return Base(settings, store, record, network, keyring, disk)


async def open_broker(store: Store, stack: AsyncExitStack) -> NatsBroker:
    """Connected; it takes messages once it is started."""
    broker = NatsBroker(
        store.url,
        user_credentials=store.creds,
        apply_types=False,
        logger=None,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_S,  # type: ignore[arg-type]  # it says whole seconds, and takes others
    )
    await broker.connect()
    stack.push_async_callback(_ended, broker)
    return broker


async def _ended(broker: NatsBroker) -> None:
    """What is under way is answered first; with the message server gone nobody waits for it any more.

    nats-py refuses to end in order while it looks for its server, and would look for ever.
    """
    client = broker.connection
    gone = (NatsError, TimeoutError, OSError, RuntimeError)  # the last is what uvloop says of a socket that is closed
    with suppress(*gone):
        await asyncio.wait_for(broker.stop(), DRAIN_S)
    with suppress(*gone):
        await client.close()
    if looking := client._reconnection_task:  # noqa: SLF001 (nobody else ends it)
        await ended(looking)


def _last_known(record: Record) -> LastKnown | None:
    last = cast("Any", record.recorder).last_known
    return LastKnown(incarnation=record.incarnation, position=last.number, digest=last.digest) if last else None


def _known(network: NetworkFollower, position: int) -> None:
    """Nothing is decided, told or shown before what the record says of the network is known."""
    while not network.wait_for(position, timeout=1):
        if isinstance(network.fault, InternalError):
            raise network.fault
        log.info("reading what the record says of the network")


async def look_through(record: Record) -> None:
    """Before anything is written: a record with a hole is refused."""
    log.info("looking through the record", entries=(last := await asyncio.to_thread(record.position)))
    told = time.monotonic()

    def progress(position: int) -> None:
        nonlocal told
        if time.monotonic() - told > TOLD_EVERY_S:
            told = time.monotonic()
            log.info("looking through the record", position=position, of=last)

    await asyncio.to_thread(cast("Any", record.recorder).look_through, progress)
