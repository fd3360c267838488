"""The message server of a data folder, whether a service runs on it or not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.folder_lock import FolderLock
from adapters.nats.folder import ServerFolder
from adapters.nats.identity import Installation
from adapters.nats.place import refuse_half_copied
from adapters.nats.server import NatsServer
from adapters.running import server_on


@asynccontextmanager
async def server_of(data: Path) -> AsyncIterator[str]:
    """Its URL. Where none runs it is started on a port that nobody knows, and ended afterwards."""
    if (url := server_on(data)) is not None:
        yield url
        return
    with FolderLock(data):
        refuse_half_copied(ServerFolder.of(data))
        server = NatsServer(Installation.open(data))
        try:
            await asyncio.to_thread(server.start)
            yield server.url
        finally:
            await asyncio.to_thread(server.stop)
