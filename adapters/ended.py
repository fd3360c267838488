"""Tasks that are ended, however they take it."""

import asyncio
from typing import Any, Final

import structlog

AGAIN_S: Final = 3.0
"""So long a task may take to end in order before it is cancelled once more."""

log = structlog.get_logger()


async def ended(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel them until they are done; a fault that ended one of them is logged.

    Once is not enough: a task whose `asyncio.wait_for` has got its answer in the same turn of the loop goes on as if
    nothing had been said (Python 3.11).
    """
    while going := [task for task in tasks if not task.done()]:
        for task in going:
            task.cancel()
        await asyncio.wait(going, timeout=AGAIN_S)
    for task in tasks:
        if not task.cancelled() and (fault := task.exception()):
            log.error("ended by a fault", task=task.get_name(), error=type(fault).__name__, exc_info=fault)
