"""The record read from its first entry to its last, over a connection that may only read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from eventsourcing.persistence import PersistenceError
from nats.aio.client import RawCredentials

from adapters.jetstream.link import Address
from adapters.jetstream.read import PAGE, Reader
from adapters.jetstream.stream import Options, Stream
from adapters.jetstream.streams import record_definition
from adapters.nats.identity import Installation
from adapters.upkeep.checks import Finding


@asynccontextmanager
async def record_at(installation: Installation, url: str) -> AsyncIterator[Stream]:
    creds = cast("str", RawCredentials(installation.reader_creds()))  # text in the place of a path
    address = Address(url, creds, "raccordo-reader")
    stream = Stream(Options(address=address, definition=record_definition(), prefix="record", timeout=20.0))
    try:
        yield stream
    finally:
        await stream.close()


async def read_through(installation: Installation, url: str) -> Finding:
    """After an orderly end the server looks at an entry only when it is read: till then it does not know of a hole."""
    position = 0
    try:
        async with record_at(installation, url) as record:
            reader = Reader(record)
            last = await reader.last_position()
            while position < last:
                position += await reader.present(position + 1, min(PAGE, last - position))
    except PersistenceError as error:
        return Finding("record read", "fail", str(error))
    return Finding("record read", "ok", f"every entry up to {position}")
