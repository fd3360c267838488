"""What has arrived is decided together: a busy desk shares one write among many acts, an idle one waits for nobody.

While some are being stored, the next are decided: the store's answer takes as long as deciding them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog

from adapters.metrics import Metrics
from adapters.strangers import Since
from adapters.turns import Queues
from domain.refusal import Meaning, Refused
from services.answers import Answer, Refusal, TryLater
from services.desk import Arrival, Desk

MOST = 200
"""Acts in one batch."""
WAITING = 1_000
"""Acts of one organisation that may wait; past that the answer to it is to try later."""
DRAIN_S: Final = 3.0
"""When the service ends, how long what waits is still decided; the rest is to be tried later."""

Reply = Callable[[Answer], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    reply: Reply
    since: Since


class Batcher:
    """Between the doors and the desk; lives on the doors' loop, the desk works in a thread.

    `keep_aside` is given what could not be read, with the reason.
    """

    def __init__(self, desk: Desk, keep_aside: Callable[[str, Arrival], Awaitable[None]]) -> None:
        self._desk = desk
        self.metrics = Metrics()
        self.keep_aside = keep_aside
        self._waiting: Queues[_Waiting] = Queues(each=WAITING)
        self._came = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        # Threads of its own: queries that wait in others must never keep the desk waiting. One decides, one stores.
        self._desk_threads = ThreadPoolExecutor(2, thread_name_prefix="desk")
        self._deciding = asyncio.Lock()

    def failing(self) -> str | None:
        return self._desk.failing

    def busy(self) -> bool:
        """True while acts wait, are decided or are stored."""
        return bool(self._waiting or self._late) or self._deciding.locked()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def submit(self, arrival: Arrival, reply: Reply) -> None:
        """Returns at once; `reply` is awaited with the answer when it is known."""
        if self._closing or not self._waiting.put(arrival.organisation, _Waiting(arrival, reply, Since())):
            self.metrics.put_off()
            await reply(TryLater(2))
            return
        self._came.set()

    async def answer(self, arrival: Arrival) -> Answer:
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        async def reply(answer: Answer) -> None:
            if not answered.done():
                answered.set_result(answer)

        await self.submit(arrival, reply)
        return await answered

    async def answer_many(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Decided together and apart from the others, so that none of them overtakes another of its case."""
        if self._closing or not arrivals:
            return [TryLater(2)] * len(arrivals)
        since = Since()
        answers = await self._answers(arrivals, await self._decided(arrivals))
        hidden = (a.refused for a in answers if isinstance(a, Refusal) and a.refused.means is Meaning.HIDDEN)
        for refused in hidden:
            await since.hold(refused)
        return answers

    async def drain(self) -> None:
        """Take nothing more, answer what waits; what is still being decided after a while is left to its thread."""
        self._closing = True
        self._came.set()
        until = time.monotonic() + DRAIN_S
        if self._task:
            await asyncio.wait({self._task}, timeout=DRAIN_S)
            self._task.cancel()
        while left := self._waiting.take(MOST):
            await asyncio.gather(*(self._reply(waiting, TryLater(2)) for waiting in left))
        while self._late and time.monotonic() < until + 1:
            await asyncio.wait(self._late, timeout=1)
        self._desk_threads.shutdown(wait=not self._late, cancel_futures=True)

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._came.clear()
                await self._came.wait()
                continue
            batch = self._waiting.take(MOST)
            self._later(self._answer(batch, await self._decided([w.arrival for w in batch])))

    async def _decided(self, arrivals: Sequence[Arrival]) -> Awaitable[list[Answer]]:
        """In the order in which they came; returns when the next may be decided."""
        loop = asyncio.get_running_loop()
        decided = asyncio.Event()
        async with self._deciding:
            answer = partial(self._desk.answer_many, arrivals, lambda: loop.call_soon_threadsafe(decided.set))
            answers = loop.run_in_executor(self._desk_threads, answer)
            answers.add_done_callback(lambda _: decided.set())
            await decided.wait()
        return answers

    async def _answers(self, arrivals: Sequence[Arrival], coming: Awaitable[list[Answer]]) -> list[Answer]:
        """What could not be read is kept aside before anybody is told."""
        try:
            answers = await coming
        except Exception as error:
            log.error("desk failed", acts=len(arrivals), exc_info=error)  # noqa: TRY400 (rendered without values)
            answers = [TryLater(5, "a fault of the service")] * len(arrivals)
        self.metrics.answered(answers)
        unread = (
            (answer.refused.code, arrival)
            for arrival, answer in zip(arrivals, answers, strict=True)
            if isinstance(answer, Refusal) and answer.unread and not arrival.kept
        )
        await asyncio.gather(*(self.keep_aside(*kept) for kept in unread))
        return answers

    async def _answer(self, batch: list[_Waiting], coming: Awaitable[list[Answer]]) -> None:
        answers = await self._answers([w.arrival for w in batch], coming)
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Refusal) and answer.refused.means is Meaning.HIDDEN:
                self._later(self._reply_late(waiting, answer, answer.refused))
            else:
                await self._reply(waiting, answer)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _reply_late(self, waiting: _Waiting, answer: Answer, refused: Refused) -> None:
        await waiting.since.hold(refused)
        await self._reply(waiting, answer)

    async def _reply(self, waiting: _Waiting, answer: Answer) -> None:
        self.metrics.took(waiting.since.seconds)
        try:
            await waiting.reply(answer)
        except Exception as error:  # noqa: BLE001 (one who is gone must not stop the others' answers)
            log.warning("answer not delivered", error=type(error).__name__)
