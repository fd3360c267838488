"""Work for one request: it is cancelled as soon as whoever sent the request has gone."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from fastapi import Request

from adapters.ended import ended

LOOK_S: Final = 0.25
"""How often it is looked whether the connection is still there."""

T = TypeVar("T")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=LOOK_S))[0]:
            if await request.is_disconnected():
                task.cancel()
                break
        return await task
    finally:
        if not task.done():
            await ended(task)
