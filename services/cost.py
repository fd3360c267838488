"""What one question may cost: seconds of CPU and rows read, and whether anybody still waits for the answer."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from domain.refusal import Refused

T = TypeVar("T")

LOOK_EVERY: Final = 32
"""Items between two looks at the clock."""
STINT_S: Final = 0.005
"""CPU after which work that goes on lets others have the interpreter, if they need it."""


class GivenUpError(Exception):
    """The work was cancelled: whoever asked has gone, the time is over, or the service ends."""


class Cost:
    """Counts in the thread that does the work; `cancel` may be called from any other.

    Raises `question.too-dear` once `seconds` of CPU or `rows` are used up, and `GivenUpError` after `cancel` or past
    `until`, a moment of the monotonic clock. While what is more urgent keeps others `busy`, it rests half of the time.
    """

    def __init__(
        self,
        seconds: float = math.inf,
        rows: float = math.inf,
        until: float = math.inf,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        self.seconds = seconds
        self._rows, self._until = rows, until
        self._busy = busy
        self._rested = 0.0
        self._began = 0.0
        self._read = 0
        self._given_up = False
        self.used = 0.0
        """Seconds of CPU when it was looked at last."""

    def begin(self) -> None:
        """Count from here on, in this thread."""
        self._began = time.thread_time()

    def cancel(self) -> None:
        self._given_up = True

    @property
    def over(self) -> bool:
        """True if the work should end now."""
        self.used = time.thread_time() - self._began
        if self.used - self._rested > STINT_S:
            self._rested = self.used
            if self._busy():
                time.sleep(STINT_S)
        late = self._given_up or time.monotonic() > self._until
        return late or self.used > self.seconds or self._read > self._rows

    def check(self) -> None:
        if not self.over:
            return
        if self._given_up or time.monotonic() > self._until:
            raise GivenUpError
        raise Refused("question.too-dear", seconds=self.seconds, rows=self._rows)

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The items, with a look at the clock before every step that may be long."""
        for item in items:
            self.check()
            yield item

    def rows(self, rows: Iterable[T]) -> Iterator[T]:
        """The rows, counted, with a look at the clock now and then."""
        for number, row in enumerate(rows, 1):
            if number % LOOK_EVERY == 0:
                self._read += LOOK_EVERY
                self.check()
            yield row
