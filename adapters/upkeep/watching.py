"""An organisation's feed as whoever watches it gets it: through the partner's own consumer, or from the beginning."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from adapters.nats.connection import UnreachableError, connect, shut_out
from adapters.partner import NoAnswerError, organisation_of

Message = dict[str, Any]
WAIT_S = 1.0
"""How long one request waits for a message; then the next one does."""
LATE_S = 0.2
"""By how much the server may take a request to be open for longer than whoever made it."""


@asynccontextmanager
async def watching(url: str, creds: str, *, take: bool) -> AsyncIterator[AsyncIterator[Message]]:
    """What the organisation has not acknowledged, and what comes. It is given back at the end, unless taken."""
    client = await connect(url, creds)
    try:
        async with aclosing(_pulled(client, take=take)) as messages:
            yield messages
    finally:
        await client.close()


@asynccontextmanager
async def watching_from_start(url: str, creds: str, service_creds: str) -> AsyncIterator[AsyncIterator[Message]]:
    """Everything that is kept for the organisation, whatever it has taken of it: with the service's own rights."""
    client = await connect(url, service_creds)
    try:
        subject = f"feed.{organisation_of(creds)}.>"
        feed = await client.jetstream().subscribe(subject, stream="FEED", ordered_consumer=True)
        yield (_read(message) async for message in feed.messages)
    finally:
        await client.close()


async def _pulled(client: Client, *, take: bool) -> AsyncGenerator[Message]:
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", "FEED")
    held: dict[int, Msg] = {}
    asked: asyncio.Future[list[Msg]] | None = None
    try:
        while True:
            asked = asyncio.ensure_future(feed.fetch(1, timeout=WAIT_S))
            try:
                (message,) = await asyncio.shield(asked)
            except TimeoutError:  # the library's own, or that of the event loop
                continue
            except nats.errors.Error as error:
                if why := shut_out(client.last_error):
                    raise UnreachableError(why) from error
                raise NoAnswerError(f"there is no feed for these credentials ({type(error).__name__})") from error
            asked = None
            sequence = message.metadata.sequence.stream
            again = sequence in held  # what is held too long is delivered again
            held[sequence] = message
            if not again:
                yield _read(message)
            if take:
                await message.ack()
                del held[sequence]
    finally:
        await give_back(client, list(held.values()), asked)


async def give_back(client: Client, held: list[Msg], asked: asyncio.Future[list[Msg]] | None) -> None:
    """First the last request must be over: what is given back would be delivered to it, and lie there unseen.

    The server counts its time from when it heard of it, so there it is open for longer.
    """
    if asked:
        with suppress(nats.errors.Error, TimeoutError):
            held += await asked
        await asyncio.sleep(LATE_S)
    if client.is_closed:
        return  # the server gives them back by itself, when they were held too long
    for message in held:
        await message.nak()
    if client.is_connected:
        await client.flush()
        await client.flush()  # the first ping may overtake what is waiting to be written


def _read(message: Msg) -> Message:
    told: Message = json.loads(message.data)
    return told
