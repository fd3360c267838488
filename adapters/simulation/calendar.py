"""On which days something happens in the simulated year: not at weekends, on holidays, or when August closes all."""

from dataclasses import dataclass
from datetime import date, timedelta

HOLIDAYS = frozenset(
    {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 24), (12, 25), (12, 26), (12, 31)}
)
CLOSED_FROM, CLOSED_UNTIL = (8, 8), (8, 23)
"""The two weeks of August, first and last day, as month and day."""


@dataclass(frozen=True, slots=True)
class Year:
    """From the day `begins` up to the day before `ends`."""

    begins: date
    ends: date

    def august_closures(self) -> list[tuple[date, date]]:
        """Those that begin in the year, with a week to declare them."""
        years = range(self.begins.year, self.ends.year + 1)
        found = [(date(year, *CLOSED_FROM), date(year, *CLOSED_UNTIL)) for year in years]
        return [(first, last) for first, last in found if days_on(self.begins, 7) < first < self.ends]


def days_on(day: date, days: int) -> date:
    return day + timedelta(days=days)


def closed(day: date) -> bool:
    return CLOSED_FROM <= (day.month, day.day) <= CLOSED_UNTIL


def working(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS and not closed(day)


def working_from(day: date) -> date:
    """The day, or the first working day after it."""
    while not working(day):
        day = days_on(day, 1)
    return day


def working_until(day: date) -> date:
    """The day, or the last working day before it; what falls into the closure is done after it, as rules roll."""
    if closed(day):
        return working_from(day)
    while not working(day):
        day = days_on(day, -1)
    return day


def months_on(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, days_on(after, -1).day))


def months_between(first: date, last: date) -> list[tuple[date, date]]:
    """The calendar months that both days touch, each from its first day to its last inside them."""
    found = []
    while first <= last:
        end = min(days_on(months_on(first.replace(day=1), 1), -1), last)
        found.append((first, end))
        first = days_on(end, 1)
    return found
