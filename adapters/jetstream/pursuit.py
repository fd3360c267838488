"""Following a stream: waiting for what comes, beginning again after a fault, until one is stopped.

Nothing is polled: an ephemeral consumer in the server's memory pushes. It is built anew when a beat is missed or
an entry out of order arrives; reading then tells whether something is really missing.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from eventsourcing.persistence import OperationalError

from adapters.jetstream.bridge import Bridge, RecorderClosed
from adapters.jetstream.live import BEAT, Broken, Live
from adapters.jetstream.reply import Lost, NoAnswer
from adapters.jetstream.stream import Stream
from adapters.jetstream.taken import Taken

PAUSE = 0.2

T = TypeVar("T")


class Pursuit(ABC, Generic[T]):
    """The asynchronous part."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._live: Live | None = None
        self._stir = asyncio.Event()
        self._stopped = False
        self._anew = False

    async def next(self) -> T | None:
        """What has come since, waiting for it; None once it has been stopped."""
        while not self._stopped:
            try:
                if self._anew:
                    self._anew = False
                    await self._leave_live()
                if came := await self._advance():
                    return came
            except RecorderClosed:
                raise
            except (Lost, NoAnswer, Broken, OperationalError):
                await self._leave_live()
                await self._wait(PAUSE)
        return None

    @abstractmethod
    async def _advance(self) -> T | None:
        """One step: what has come, if anything."""

    def stop(self) -> None:
        self._stopped = True
        self._stir.set()

    def look_again(self) -> None:
        """Begin anew, as after a fault; who follows some kinds then says how far it is."""
        self._anew = True
        self._stir.set()

    async def close(self) -> None:
        self.stop()
        await self._leave_live()

    async def _delivered(self, live: Live, most: int) -> list[Taken]:
        """What the consumer has brought; nothing if something else has stirred."""
        self._stir.clear()
        messages = live.take(most)
        await live.pull_if_over()  # more comes while these are worked on
        if messages:
            return messages
        if not self._stopped and not await self._wait(2 * BEAT):
            raise Broken("A beat was missed")
        return []

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


class Follow(Iterator[T]):
    """The synchronous face: iterate over what comes; `stop` from any thread."""

    def __init__(self, bridge: Bridge, pursuit: Pursuit[T], timeout: float) -> None:
        self._bridge = bridge
        self._pursuit = pursuit
        self._timeout = timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        if (came := self._bridge.call(self._pursuit.next(), None)) is not None:
            return came
        raise StopIteration

    def stop(self) -> None:
        """End the iteration, at once and from any thread."""
        self._bridge.tell(self._pursuit.stop)

    def look_again(self) -> None:
        self._bridge.tell(self._pursuit.look_again)

    def close(self) -> None:
        """Stop, and take the consumer off the server."""
        with contextlib.suppress(OperationalError):
            self._bridge.call(self._pursuit.close(), self._timeout)
