"""What could not be read, kept aside on a stream with its reason; an operator looks, nothing is dropped unsaid.

An organisation has so much room there: what it sends beyond is counted and told to it, and not kept. Of two ways to
keep within bounds this one costs nothing at the next message of a flood, and the first ones say what is wrong.
"""

import asyncio
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import nats.errors
import structlog
from nats.aio.client import Client

from adapters.upkeep.dead_sizes import OVERHEAD, sizes
from adapters.upkeep.kept_aside import BYTES, DIGEST, REASON, TYPE
from domain.submission import named
from services.desk import Arrival, Whole

LARGEST: Final = 64 * 1024
"""Bytes of one message that are kept."""
LOOK_AGAIN_S: Final = 60.0
"""After so long a full one is looked at again: some of it may have been taken out, or grown too old."""

log = structlog.get_logger()
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


class DeadLetters:
    """Keeps them before their senders are answered, up to `most` bytes of each organisation, while there is room."""

    def __init__(self, client: Client, *, most: float = float("inf"), room: Callable[[], bool] = lambda: True) -> None:
        self._client = client
        self._stream = client.jetstream()
        self._most, self._room = most, room
        self._kept: dict[str, tuple[float, float]] = {}  # bytes of each organisation, and when they were counted
        self._counting: dict[str, asyncio.Task[None]] = {}
        self.not_kept: Counter[str] = Counter()

    async def keep(self, reason: str, arrival: Arrival) -> None:
        organisation, body = _name(arrival.organisation), arrival.body[:LARGEST]
        try:
            if not self._room():
                self._only_counted("no room")
            elif not await self._fits(organisation, len(body) + OVERHEAD):
                self._only_counted("quota")
            else:
                await self._stream.publish(_subject(reason, arrival), body, headers=_headers(reason, arrival))
        except (nats.errors.Error, OSError, RuntimeError) as error:  # the last: uvloop's, of a socket just closed
            self._only_counted("not stored")
            log.warning("dead letter not kept", reason=reason, error=type(error).__name__)

    def count_again(self) -> None:
        """Some have been taken out."""
        self._kept.clear()

    def told(self) -> dict[str, Any]:
        return {"not_kept": dict(self.not_kept)}

    async def _fits(self, organisation: str, size: int) -> bool:
        kept, counted = self._kept.get(organisation, (self._most, float("-inf")))
        if kept + size > self._most and counted < time.monotonic() - LOOK_AGAIN_S:
            if (counting := self._counting.get(organisation)) is None:
                counting = self._counting[organisation] = asyncio.create_task(self._count(organisation))
            await counting  # the others of a flood wait for the same
            kept, counted = self._kept[organisation]
        if kept + size > self._most:
            return False
        self._kept[organisation] = kept + size, counted
        return True

    async def _count(self, organisation: str) -> None:
        try:
            kept = 0
            async for each in sizes(self._client, f"dead.*.{organisation}.>"):
                kept += each.bytes
                if kept > self._most:
                    break
            self._kept[organisation] = kept, time.monotonic()
        finally:
            del self._counting[organisation]

    def _only_counted(self, why: str) -> None:
        self.not_kept[why] += 1


def _headers(reason: str, arrival: Arrival) -> dict[str, str]:
    """Of what is cut: how long it was, and the digest by which its sender can tell which one it is."""
    headers = {REASON: reason, TYPE: _name(arrival.type or named(arrival.body).type)}  # HTTP has it in the body alone
    if whole := arrival.whole or _whole(arrival.body):
        headers |= {BYTES: str(whole.bytes), DIGEST: whole.digest}
    return headers


def _whole(body: bytes) -> Whole | None:
    return Whole(len(body), hashlib.sha256(body).hexdigest()) if len(body) > LARGEST else None


def _subject(reason: str, arrival: Arrival) -> str:
    names = (_name(name) for name in (arrival.organisation, arrival.kind, arrival.id))
    return ".".join(("dead", reason.replace(".", "-"), *names))


def _name(token: str | None) -> str:
    """What is no name of ours becomes `unknown`: rubbish must not make subjects."""
    return token if token and _TOKEN.fullmatch(token) else "unknown"
