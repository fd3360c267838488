"""Which days are holidays or working days, where a due date rolls to, and how days and months are counted.

A due date rolls off the days on which the law lets a term roll: the calendar's rest days (in Italy Sunday alone) and
its holidays. A Saturday is neither, unless the calendar says so; see `DECISIONS.md`.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from domain.facts import dataclass
from domain.publication import CalendarPublished, Counts, Rolls

DAY: Final = timedelta(days=1)
WHOLE_WEEKS: Final = 70
"""Working days from which on they are counted by weeks and not day by day."""


@dataclass(frozen=True, slots=True)
class Closure:
    """A time in which a host is closed, both days included."""

    since: date
    until: date


class Closures(tuple[Closure, ...]):  # noqa: SLOT001 (what was joined is kept)
    """The closures of one host, in any order. For each calendar they are joined once, however often they are asked."""

    def reopens(self, day: date, calendar: "Calendar") -> date | None:
        """The first day on which the host is open again; None if it is open on that day."""
        starts, ends = self._joined(calendar)
        place = bisect_right(starts, day) - 1
        return ends[place] if place >= 0 and day < ends[place] else None

    def _joined(self, calendar: "Calendar") -> tuple[list[date], list[date]]:
        """First day and day of opening again of each stretch; stretches that touch or overlap are one."""
        if (known := self._by_calendar.get(calendar)) is None:
            starts: list[date] = []
            ends: list[date] = []
            for since, until in sorted((c.since, calendar.reopens(c)) for c in self if c.since <= c.until):
                if ends and since <= ends[-1]:
                    ends[-1] = max(ends[-1], until)
                else:
                    starts.append(since)
                    ends.append(until)
            known = self._by_calendar[calendar] = starts, ends
        return known

    @cached_property
    def _by_calendar(self) -> dict["Calendar", tuple[list[date], list[date]]]:
        return {}


@dataclass(frozen=True)  # no slots: what is asked of it again and again is kept
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
        shut = _closures(closures) if _closes(policy) else Closures()
        while day < date.max:
            if self.is_holiday(day):
                day += DAY
            elif shut and (reopened := shut.reopens(day, self)):
                day = reopened
            else:
                break
        return day

    def working_days(self, after: date, upto: date) -> int:
        """How many there are, the first day not counted."""
        if upto <= after:
            return 0
        weeks, rest = divmod((upto - after).days, 7)
        first = after.isoweekday()
        days = weeks * len(self._weekdays) + sum((first + n - 1) % 7 + 1 in self._weekdays for n in range(1, rest + 1))
        return days - (bisect_right(self._days_off, upto) - bisect_right(self._days_off, after))

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
        while number >= WHOLE_WEEKS and day < date.max and self._weekdays:
            ahead = later(day, number)  # at most one working day a day: it cannot be too far
            number -= self.working_days(day, ahead)
            day = ahead
        while number > 0 and day < date.max and self._weekdays:
            day += DAY
            number -= self.is_working_day(day)
        return day if self._weekdays or number <= 0 else date.max

    @cached_property
    def _weekdays(self) -> frozenset[int]:
        """The days of the week on which work is done, holidays aside."""
        return self.working_week - self.rest_days

    @cached_property
    def _days_off(self) -> list[date]:
        """Holidays on which work would be done otherwise, in order."""
        return sorted(day for day in self.holidays if day.isoweekday() in self._weekdays)


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


def _closures(closures: Iterable[Closure]) -> Closures:
    return closures if isinstance(closures, Closures) else Closures(closures)


def _closes(policy: Rolls) -> bool:
    return policy == "holiday-and-closure"
