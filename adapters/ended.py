"""Tasks that are ended, however they take it."""

import asyncio
from typing import Any, Final

AGAIN_S: Final = 1.0
"""So long a task may take to end in order before it is cancelled once more."""


async def ended(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel them until they are done; what they raise is left with them.

    Once is not enough: a task whose `asyncio.wait_for` has got its answer in the same turn of the loop goes on as if
    nothing had been said (Python 3.11).
    """
    while going := [task for task in tasks if not task.done()]:
        for task in going:
            task.cancel()
        await asyncio.wait(going, timeout=AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
