"""Our own message server, started again whenever it ends, and when its disk refused a write and has room again."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from adapters.nats.unwritable import ServerLog

LOOK_S = 0.1

log = structlog.get_logger()


async def kept_running(
    installation: Installation, host: str, port: int, room: Callable[[], bool], stack: AsyncExitStack
) -> NatsServer:
    """Started, and watched until the stack is left; then it is ended in order."""
    server = NatsServer(installation, host=host, port=port)
    await asyncio.to_thread(server.start)
    stack.push_async_callback(asyncio.to_thread, server.stop)
    watch = asyncio.get_running_loop().create_task(_watched(server, room))
    stack.push_async_callback(_ended, watch)
    return server


async def _watched(server: NatsServer, room: Callable[[], bool]) -> None:
    told = ServerLog(server.folder.log)
    while True:
        await asyncio.sleep(LOOK_S)
        if server.alive and not (told.look() and room()):
            continue
        if server.alive:
            log.error("a disk refused a write of the message server, it has room now: starting it again")
            await asyncio.to_thread(server.stop)
        else:
            log.error("message server ended, starting it again")
        told = ServerLog(server.folder.log)
        try:
            await asyncio.to_thread(server.start)
        except Exception as error:
            log.error("message server does not start", exc_info=error)  # noqa: TRY400
            await asyncio.sleep(1)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
