"""Which days are holidays or working days, where a due date rolls to, and how days and months are counted.

A due date rolls off the days on which the law lets a term roll: the calendar's rest days (in Italy Sunday alone) and
its holidays. A Saturday is neither, unless the calendar says so; see `DECISIONS.md`.
"""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from domain.facts import dataclass
from domain.publication import CalendarPublished, Counts, Rolls

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closure:
    """A time in which a host is closed, both days included."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekdays are ISO numbers: Monday is 1, Sunday is 7."""

    name: str = ""
    edition: int = 0
    holidays: frozenset[date] = frozenset()
    rest_days: frozenset[int] = frozenset({7})
    working_week: frozenset[int] = frozenset({1, 2, 3, 4, 5})

    def is_holiday(self, day: date) -> bool:
        return day.isoweekday() in self.rest_days or day in self.holidays

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() in self.working_week and not self.is_holiday(day)

    def reopens(self, closure: Closure) -> date:
        """The first working day after it: who is closed to Friday opens on Monday."""
        day = later(closure.until, 1)
        while day < date.max and not self.is_working_day(day):
            day += DAY
        return day

    def roll(self, day: date, policy: Rolls, closures: Iterable[Closure] = ()) -> date:
        """The day itself, or the next on which the term may end.

        Every day is either open or shut, whatever day the term comes from, so a later term never ends earlier.
        """
        if policy == "none":
            return day
        shut = sorted((c.since, self.reopens(c)) for c in closures if c.since <= c.until) if _closes(policy) else []
        while day < date.max:
            if self.is_holiday(day):
                day += DAY
            elif reopened := max((to for since, to in shut if since <= day < to), default=None):
                day = reopened
            else:
                break
        return day

    def working_days(self, after: date, upto: date) -> int:
        """How many there are, the first day not counted."""
        return sum(self.is_working_day(later(after, n)) for n in range(1, (upto - after).days + 1))

    def count(self, start: date, number: int, counts: Counts, keep: int | None = None) -> date:
        """The day on which a term of that many days or months ends; the first day is not counted.

        `keep` is the day of the month of the first anchor, so that 31 Dec is followed by 28 Feb and 30 Apr.
        """
        match counts:
            case "working-days":
                return self._working(start, number)
            case "calendar-months":
                return months_later(start, number, keep)
            case _:
                return later(start, number)

    def _working(self, start: date, number: int) -> date:
        day = start
        while number and day < date.max:
            day += DAY
            number -= self.is_working_day(day)
        return day


def calendar(published: CalendarPublished, place: str | None = None) -> Calendar:
    """Of what was published, with the days that are holidays in that place only, such as its patron saint's."""
    return Calendar(
        published.calendar,
        published.edition,
        published.holidays_in(place),
        frozenset(published.rest_days),
        frozenset(published.working_week),
    )


def later(day: date, days: int) -> date:
    """That many days later or earlier, within what a date can be."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def months_later(day: date, months: int, keep: int | None = None) -> date:
    """The same day of a later month, or its last day where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.max
    return date(year, month + 1, min(keep or day.day, monthrange(year, month + 1)[1]))


def _closes(policy: Rolls) -> bool:
    return policy == "holiday-and-closure"
