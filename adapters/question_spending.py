"""What each organisation's questions take: their number and bytes while they wait, and the CPU that they use."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

from domain.refusal import Refused
from services.budgets import Budget

REFUSED_AT_ONCE, REFUSED_A_SECOND = 40.0, 4.0
"""Questions of one organisation that are refused, or put off: past that it is told so late."""
LATE_S: Final = 0.25
MOST_LATE: Final = 500
"""Refusals that wait to be told; past that they are told at once."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of the questions that wait or are worked on."""

    number: int = 200
    bytes: int = 512 * 1024
    all_number: int = 2_000
    all_bytes: int = 4 * 1024 * 1024
    at_once: int = 4
    at_once_each: int = 2


class BusyError(Exception):
    """Too much is asked, or the service ends: try again after so many seconds."""

    def __init__(self, after_s: int, code: str | None = None) -> None:
        super().__init__(after_s)
        self.after_s = after_s
        self.reason = Refused(code) if code else None


class Spending:
    """CPU seconds by organisation. What was used counts less as time passes: `a_minute` of it in a minute."""

    def __init__(self, a_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._used: dict[str, tuple[float, float]] = {}
        self.total = 0.0

    def add(self, organisation: str, seconds: float) -> None:
        self.total += seconds
        self._used[organisation] = self.used(organisation) + seconds, self._clock()

    def used(self, organisation: str) -> float:
        """What still counts."""
        used, at = self._used.get(organisation, (0.0, 0.0))
        left = used - (self._clock() - at) * self._a_minute / 60
        if left <= 0:
            self._used.pop(organisation, None)
        return max(0.0, left)

    def check(self, organisation: str) -> None:
        """Raises `BusyError` if the budget is used up; it says when there is some again."""
        over = self.used(organisation) - self._a_minute
        if over >= 0:
            wait = math.ceil((over + self._a_minute / 60) * 60 / self._a_minute)
            raise BusyError(max(1, wait), "budget.questions")


class Refusals:
    """Whoever is refused again and again is told so late: who waits for its answers asks no faster. For one loop.

    A refusal costs little, but sixteen askers that begin anew at once keep the loop from everybody else.
    """

    def __init__(self) -> None:
        self._budget = Budget(most=REFUSED_AT_ONCE, rate=REFUSED_A_SECOND)
        self._late = 0

    @asynccontextmanager
    async def late(self, organisation: str) -> AsyncIterator[None]:
        """Holds back what is raised within, where it is too often."""
        try:
            yield
        except (Refused, BusyError):
            if self._budget.take(organisation) > 0 and self._late < MOST_LATE:
                self._late += 1
                try:
                    await asyncio.sleep(LATE_S)
                finally:
                    self._late -= 1
            raise


class Room:
    """How many questions are kept, and how many bytes of them, in all and of each organisation."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._of: dict[str, tuple[int, int]] = {}
        self._number = self._bytes = 0
        self.put_off = 0

    def __len__(self) -> int:
        return self._number

    @contextmanager
    def taken(self, organisation: str, size: int) -> Iterator[None]:
        """Raises `BusyError` if there is none left."""
        number, bytes_ = self._of.get(organisation, (0, 0))
        own = number < self._bounds.number and bytes_ + size <= self._bounds.bytes
        if not own or self._number >= self._bounds.all_number or self._bytes + size > self._bounds.all_bytes:
            self.put_off += 1
            raise BusyError(2, "questions.too-many")
        self._moved(organisation, 1, size)
        try:
            yield
        finally:
            self._moved(organisation, -1, -size)

    def _moved(self, organisation: str, number: int, bytes_: int) -> None:
        self._number += number
        self._bytes += bytes_
        before = self._of.get(organisation, (0, 0))
        after = before[0] + number, before[1] + bytes_
        if after[0]:
            self._of[organisation] = after
        else:
            del self._of[organisation]
