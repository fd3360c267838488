"""Our own message server, started again whenever it ends, and when somebody has found that it writes no more."""

import asyncio
from contextlib import AsyncExitStack

import structlog

from adapters.descriptors import Spare
from adapters.ended import ended
from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from adapters.nats.staging import stage_in_memory
from adapters.nats.start_again import asked_start_again

LOOK_S = 0.1

log = structlog.get_logger()


async def kept_running(installation: Installation, host: str, port: int, stack: AsyncExitStack) -> NatsServer:
    """Started, and watched until the stack is left; then it is ended in order."""
    server, spare = NatsServer(installation, host=host, port=port), Spare()
    stack.callback(spare.let_go)
    await asyncio.to_thread(server.start)
    stack.push_async_callback(asyncio.to_thread, server.stop)
    watch = asyncio.get_running_loop().create_task(_watched(server, spare))
    stack.push_async_callback(ended, watch)
    return server


async def _watched(server: NatsServer, spare: Spare) -> None:
    """Whatever happens: with no descriptors left, or no room, it is tried again."""
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await _looked_after(server, spare)
        except Exception as error:
            log.error("message server does not start", exc_info=error)  # noqa: TRY400
            await asyncio.sleep(1)


async def _looked_after(server: NatsServer, spare: Spare) -> None:
    if server.alive and not asked_start_again(server.folder.root):
        stage_in_memory(server.folder)
        return
    if server.alive:
        log.error("the message server writes no more, starting it again")
        await asyncio.to_thread(server.stop)
    else:
        log.error("message server ended, starting it again")
    with spare.given_up():
        await asyncio.to_thread(server.start)
