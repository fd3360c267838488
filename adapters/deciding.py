"""The desk at work in its threads: one batch is decided while the one before it is being stored.

Storing takes as long as deciding.

How long it was busy for each organisation is counted: who has used more than its share stands behind the others.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

from adapters.spending import Spending
from services.answers import Answer
from services.desk import Arrival, Desk
from services.sitting import Sitting

TOGETHER_S: Final = 0.1
"""Seconds after which a batch ends: so long, and for one act more, the others wait for it."""


@dataclass(frozen=True, slots=True)
class Begun:
    """`left` are the places of the acts to which the desk did not come; their answers mean nothing."""

    answers: Awaitable[list[Answer]]
    left: frozenset[int]


class Deciding:
    """For one loop; batches are decided in the order in which they come."""

    def __init__(self, desk: Desk, spending: Spending, together_s: float) -> None:
        self._desk, self._spending, self._together_s = desk, spending, together_s
        # Threads of its own: queries that wait in others must never keep the desk waiting. One decides, one stores.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="desk")
        self._turn = asyncio.Lock()

    async def begin(self, arrivals: Sequence[Arrival]) -> "Begun":
        """Return when the next may be decided; the answers come when these are stored."""
        loop = asyncio.get_running_loop()
        decided = asyncio.Event()
        sitting = Sitting(self._together_s)
        async with self._turn:
            answer = partial(self._desk.answer_many, arrivals, lambda: loop.call_soon_threadsafe(decided.set), sitting)
            answers = loop.run_in_executor(self._threads, answer)
            answers.add_done_callback(lambda _: decided.set())
            await decided.wait()
        left = frozenset(sitting.left)
        self._spending.desk(sitting.spent, Counter([a.organisation for i, a in enumerate(arrivals) if i not in left]))
        return Begun(answers, left)

    @property
    def busy(self) -> bool:
        return self._turn.locked()

    def end(self, *, wait: bool = True) -> None:
        """`wait` for what is still decided; else it is left to its thread."""
        self._threads.shutdown(wait=wait, cancel_futures=True)
