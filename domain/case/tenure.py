"""How a placement stands on a day, by what was told of its days; nothing is made of a planned one."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from domain.facts import dataclass
from domain.horizon import FIRST_YEAR, last_year

State = Literal["agreed", "cancelled", "started", "suspended", "ended"]


@dataclass(frozen=True, slots=True)
class Pause:
    since: date
    until: date | None = None
    """The day on which it went on; None while it has not."""

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def state_on(day: date, *, cancelled: bool, started: date | None, ended: date | None, pauses: Iterable[Pause]) -> State:
    """Cancelled is cancelled on every day."""
    if cancelled:
        return "cancelled"
    if ended and ended <= day:
        return "ended"
    if started is None or started > day:
        return "agreed"
    return "suspended" if any(pause.covers(day) for pause in pauses) else "started"


def years_taken(first: date, last: date | None, today: date) -> range:
    """A placement takes one place in each year that it touches, up to now if it has no end.

    Years before 1900, and those further ahead than anybody may ask for, are not counted.
    """
    return range(max(first.year, FIRST_YEAR), min(max(first, last or today).year, last_year(today)) + 1)
