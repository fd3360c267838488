"""One organisation's dropped acts on their way: taken in order, decided, answered on the feed, done with."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import structlog
from eventsourcing.persistence import PersistenceError

from adapters.batcher import Batcher
from adapters.bus.caller import address
from adapters.bus.drop_answer import answer_message
from adapters.ended import ended
from adapters.jetstream.answers import AnswerStream, Reached
from adapters.jetstream.drop_queue import Dropped, DropQueue, TakenElsewhere, dropped_by
from adapters.jetstream.reply import Lost, NoAnswer
from adapters.replies import HELD_BACK_S
from adapters.strangers import Since
from domain.network import Network
from domain.refusal import Malformed, Refused
from services.answers import Answer, Refusal, TryLater
from services.desk import Arrival
from services.record import Record

PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
IN_A_ROW: Final = 3
"""Attempts that must fail before it is said to have stopped: one is what every new connection costs."""

FAULTS: Final = 3
"""Times that the service fails in one act before that is kept aside and the rest goes on."""

log = structlog.get_logger()


class Lane:
    """Acts of one case never overtake one another: a batch is decided whole, and none begins before the last is done.

    `desk` is shared by all lanes: few dropped batches are there at a time, so that the live doors keep their turn.
    """

    def __init__(
        self,
        organisation: str,
        record: Record,
        batcher: Batcher,
        answers: AnswerStream,
        desk: asyncio.Semaphore,
        room: Callable[[], bool],
    ) -> None:
        self._organisation, self._room = organisation, room
        self._record, self._batcher, self._answers, self._desk = record, batcher, answers, desk
        self._faults: list[str] = []
        self._working = self._ending = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """What is at the desk is still answered; what waits comes again."""
        self._ending = True
        if self._task is None:
            return
        if self._working:
            await asyncio.wait({self._task})
        await ended(self._task)

    @property
    def stopped(self) -> str | None:
        """The kind of fault, if it cannot go on."""
        return self._faults[-1] if len(self._faults) >= IN_A_ROW else None

    async def _run(self) -> None:
        pause = PAUSE_S
        while not self._ending:
            try:
                await self._follow()
            except TakenElsewhere:
                self._faults.clear()
            except (Lost, NoAnswer, PersistenceError) as fault:
                self._failed(fault)
            except Exception as fault:
                log.error("dropped acts not taken", exc_info=fault)  # noqa: TRY400 (rendered without values)
                self._failed(fault)
            self._working = False
            pause = PAUSE_S if 0 < len(self._faults) < IN_A_ROW else min(2 * pause, LONGEST_PAUSE_S)
            await asyncio.sleep(pause)

    def _failed(self, fault: Exception) -> None:
        self._faults.append(type(fault).__name__)

    async def _follow(self) -> None:
        link = await self._answers.stream.link()
        async with dropped_by(link, self._organisation) as queue:
            reached = await self._answers.reached(self._organisation, queue.incarnation)
            self._faults.clear()
            while not self._ending:
                batch = await queue.next()
                reached = await self._deal_with(queue, batch, reached)

    async def _deal_with(self, queue: DropQueue, batch: Sequence[Dropped], reached: Reached) -> Reached:
        """Answered before they are done with; what was answered before a kill is only done with."""
        if new := [dropped for dropped in batch if dropped.number > reached.number]:
            spending = self._batcher.spending
            while not self._room() or spending.used_up(self._organisation):  # also answers take room
                await self._hold(LONGEST_PAUSE_S)
            answers = await self._decided(new)
            self._working = True
            said = [answer_message(self._organisation, d, a) for d, a in zip(new, answers, strict=True)]
            reached = await self._answers.publish(self._organisation, queue.incarnation, said, after=reached)
            spending.answered(self._organisation, len(said))
        await queue.done_with(batch)
        self._working = False
        return reached

    async def _decided(self, batch: Sequence[Dropped]) -> list[Answer]:
        """The final answers. "Try later" is said to nobody here: it holds up all that comes after, but for what would
        hold it up for hours.
        """
        answers: dict[int, Answer] = {}
        faults = Counter[int]()
        pause = PAUSE_S
        while True:
            open_ = [dropped for dropped in batch if dropped.number not in answers]
            for dropped, answer in zip(open_, await self._decide(open_), strict=True):
                faults[dropped.number] += _is_fault(answer)
                if (final := _final(answer, faults[dropped.number])) is not None:
                    answers[dropped.number] = final
                    if isinstance(answer, TryLater) and isinstance(final, Refusal) and final.unread:
                        await self._batcher.replies.looked_after(
                            Arrival(self._organisation, dropped.body), final, Since()
                        )
            if len(answers) == len(batch):
                return [answers[dropped.number] for dropped in batch]
            self._working = False
            await self._hold(pause)
            gone_on = len(answers) > len(batch) - len(open_)
            pause = PAUSE_S if gone_on else min(2 * pause, LONGEST_PAUSE_S)

    async def _hold(self, pause: float) -> None:
        if self._ending:
            raise Lost("The service ends")
        await asyncio.sleep(pause)

    async def _decide(self, batch: Sequence[Dropped]) -> list[Answer]:
        found: dict[int, Answer] = {}
        arrivals: dict[int, Arrival] = {}
        held_back = False
        for dropped in batch:
            try:
                arrivals[dropped.number] = _arrival(self._organisation, dropped, self._record.network)
            except Refused as refused:
                found[dropped.number] = refusal = Refusal(refused, unread=isinstance(refused, Malformed))
                arrival = Arrival(self._organisation, dropped.body)
                held_back |= await self._batcher.replies.looked_after(arrival, refusal, Since())
        await asyncio.sleep(HELD_BACK_S if held_back else 0)
        decided = await self._batcher.answer_many(list(arrivals.values()), self._at_the_desk)
        found |= dict(zip(arrivals, decided, strict=True))
        return [found[dropped.number] for dropped in batch]

    @asynccontextmanager
    async def _at_the_desk(self) -> AsyncIterator[None]:
        async with self._desk:
            self._working = True
            yield


def _is_fault(answer: Answer) -> bool:
    return isinstance(answer, TryLater) and answer.reason is not None and answer.reason.code == "service.fault"


def _final(answer: Answer, faults: int) -> Answer | None:
    """Whoever has brought another into too many cases today hands that in again tomorrow; the rest goes on. An act in
    which the service fails again and again is kept aside.
    """
    if not isinstance(answer, TryLater):
        return answer
    if answer.reason and answer.reason.code == "budget.joins":
        return Refusal(answer.reason)
    if answer.reason and _is_fault(answer) and faults >= FAULTS:
        return Refusal(answer.reason, unread=True)
    return None


def _arrival(organisation: str, dropped: Dropped, network: Network) -> Arrival:
    """Whose it is the stream says: the server lets only that organisation's account hand in there."""
    network.check_speaks(organisation)
    kind, id_, type_ = address(dropped.subject, rest=3).rest
    return Arrival(organisation, dropped.body, kind, id_, type_)
