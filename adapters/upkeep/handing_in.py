"""Hands acts in at the drop door as any partner could: many under way, each stored behind the one before it.

Every message but the first of a window expects the one before it to be the stream's last, by its id. So when one is not
taken (the stream is full, the server goes away), none that comes after it is, and from there they are sent again. (By
its number would not do: that of another system's message in between could be the one that is expected.)
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, Final
from uuid import uuid4

import nats.errors
from nats.aio.client import Client

from adapters.nats.connection import connect
from adapters.partner import NoAnswerError, Partner, organisation_of
from adapters.upkeep.lines import Line

WINDOW: Final = 200
PATIENCE_S: Final = 60.0
"""How long nobody may answer; a service that is started again is waited for."""

FULL: Final = 10077
"""The server's code for what a stream has no room for."""

Ack = dict[str, Any]


class NotTakenError(RuntimeError):
    """The drop door does not take what is handed in, and waiting would not help."""


class HandingIn:
    """`when_full` is told that the door is full, each time that it is tried again."""

    def __init__(self, client: Client, when_full: Callable[[], None] = lambda: None, *, within: float = 5.0) -> None:
        self._client = client
        self._when_full = when_full
        self._within = within
        self._run = uuid4().hex

    async def hand_in(self, lines: Sequence[Line]) -> list[int]:
        """Return the numbers under which they are stored, when all are; raise `NoAnswerError` when nobody is there."""
        numbers: list[int] = []
        while len(numbers) < len(lines):
            first = await self._first(lines[len(numbers)])
            numbers.append(first["seq"])
            if not first.get("duplicate"):  # else it was stored by an attempt without an answer, and more may be
                numbers += await self._chained(lines[len(numbers) - 1 :])
        return numbers

    async def _first(self, line: Line) -> Ack:
        """Alone under way, until it is stored: the server knows by the message's id if it has it already."""
        pause, deadline = 0.1, time.monotonic() + PATIENCE_S
        while True:
            ack = await self._sent(line)
            match ack:
                case {"seq": int()}:
                    return ack
                case {"error": {"err_code": code}} if code == FULL:
                    deadline = time.monotonic() + PATIENCE_S
                    self._when_full()
                case {"error": {"description": why}}:
                    raise NotTakenError(f"the drop door does not take line {line.number}: {why}")
                case _:
                    if time.monotonic() > deadline:
                        raise NoAnswerError(f"the drop door has not answered for {PATIENCE_S:g} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    async def _chained(self, lines: Sequence[Line]) -> list[int]:
        """The first is stored; the numbers of those behind it that were stored without a gap."""
        acks = await asyncio.gather(*(self._sent(line, behind=before) for before, line in pairwise(lines)))
        numbers: list[int] = []
        for ack in acks:
            if "seq" not in ack:
                break
            numbers.append(ack["seq"])
        return numbers

    async def _sent(self, line: Line, *, behind: Line | None = None) -> Ack:
        headers = {"Nats-Msg-Id": self._id(line)}
        if behind is not None:
            headers["Nats-Expected-Last-Msg-Id"] = self._id(behind)
        try:
            reply = await self._client.request(line.subject, line.body, timeout=self._within, headers=headers)
        except (nats.errors.Error, TimeoutError, OSError):
            return {}
        ack: Ack = json.loads(reply.data)
        return {"error": ack["error"]} if "error" in ack else ack  # a refusal has a sequence too: 0

    def _id(self, line: Line) -> str:
        return f"{self._run}/{line.number}"


@asynccontextmanager
async def patient_partner(url: str, creds: str) -> AsyncIterator[Partner]:
    """A partner whose connection comes back by itself, whatever happens to the server."""
    client = await connect(url, creds, max_reconnect_attempts=-1, reconnect_time_wait=0.2)
    try:
        yield Partner(organisation_of(creds), client, within=3.0)
    finally:
        await client.close()
