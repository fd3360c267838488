"""The desks of a record tell one another how far their clocks are ahead of the message server's.

The subject begins with `clock.`: no organisation's account has an opening to it.
"""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.ended import ended
from domain.refusal import Refused
from services.clocks import apart

SUBJECT: Final = "clock.desk"
ASKED: Final = "clock.ask"
SERVER_TIME: Final = "$JS.API.STREAM.INFO.RECORD"
EVERY_S: Final = 3.0
HEARD_S: Final = 12.0
"""Seconds for which a desk counts after it was last heard of."""
WITHIN_S: Final = 2.0
LONGEST_TRIP_S: Final = 0.4
SAMPLES: Final = 3
OTHERS_S: Final = 0.1
UNANSWERED: Final = (nats.errors.Error, OSError, RuntimeError, ValueError, KeyError)

log = structlog.get_logger()


class Said(BaseModel):
    """What a desk tells of itself."""

    model_config = ConfigDict(frozen=True)

    desk: str
    ahead: float
    ended: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    ahead: float
    at: float


class DeskClocks:
    """`clock` is what the desk goes by. Between two measurements it is held against the monotonic clock."""

    def __init__(self, client: Client, clock: Callable[[], datetime], *, desk: str) -> None:
        self._client = client
        self._clock = clock
        self._desk = desk
        self._heard: dict[str, _Heard] = {}
        self._zero: float | None = None
        """Seconds of the monotonic clock when the server's said 1970; None while the server was not asked."""
        self._doubted = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Returns when the desks that run already have been heard, so that nothing is taken on before."""
        await self._client.subscribe(SUBJECT, cb=self._hear)
        with suppress(*UNANSWERED):
            await self._measure(SAMPLES)
        await self._ask_others()
        await self._client.subscribe(ASKED, cb=self._answer)
        await self._tell()
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            await ended(self._task)
        with suppress(*UNANSWERED):
            await self._publish(Said(desk=self._desk, ahead=0, ended=True))

    def doubt(self) -> Refused | None:
        """Why the desk takes nothing on, while its clock is the one that differs. Called by the desk's threads."""
        if not self._heard:
            return None
        if (seconds := apart(self._ahead(), self._others())) is None:
            return None
        return Refused("desk.clock-differs", seconds=round(seconds, 1))

    def told(self) -> dict[str, Any]:
        """For health: how many desks there are, and each that is wrong as the others see it."""
        known = {self._desk: self._ahead(), **{desk: heard.ahead for desk, heard in self._recent().items()}}
        wrong = {
            desk: round(seconds, 1)
            for desk, ahead in known.items()
            if (seconds := apart(ahead, [other for name, other in known.items() if name != desk])) is not None
        }
        said: dict[str, Any] = {"desks": len(known), "apart_s": round(max(wrong.values(), default=0.0), 1)}
        if wrong:
            named = ", ".join(f"desk {desk} by {seconds} s" for desk, seconds in sorted(wrong.items()))
            said["stopped"] = {"reason": f"clocks differ: {named}"}
        return said

    def _ahead(self) -> float:
        if self._zero is None:
            return 0.0
        return self._clock().timestamp() - (time.monotonic() - self._zero)

    def _recent(self) -> dict[str, _Heard]:
        since = time.monotonic() - HEARD_S
        return {desk: heard for desk, heard in tuple(self._heard.items()) if heard.at > since}

    def _others(self) -> list[float]:
        return [heard.ahead for heard in self._recent().values()]

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self._measure(1)
                await self._tell()
                self._note()
            except UNANSWERED as error:
                log.debug("clock not compared", reason=type(error).__name__)

    def _note(self) -> None:
        self._heard = self._recent()
        doubted = self.doubt()
        if doubted and not self._doubted:
            log.error("clock differs from the other desks': acts are put off", **doubted.facts)
        if self._doubted and not doubted:
            log.warning("clock agrees with the other desks' again")
        self._doubted = doubted is not None

    async def _measure(self, samples: int) -> None:
        """Of several answers the one that was shortest on its way counts; its stamp is of the middle of the way."""
        trips = [await self._asked() for _ in range(samples)]
        trip, zero = min(trips)
        if self._zero is None or trip <= LONGEST_TRIP_S:
            self._zero = zero

    async def _asked(self) -> tuple[float, float]:
        began = time.monotonic()
        answer = await self._client.request(SERVER_TIME, b"", timeout=WITHIN_S)
        trip = time.monotonic() - began
        stamp = _moment(json.loads(answer.data)["ts"])
        return trip, began + trip / 2 - stamp

    async def _ask_others(self) -> None:
        """Where there is none, the server says so at once."""
        with suppress(*UNANSWERED):
            await self._client.request(ASKED, b"", timeout=WITHIN_S)
            await asyncio.sleep(OTHERS_S)  # the answer came from the first of them

    async def _answer(self, message: Msg) -> None:
        await self._tell()
        await self._client.publish(message.reply, b"")

    async def _tell(self) -> None:
        await self._publish(Said(desk=self._desk, ahead=self._ahead()))

    async def _publish(self, said: Said) -> None:
        await self._client.publish(SUBJECT, said.model_dump_json().encode())

    async def _hear(self, message: Msg) -> None:
        try:
            said = Said.model_validate_json(message.data)
        except ValidationError:
            return
        if said.desk == self._desk:
            return
        if said.ended:
            self._heard.pop(said.desk, None)
            return
        self._heard[said.desk] = _Heard(said.ahead, time.monotonic())


def _moment(stamp: str) -> float:
    """Seconds since 1970; the server tells nanoseconds, of which Python reads no more than six digits."""
    whole, _, rest = stamp.rstrip("Z").partition(".")
    seconds = datetime.fromisoformat(whole + "+00:00")
    return (seconds - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1) + float(f"0.{rest or 0}")
