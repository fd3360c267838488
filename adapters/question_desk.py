"""Questions in, answers out: bounded for each organisation in number, bytes and CPU, cancelled when nobody waits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from pydantic_core import to_json

from adapters.answering import found_told
from adapters.asking import Asked, asked
from adapters.question_spending import Bounds, BusyError, Refusals, Room, Spending
from adapters.turns import Turns
from domain.refusal import Malformed, Refused
from services.cost import Cost, GivenUpError
from services.queries.pages import Answer
from services.queries.queries import Queries
from services.views.awaited import Call

LARGEST_QUESTION: Final = 16 * 1024
"""Bytes; the longest that makes sense names 500 positions."""
LARGEST_ANSWER: Final = 960 * 1024
"""Bytes; a message holds 1 MB with all that belongs to it."""
LONGEST_S: Final = 30.0
"""How long a question is kept at most: nobody may ask to wait longer."""
TURN_S: Final = 10.0
"""How long it waits for its turn; then its asker is told to try later, and not left without a word."""


class AwaitedViews(Protocol):
    def at(self, position: int, call: Call) -> Call: ...
    @property
    def status(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Found:
    """The answer, and as it is written."""

    answer: Answer
    written: bytes


class QuestionDesk:
    """Lives on the doors' loop. A question that waits for a position holds no thread; those that work do.

    While the acts' desk is `busy`, a question that takes long rests half of the time. `answer` raises `Refused`, and
    `BusyError` where the asker should try later. Cancelled, it ends its work.
    """

    def __init__(
        self,
        queries: Queries,
        views: AwaitedViews,
        bounds: Bounds,
        *,
        seconds: float,
        rows: int,
        a_minute: float,
        busy: Callable[[], bool],
    ) -> None:
        self._queries = queries
        self._views = views
        self._cost = partial(Cost, seconds, rows, busy=busy)
        self.room = Room(bounds)
        self.spending = Spending(a_minute)
        self._refusals = Refusals()
        self._turns = Turns(bounds.at_once, each=bounds.at_once_each, used=self.spending.used)
        self._threads = ThreadPoolExecutor(bounds.at_once, thread_name_prefix="query")
        self._working: set[Cost] = set()
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def answer(
        self, query: str, reader: str, parameters: bytes | Mapping[str, Any], language: str = "en"
    ) -> Found:
        """Its sentences are in the language."""
        async with self.kept(reader, parameters):
            return await self._answered(reader, asked(query, parameters), language)

    @asynccontextmanager
    async def kept(self, reader: str, parameters: bytes | Mapping[str, Any]) -> AsyncIterator[None]:
        """Among the questions that wait or are worked on; too long a one is refused before it is kept."""
        size = len(parameters) if isinstance(parameters, bytes) else len(to_json(parameters))
        async with self._refusals.late(reader):
            if size > LARGEST_QUESTION:
                raise Malformed("question.too-large", most=LARGEST_QUESTION)
            if self._closed.done():
                raise BusyError(2)
            with self.room.taken(reader, size):
                yield

    def told(self) -> dict[str, Any]:
        """Totals since the start, for health and metrics: never of one organisation."""
        return {"kept": len(self.room), "put_off": self.room.put_off, "cpu_s": round(self.spending.total, 3)}

    def close(self) -> None:
        """Cancel what is worked on and wake who waits: they are told to try later."""
        self._closed.set_result(None)
        for cost in self._working:
            cost.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _answered(self, reader: str, question: Asked, language: str) -> Found:
        until = time.monotonic() + LONGEST_S
        if question.after is not None and not await self._reached(question.after, question.timeout):
            return _found({"outcome": "not yet", "position": await asyncio.to_thread(self._stands)})
        self.spending.check(reader)
        turn = self._turns.ask(reader)
        try:
            await self._while_open(turn, min(TURN_S, until - time.monotonic()))
        except BaseException as error:
            self._turns.give_back(reader, turn)
            if isinstance(error, TimeoutError):
                raise BusyError(5, "questions.too-many") from None
            raise
        return await self._worked_on(reader, partial(self._work, reader, question, language), self._cost(until), turn)

    async def _worked_on(
        self, reader: str, work_: Callable[[Cost], Found], cost: Cost, turn: "asyncio.Future[None]"
    ) -> Found:
        loop = asyncio.get_running_loop()
        self._working.add(cost)
        work = loop.run_in_executor(self._threads, work_, cost)
        work.add_done_callback(partial(self._ended, reader, cost, turn))
        try:
            return await asyncio.shield(work)
        except GivenUpError:
            raise BusyError(5) from None
        except asyncio.CancelledError:
            cost.cancel()
            raise

    def _work(self, reader: str, question: Asked, language: str, cost: Cost) -> Found:
        cost.begin()
        try:
            answer = self._queries.found(question.query, reader=reader, cost=cost, **question.parameters)
            return _found(found_told(answer, language))
        finally:
            cost.over  # noqa: B018 (looks at the clock a last time)

    def _ended(self, reader: str, cost: Cost, turn: "asyncio.Future[None]", work: "asyncio.Future[Found]") -> None:
        if not work.cancelled():
            work.exception()  # the asker may have gone: nobody else looks at it
        self._working.discard(cost)
        self.spending.add(reader, cost.used)
        self._turns.give_back(reader, turn)

    async def _reached(self, position: int, within: float) -> bool:
        """True as soon as the views stand at the position, False after the time-out."""
        loop = asyncio.get_running_loop()
        reached: asyncio.Future[None] = loop.create_future()
        forget = self._views.at(position, lambda: loop.call_soon_threadsafe(_done, reached))
        try:
            await self._while_open(reached, within)
        except TimeoutError:
            return await asyncio.to_thread(self._stands) >= position
        finally:
            forget()
        return True

    async def _while_open(self, awaited: "asyncio.Future[None]", within: float) -> None:
        """Raises `TimeoutError`, and `BusyError` if the service ends meanwhile."""
        both = {awaited, self._closed}
        done, _ = await asyncio.wait(both, timeout=max(0.0, within), return_when=asyncio.FIRST_COMPLETED)
        if self._closed in done:
            raise BusyError(2)
        if not done:
            raise TimeoutError

    def _stands(self) -> int:
        position: int = self._views.status.position
        return position


def _done(reached: "asyncio.Future[None]") -> None:
    if not reached.done():
        reached.set_result(None)


def _found(answer: Answer) -> Found:
    return Found(answer, in_a_message(answer))


def in_a_message(answer: Answer) -> bytes:
    """The answer as it is written. Raises `answer.too-large` where no message can hold it."""
    written = to_json(answer)
    if len(written) > LARGEST_ANSWER:
        raise Refused("answer.too-large", most=LARGEST_ANSWER)
    return written
