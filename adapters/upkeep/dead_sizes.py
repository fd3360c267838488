"""How much is kept aside, of whom and since when, without reading what it says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

STREAM: Final = "DEAD"
AT_ONCE: Final = 500
OVERHEAD: Final = 512
"""Bytes that each takes beside what it says."""
PATIENCE_S: Final = 5.0
GONE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Size:
    number: int
    subject: str
    bytes: int
    kept_at: datetime


async def sizes(client: Client, subject: str) -> AsyncIterator[Size]:
    """Those there are when it is asked, oldest first; the server sends their headers alone."""
    config = ConsumerConfig(headers_only=True, ack_policy=AckPolicy.NONE, inactive_threshold=GONE_S, mem_storage=True)
    reading = await client.jetstream().pull_subscribe(subject, stream=STREAM, config=config)
    try:
        left = (await reading.consumer_info()).num_pending or 0
        while left > 0:
            try:
                found = await reading.fetch(min(AT_ONCE, left), timeout=PATIENCE_S)
            except TimeoutError:  # the library's own, or that of the event loop
                return  # some have been taken out meanwhile
            left -= len(found)
            for each in found:
                said = int((each.headers or {}).get("Nats-Msg-Size", 0))
                yield Size(each.metadata.sequence.stream, each.subject, said + OVERHEAD, each.metadata.timestamp)
    finally:
        await reading.unsubscribe()
