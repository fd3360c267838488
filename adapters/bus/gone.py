"""Which organisations have no connection left: nobody waits any more for what they asked by message."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final

import structlog
from nats.aio.msg import Msg
from pydantic_core import from_json

from adapters.nats.connection import UnreachableError, connect

STILL_S: Final = 1.0
"""How long none may be there before it counts: whoever only connects anew finds its questions kept."""

Gone = Callable[[str, float], None]
"""Called with the organisation and the moment, of the monotonic clock, at which its last connection was closed."""

log = structlog.get_logger()


async def watch_connections(url: str, creds: str, gone: Gone, stack: AsyncExitStack) -> None:
    """Of a message server that does not let us hear it, questions end by their budget alone."""
    connections: dict[str, dict[str, int]] = defaultdict(dict)
    loop = asyncio.get_running_loop()

    def still(organisation: str, since: float) -> None:
        if not any(connections.get(organisation, {}).values()):
            connections.pop(organisation, None)
            gone(organisation, since)

    async def hear(message: Msg) -> None:
        told = from_json(message.data)
        organisation = told["name"]
        connections[organisation][told["server"]["id"]] = told["conns"]
        if not any(connections[organisation].values()):
            loop.call_later(STILL_S, still, organisation, time.monotonic())

    try:
        client = await connect(url, creds, max_reconnect_attempts=-1)
    except UnreachableError as error:
        log.warning("connections are not watched", because=str(error))
        return
    await client.subscribe("$SYS.ACCOUNT.*.SERVER.CONNS", cb=hear)
    stack.push_async_callback(client.close)
