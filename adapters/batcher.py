"""What has arrived is decided together: a busy desk shares one write among many acts, an idle one waits for nobody."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final

import structlog

from adapters.deciding import TOGETHER_S, Begun, Deciding
from adapters.metrics import Metrics
from adapters.replies import HELD_BACK_S, Replies, Reply
from adapters.spending import Spending
from adapters.strangers import Since
from adapters.turns import Places, Queues
from domain.refusal import Meaning
from services.answers import Answer, Refusal, TryLater
from services.budgets import Limits
from services.desk import Arrival, Desk

MOST = 200
"""Acts in one batch."""
HEAVIEST = 256 * 1024
"""Bytes of acts in one batch: what is large takes long, and the others wait for it."""
WAITING = 1_000
"""Acts of one organisation that may wait; past that the answer to it is to try later."""
LONGEST_S = 1.0
"""So long, at most, those who have used up their share of the desk wait for the others."""
LOOK_S = 0.01
DRAIN_S: Final = 3.0
"""When the service ends, how long what waits is still decided; the rest is to be tried later."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    reply: Reply
    since: Since


class Batcher:
    """Between the doors and the desk; lives on the doors' loop, the desk works in a thread.

    `keep_aside` is given what could not be read, with the reason. `together_s` bounds how long a batch is decided.
    """

    def __init__(
        self,
        desk: Desk,
        keep_aside: Callable[[str, Arrival], Awaitable[None]],
        spending: Spending | None = None,
        *,
        together_s: float = TOGETHER_S,
    ) -> None:
        self._desk = desk
        self.metrics = Metrics()
        self.spending = spending or Spending(Limits())
        self.replies = Replies(keep_aside, self.spending, self.metrics)
        self._deciding = Deciding(desk, self.spending, together_s)
        self.lines = Places(WAITING, each=1)
        """Of one organisation one batch of lines is decided at a time, however many requests it sends."""
        self._waiting: Queues[_Waiting] = Queues(each=WAITING, weight=_bytes, heaviest=HEAVIEST)
        self._passed_over_since: float | None = None
        self._came = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closing = False

    def failing(self) -> str | None:
        return self._desk.failing

    def busy(self) -> bool:
        """True while acts wait, are decided or are stored."""
        return bool(self._waiting) or self.replies.waiting or self._deciding.busy

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def submit(self, arrival: Arrival, reply: Reply) -> None:
        """Returns at once; `reply` is awaited with the answer when it is known."""
        if later := self.spending.before(arrival):
            await self.replies.put_off(reply, later)
            return
        if self._closing or not self._waiting.put(arrival.organisation, _Waiting(arrival, reply, Since())):
            self.metrics.put_off()
            self.spending.after(arrival, TryLater())
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

    async def answer_many(
        self, arrivals: Sequence[Arrival], at: Callable[[], AbstractAsyncContextManager[Any]] = nullcontext
    ) -> list[Answer]:
        """Of one organisation, apart from the others', so that none overtakes another of its case.

        After a first "try later" all that follow are answered so. In between, and `at` each part, others have a turn.
        """
        answers: list[Answer] = []
        while len(answers) < len(arrivals):
            if self._closing:
                return answers + [TryLater(2)] * (len(arrivals) - len(answers))
            most = self.spending.at_once(arrivals[0].organisation, MOST)
            part, later = self._within_budget(_not_too_heavy(arrivals[len(answers) :][:most]))
            if part:
                await self._let_others_first(part[0].organisation)
                async with at():
                    answers += await self._answered(part)
            later = later or next((answer for answer in answers if isinstance(answer, TryLater)), None)
            if later:
                self.metrics.put_off(len(arrivals) - len(answers))
                await asyncio.sleep(HELD_BACK_S)
                return answers + [later] * (len(arrivals) - len(answers))
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
            await asyncio.gather(*(self.replies.give(w.reply, w.since, TryLater(2)) for w in left))
        given = await self.replies.all_given(until + 1 - time.monotonic())
        self._deciding.end(wait=given)

    async def _run(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._came.clear()
                await self._came.wait()
                continue
            if not (batch := self._next()):
                await asyncio.sleep(LOOK_S)
                continue
            begun = await self._deciding.begin([w.arrival for w in batch])
            self._put_back([batch[i] for i in sorted(begun.left)])
            self.replies.later(self._answer(batch, begun))

    def _next(self) -> list[_Waiting]:
        """Who has used up its share of the desk comes when nobody else waits, or has waited long, with a few acts.

        With dear ones it waits in any case until it has a share again: perhaps there is nothing to decide now.
        """
        behind = self.spending.behind()
        if not behind:
            return self._waiting.take(MOST)
        now = time.monotonic()
        since = self._passed_over_since = self._passed_over_since or now
        if now < since + LONGEST_S and (others := self._waiting.take_but(behind, MOST)):
            return others
        self._passed_over_since = None
        waits = frozenset() if self._closing else self.spending.waits()
        if few := min((self.spending.at_once(each, MOST) for each in behind - waits), default=0):
            return self._waiting.take_of(behind - waits, few) or self._waiting.take_but(waits, MOST)
        return self._waiting.take_but(waits, MOST)

    async def _let_others_first(self, organisation: str) -> None:
        ends = time.monotonic() + LONGEST_S
        while organisation in self.spending.behind() and not self._closing:
            dear = organisation in self.spending.waits()
            if not dear and (not self._waiting or time.monotonic() > ends):
                return
            await asyncio.sleep(LOOK_S)

    def _put_back(self, left: Sequence[_Waiting]) -> None:
        """Those to which the desk did not come, before all others of their organisation."""
        of: dict[str, list[_Waiting]] = {}
        for waiting in left:
            of.setdefault(waiting.arrival.organisation, []).append(waiting)
        for organisation, waits in reversed(of.items()):
            self._waiting.put_back(organisation, waits)

    def _within_budget(self, arrivals: Sequence[Arrival]) -> tuple[Sequence[Arrival], TryLater | None]:
        """Those that may come now, and what is said to all that follow."""
        for place, arrival in enumerate(arrivals):
            if later := self.spending.before(arrival):
                return arrivals[:place], later
        return arrivals, None

    async def _answered(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """Of the first of them, as many as the desk came to; of one at least."""
        since, held_back = Since(), False
        begun = await self._deciding.begin(arrivals)
        arrivals = arrivals[: min(begun.left, default=len(arrivals))]
        answers = await self._answers(arrivals, begun)
        for arrival, answer in zip(arrivals, answers, strict=True):
            if isinstance(answer, Refusal):
                held_back |= await self.replies.looked_after(arrival, answer, since)
        await asyncio.sleep(HELD_BACK_S if held_back else 0)
        return answers

    async def _answers(self, arrivals: Sequence[Arrival], begun: Begun) -> list[Answer]:
        """Those of `arrivals`, which are the acts to which the desk came."""
        try:
            answers = [answer for i, answer in enumerate(await begun.answers) if i not in begun.left][: len(arrivals)]
        except Exception as error:
            log.error("desk failed", acts=len(arrivals), exc_info=error)  # noqa: TRY400 (rendered without values)
            answers = [TryLater(5, "a fault of the service")] * len(arrivals)
        self.metrics.answered(answers)
        for arrival, answer in zip(arrivals, answers, strict=True):
            self.spending.after(arrival, answer)
        return answers

    async def _answer(self, batch: Sequence[_Waiting], begun: Begun) -> None:
        batch = [waiting for i, waiting in enumerate(batch) if i not in begun.left]
        answers = await self._answers([w.arrival for w in batch], begun)
        for waiting, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Refusal) and (answer.unread or answer.refused.means is Meaning.HIDDEN):
                self.replies.later(self.replies.late(waiting.arrival, answer, waiting.reply, waiting.since))
            else:
                await self.replies.give(waiting.reply, waiting.since, answer)


def _bytes(waiting: _Waiting) -> int:
    return len(waiting.arrival.body)


def _not_too_heavy(arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """The first of them, as heavy together as one batch may be; one at least."""
    weight = 0
    for place, arrival in enumerate(arrivals):
        weight += len(arrival.body)
        if place and weight > HEAVIEST:
            return arrivals[:place]
    return arrivals
