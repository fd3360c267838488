"""Following the record: pages as long as there are any, then every new entry as it is written.

Nothing is polled: an ephemeral consumer in the server's memory pushes. It is built anew when a beat is missed or
an entry out of order arrives; the pages then tell whether something is really missing.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from eventsourcing.persistence import Notification, OperationalError
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.nuid import NUID

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import ApiError, Link, Lost, NoAnswer, status_of
from adapters.jetstream.message import from_consumer, sequence_delivered
from adapters.jetstream.read import Reader
from adapters.jetstream.stream import Stream

NANO = 1_000_000_000
BEAT = 2.0
PULL = 500
PULL_LASTS = 30
IDLE_CONSUMER_LIVES = 120  # longer than any reader should take over one batch; else it is built anew
PAUSE = 0.2
BEAT_STATUS, PULL_OVER = "100", frozenset({"404", "408"})


class Broken(Exception):
    """The live consumer cannot be relied on any more."""


class Follower:
    """The asynchronous part: `next` gives what has come since, waiting for it."""

    def __init__(self, stream: Stream, reader: Reader, gt: int | None, batch: int) -> None:
        self._stream = stream
        self._reader = reader
        self._last = gt or 0
        self._batch = batch
        self._live: _Live | None = None
        self._stir = asyncio.Event()
        self._stopped = False

    async def next(self) -> list[Notification]:
        """The next entries, at most `batch`, never none; an empty list once it has been stopped."""
        while not self._stopped:
            try:
                came = await self._advance()
            except (Lost, NoAnswer, Broken, OperationalError):
                await self._leave_live()
                await self._wait(PAUSE)
                continue
            if entries := [entry for _, entry in came if entry]:
                return entries
        return []

    def stop(self) -> None:
        self._stopped = True
        self._stir.set()

    async def close(self) -> None:
        self.stop()
        await self._leave_live()

    async def _advance(self) -> list[tuple[int, Notification | None]]:
        if self._live is None:
            came = await self._reader.page(self._last + 1, self._batch)
            if not came:
                link = await self._stream.link()
                self._live = await _Live.begin(self._stream, link, self._last + 1, self._stir.set)
        else:
            came = await self._from_live(self._live)
        if came:
            self._last = came[-1][0]
        return came

    async def _from_live(self, live: "_Live") -> list[tuple[int, Notification | None]]:
        self._stir.clear()
        if messages := live.take(self._batch):
            return self._in_order(messages)
        await live.pull_if_over()
        if not self._stopped and not await self._wait(2 * BEAT):
            raise Broken("A beat was missed")
        return []

    def _in_order(self, messages: list[Msg]) -> list[tuple[int, Notification | None]]:
        came: list[tuple[int, Notification | None]] = []
        for expected, message in enumerate(messages, self._last + 1):
            if sequence_delivered(message) != expected:
                raise Broken(f"Entry {sequence_delivered(message)} came, {expected} was next")
            tracking = self._stream.subjects.is_tracking(message.subject)
            came.append((expected, None if tracking else from_consumer(self._stream.subjects, message)))
        if last := came[-1][1]:
            self._stream.guard.saw(last)
        return came

    async def _wait(self, seconds: float) -> bool:
        """Until something stirs; False if nothing did."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stir.wait()
                return True
        return False

    async def _leave_live(self) -> None:
        if self._live:
            await self._live.end()
            self._live = None


class _Live:
    """One consumer, and the messages it has delivered that nobody has taken yet."""

    def __init__(self, stream: Stream, link: Link, name: str, stir: Callable[[], None]) -> None:
        self._stream = stream
        self._link = link
        self._name = name
        self._stir = stir
        self._came: deque[Msg] = deque()
        self._left = 0  # what the pull under way may still deliver
        self._broken: str | None = None
        self._inbox = ""
        self._subscription: Subscription | None = None

    @classmethod
    async def begin(cls, stream: Stream, link: Link, start: int, stir: Callable[[], None]) -> "_Live":
        live = cls(stream, link, f"follow-{NUID().next().decode()}", stir)
        config = {
            "name": live._name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": start,
            "ack_policy": "none",
            "replay_policy": "instant",
            "inactive_threshold": IDLE_CONSUMER_LIVES * NANO,
            "mem_storage": True,
            "num_replicas": 1,
        }
        await link.api(
            f"CONSUMER.CREATE.{stream.name}.{live._name}",
            {"stream_name": stream.name, "config": config, "action": "create"},
            within=stream.options.timeout,
        )
        live._inbox, live._subscription = await link.listen(live._arrived)
        link.when_lost.add(live._lost)
        await live.pull_if_over()
        return live

    def take(self, most: int) -> list[Msg]:
        taken = [self._came.popleft() for _ in range(min(most, len(self._came)))]
        if not taken and self._broken:
            raise Broken(self._broken)
        return taken

    async def pull_if_over(self) -> None:
        """One pull is always under way, so that a new entry needs no asking."""
        if self._left > 0:
            return
        self._left = PULL
        await self._link.send(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream.name}.{self._name}",
            b'{"batch":%d,"expires":%d,"idle_heartbeat":%d}' % (PULL, PULL_LASTS * NANO, int(BEAT * NANO)),
            reply=self._inbox,
        )

    async def end(self) -> None:
        self._link.when_lost.discard(self._lost)
        with contextlib.suppress(NatsError, OSError, Lost, NoAnswer, ApiError):
            if self._subscription and self._link.alive:
                await self._subscription.unsubscribe()
                await self._link.api(f"CONSUMER.DELETE.{self._stream.name}.{self._name}", within=1.0)

    async def _arrived(self, message: Msg) -> None:
        status = status_of(message)
        if status is None:
            self._came.append(message)
            self._left -= 1
        elif status in PULL_OVER:
            self._left = 0
        elif status != BEAT_STATUS:
            self._broken = f"The consumer ended with {status}"
        self._stir()

    def _lost(self) -> None:
        self._broken = "The connection was lost"
        self._stir()


class Follow(Iterator[list[Notification]]):
    """The synchronous face: iterate over lists of entries, in order and without gaps; `stop` from any thread."""

    def __init__(self, bridge: Bridge, follower: Follower, timeout: float) -> None:
        self._bridge = bridge
        self._follower = follower
        self._timeout = timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> list[Notification]:
        if entries := self._bridge.call(self._follower.next(), None):
            return entries
        raise StopIteration

    def stop(self) -> None:
        """End the iteration, at once and from any thread."""
        self._bridge.tell(self._follower.stop)

    def close(self) -> None:
        """Stop, and take the consumer off the server."""
        with contextlib.suppress(OperationalError):
            self._bridge.call(self._follower.close(), self._timeout)
