"""What one organisation has handed in, taken off its stream in order."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from eventsourcing.persistence import OperationalError

from adapters.jetstream.drop_stream import CONSUMER, HEARTBEAT_S, MOST, consumer, drop_definition, stream_of
from adapters.jetstream.guard import NOT_FOUND
from adapters.jetstream.link import GONE, Link
from adapters.jetstream.message import sequence_delivered
from adapters.jetstream.reply import ApiError, Lost, NoAnswer
from adapters.jetstream.streams import verify
from adapters.jetstream.taken import Taken

WITHIN_S = 5.0
LOOKS, LOOK_S = 5, 0.05


class TakenElsewhere(OperationalError):
    """Another service listens there: this one stands by, and takes over when that one is gone."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """One message as it was handed in; `number` is its place in the organisation's stream."""

    number: int
    subject: str
    body: bytes
    language: str
    receipt: str


class DropQueue:
    """`incarnation` tells this stream from another that once had its name, whose numbers mean nothing here."""

    def __init__(self, link: Link, incarnation: str) -> None:
        self.incarnation = incarnation
        self._link = link
        self._came: asyncio.Queue[Dropped | None] = asyncio.Queue()
        self._taken = 0

    async def next(self) -> list[Dropped]:
        """Whatever has come, at least one, at most a batch. Raises `Lost` or `NoAnswer` when nothing can come."""
        found = [await self._one()]
        while len(found) < MOST and not self._came.empty():
            found.append(await self._one())
        return found

    async def done_with(self, dropped: Iterable[Dropped]) -> None:
        """They leave the stream. Should that not arrive, they come again and are known by their numbers."""
        for each in dropped:
            await self._link.send(each.receipt, b"+ACK")

    def take(self, message: Taken) -> None:
        """What is delivered twice because it took long is here already: only what is new goes on, so order is kept."""
        if message.status is not None:
            self.wake()
            return
        number = sequence_delivered(message)
        if number > self._taken:
            self._taken = number
            language = (message.header(b"Accept-Language") or "en")[:2]
            self._came.put_nowait(Dropped(number, message.subject, message.data, language, message.reply))

    def wake(self) -> None:
        self._came.put_nowait(None)

    async def _one(self) -> Dropped:
        while True:
            try:
                async with asyncio.timeout(3 * HEARTBEAT_S):
                    found = await self._came.get()
            except TimeoutError as error:  # also a consumer that somebody deleted tells nothing
                raise NoAnswer("Nothing comes from what was handed in, not even a heartbeat") from error
            if found is not None:
                return found
            if not self._link.alive:
                raise Lost("The connection was lost")


@asynccontextmanager
async def dropped_by(link: Link, organisation: str) -> AsyncIterator[DropQueue]:
    """From its first message on that is not done with. Raises `StreamMissing` where it has no stream."""
    state = await verify(link, drop_definition(organisation), within=WITHIN_S)
    queue = DropQueue(link, state.incarnation)
    inbox, subscription = await link.listen(queue.take)
    link.when_lost.add(queue.wake)
    try:
        await _consumer_anew(link, stream_of(organisation), inbox)
        yield queue
    finally:
        link.when_lost.discard(queue.wake)
        with suppress(*GONE):
            await subscription.unsubscribe()


async def _consumer_anew(link: Link, stream: str, inbox: str) -> None:
    """One that is left over would first give what comes later: it waits for answers to what died with its reader."""
    try:
        for _ in range(LOOKS):  # the server tells of one that has just left for a moment more
            if not (await link.api(f"CONSUMER.INFO.{stream}.{CONSUMER}", within=WITHIN_S)).get("push_bound"):
                break
            await asyncio.sleep(LOOK_S)
        else:
            raise TakenElsewhere(f"Another service takes what is handed in on {stream}")
        await link.api(f"CONSUMER.DELETE.{stream}.{CONSUMER}", within=WITHIN_S)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
    wanted = {"stream_name": stream, "config": consumer(inbox), "action": "create"}
    await link.api(f"CONSUMER.CREATE.{stream}.{CONSUMER}", wanted, within=WITHIN_S)
