"""Answers on their way: given at once, or late where they would tell too much, or come again too soon."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog

from adapters.metrics import Metrics
from adapters.spending import Spending
from adapters.strangers import Since
from domain.refusal import Malformed, Refused
from services.answers import Answer, Refusal, TryLater
from services.desk import Arrival

HELD_BACK_S: Final = 0.25
"""So late it is told who is over its budget, or sends too much rubbish: who waits for its answers sends no faster."""
MOST_LATE: Final = 500
"""Answers that wait to be given; past that nobody's "try later" is held back."""

Reply = Callable[[Answer], Awaitable[None]]

log = structlog.get_logger()


class Replies:
    """Lives on the doors' loop. `keep_aside` is given what could not be read, with the reason."""

    def __init__(
        self, keep_aside: Callable[[str, Arrival], Awaitable[None]], spending: Spending, metrics: Metrics
    ) -> None:
        self._keep_aside, self._spending, self._metrics = keep_aside, spending, metrics
        self._late: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def refuse(self, arrival: Arrival, refused: Refused, reply: Reply) -> None:
        """What could not even be given to the desk."""
        self.later(self.late(arrival, Refusal(refused, unread=isinstance(refused, Malformed)), reply, Since()))

    @property
    def waiting(self) -> bool:
        return bool(self._late)

    async def all_given(self, within: float) -> bool:
        """Wait so many seconds for those on their way; True if none is left."""
        until = asyncio.get_running_loop().time() + within
        while self._late and (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._late, timeout=left)
        return not self._late

    async def looked_after(self, arrival: Arrival, refusal: Refusal, since: Since) -> bool:
        """What could not be read is kept aside before anybody is told; to a stranger nothing is said too early.

        True where the answer is to be held back: too much of its sender cannot be read.
        """
        unread = refusal.unread and not arrival.kept
        if unread:
            await self._keep_aside(refusal.refused.code, arrival)
        await since.hold(refusal.refused)
        return unread and self._spending.unreadable(arrival.organisation)

    async def late(self, arrival: Arrival, refusal: Refusal, reply: Reply, since: Since) -> None:
        if await self.looked_after(arrival, refusal, since):
            await asyncio.sleep(HELD_BACK_S)
        await self.give(reply, since, refusal)

    async def put_off(self, reply: Reply, later: TryLater) -> None:
        self._metrics.put_off()
        if len(self._late) < MOST_LATE:
            self.later(self._held_back(reply, later))
        else:
            await reply(later)

    async def _held_back(self, reply: Reply, later: TryLater) -> None:
        since = Since()
        await asyncio.sleep(HELD_BACK_S)
        await self.give(reply, since, later)

    async def give(self, reply: Reply, since: Since, answer: Answer) -> None:
        self._metrics.took(since.seconds)
        try:
            await reply(answer)
        except Exception as error:  # noqa: BLE001 (one who is gone must not stop the others' answers)
            log.warning("answer not delivered", error=type(error).__name__)
