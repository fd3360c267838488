"""The clock of a service on which a year is played: it stands where the player puts it, then goes with the real one.

It is an object of the process that plays, handed to the service when that starts. There is no setting, subject or
address by which anybody else could move it; `raccordo up` never has one.
"""

from collections.abc import Callable
from datetime import UTC, datetime


def _real_time() -> datetime:
    return datetime.now(UTC)


class ClockError(ValueError):
    """It was to go back, or ahead of the real time."""


class PlayedClock:
    """`released`, it shows the real time and can never be moved again."""

    def __init__(self, at: datetime, *, real: Callable[[], datetime] = _real_time) -> None:
        self._real = real
        self._at: datetime | None = at
        self.move(at)

    def __call__(self) -> datetime:
        return self._at or self._real()

    def move(self, to: datetime) -> None:
        if self._at is None:
            raise ClockError("the clock shows the real time; it is moved no more")
        if to < self._at:
            raise ClockError(f"the clock shows {self._at.isoformat()} already; it never goes back")
        if to > self._real():
            raise ClockError(f"{to.isoformat()} has not come yet")
        self._at = to

    def release(self) -> None:
        """From now on the real time, which is later than all it was moved to."""
        self._at = None
