"""A consumer in the server's memory that pushes what is written, as it is written."""

import contextlib
from collections import deque
from collections.abc import Callable, Sequence

from nats.aio.subscription import Subscription
from nats.nuid import NUID

from adapters.jetstream.link import GONE, Link
from adapters.jetstream.reply import ApiError, Lost, NoAnswer
from adapters.jetstream.stream import Stream
from adapters.jetstream.taken import Taken

NANO = 1_000_000_000
BEAT = 2.0
"""Seconds after which the server says that it is there, where nothing comes."""
PULL = 750  # more than who follows takes at a time: while that is worked on, the next are there
PULL_LASTS = 30
IDLE_CONSUMER_LIVES = 120  # longer than any reader should take over one batch; else it is built anew
BEAT_STATUS, PULL_OVER = "100", frozenset({"404", "408"})


class Broken(Exception):
    """The live consumer cannot be relied on any more."""


class Live:
    """One consumer, and the messages it has delivered that nobody has taken yet."""

    def __init__(self, stream: Stream, link: Link, name: str, stir: Callable[[], None]) -> None:
        self._stream = stream
        self._link = link
        self._name = name
        self._stir = stir
        self._came: deque[Taken] = deque()
        self._left = 0  # what the pull under way may still deliver
        self._broken: str | None = None
        self._inbox = ""
        self._subscription: Subscription | None = None

    @classmethod
    async def begin(
        cls, stream: Stream, link: Link, start: int, stir: Callable[[], None], subjects: Sequence[str] = ()
    ) -> "Live":
        """From a position on; `subjects`: only what stands under these."""
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
            **({"filter_subjects": list(subjects)} if subjects else {}),
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

    def take(self, most: int) -> list[Taken]:
        taken = [self._came.popleft() for _ in range(min(most, len(self._came)))]
        if not taken and self._broken:
            raise Broken(self._broken)
        return taken

    async def pull_if_over(self) -> None:
        """One pull is always under way, so that a new entry needs no asking; but what came is to be taken first."""
        if self._left > 0 or len(self._came) >= PULL:
            return
        self._left = PULL
        await self._link.send(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._stream.name}.{self._name}",
            b'{"batch":%d,"expires":%d,"idle_heartbeat":%d}' % (PULL, PULL_LASTS * NANO, int(BEAT * NANO)),
            reply=self._inbox,
        )

    async def end(self) -> None:
        self._link.when_lost.discard(self._lost)
        with contextlib.suppress(*GONE, Lost, NoAnswer, ApiError):
            if self._subscription and self._link.alive:
                await self._subscription.unsubscribe()
                await self._link.api(f"CONSUMER.DELETE.{self._stream.name}.{self._name}", within=1.0)

    def _arrived(self, message: Taken) -> None:
        status = message.status
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
