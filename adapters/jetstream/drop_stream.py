"""The stream of what one organisation hands in while nobody waits, and the consumer the desk takes it through.

A stream for each: in one for all, two organisations' ids of messages could meet, and the second message would be
acknowledged and lost.
"""

import asyncio
import json
from collections.abc import Iterable
from importlib.resources import files
from typing import Any, Final

from adapters.jetstream.link import Address, Link
from adapters.jetstream.streams import FREE, Definition, create
from adapters.jetstream.subjects import checked

CONSUMER: Final = "desk"
MOST: Final = 200
"""Acts that may be under way to the desk: one batch."""

HEARTBEAT_S: Final = 15.0
AGAIN_S: Final = 60.0
"""Seconds after which the server delivers again what was not acknowledged."""

NANO: Final = 1_000_000_000
AT_ONCE: Final = 16  # streams being made side by side


def stream_of(organisation: str) -> str:
    return f"DROP_{checked(organisation)}"


def drop_definition(organisation: str) -> Definition:
    """How much it may hold is the administrator's to choose; when it is full, the sender is told."""
    rules = json.loads(files("deploy").joinpath("nats/drop.json").read_text(encoding="utf-8"))
    config = {**rules, "subjects": [f"drop.{checked(organisation)}.>"]}
    return Definition(stream_of(organisation), config, FREE | {"max_msgs", "max_bytes"})


def consumer(inbox: str) -> dict[str, Any]:
    """Kept in memory and made anew with every connection: so what was not answered comes again, in order."""
    return {
        "durable_name": CONSUMER,
        "deliver_subject": inbox,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": int(AGAIN_S * NANO),
        "max_deliver": -1,
        "max_ack_pending": MOST,
        "idle_heartbeat": int(HEARTBEAT_S * NANO),
        "mem_storage": True,
        "replay_policy": "instant",
    }


async def make_drop_streams(address: Address, organisations: Iterable[str], *, within: float = 5.0) -> None:
    """Create or verify the stream of each, as an administrator."""
    ids = list(organisations)
    link = await Link.open(address, within)
    try:
        for first in range(0, len(ids), AT_ONCE):
            some = (drop_definition(id_) for id_ in ids[first : first + AT_ONCE])
            await asyncio.gather(*(create(link, wanted, within=within) for wanted in some))
    finally:
        await link.close()
