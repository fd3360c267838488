"""How far what is computed reaches: the days that may be asked for, and how much one case may ask for."""

from datetime import date
from typing import Final

YEARS: Final = 10
"""Years before and after today within which a day may be asked for."""
FIRST_YEAR: Final = 1900
"""The first year of which anything is told, as at the door."""
SEQUENCE: Final = 500
"""Obligations of one sequence, such as the joint meetings of one placement: 40 years of monthly ones."""
OF_CASE: Final = 5_000
"""Obligations of one case."""
PLACEMENTS: Final = 100
"""Placements of one case whose obligations are computed: those that were agreed last."""


def within(day: date, today: date) -> bool:
    """True if the day is at most ten years from today."""
    return _moved(today, -YEARS) <= day <= _moved(today, YEARS)


def may_be_told(day: date, today: date) -> bool:
    """True if the day may be told at the door: what lies ahead of all questions would fall due unseen."""
    return day.year >= FIRST_YEAR and day <= _moved(today, YEARS)


def last_year(today: date) -> int:
    """The last year for which anything is counted."""
    return today.year + YEARS


def _moved(day: date, years: int) -> date:
    """The same day so many years later or earlier; 29 February is followed by 28 February."""
    year = day.year + years
    if not date.min.year <= year <= date.max.year:
        return date.min if years < 0 else date.max
    return date(year, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
