"""How a placement stands on a day, and in which years it takes a place."""

from datetime import date

import pytest

from domain.case.tenure import Pause, state_on, years_taken

FROM, UNTIL = date(2026, 3, 2), date(2026, 6, 30)
PAUSES = (Pause(date(2026, 5, 7), date(2026, 5, 18)),)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 3, 1), "agreed"),
        (FROM, "started"),
        (date(2026, 5, 7), "suspended"),
        (date(2026, 5, 17), "suspended"),
        (date(2026, 5, 18), "started"),
        (UNTIL, "ended"),
    ],
)
def test_it_stands_as_on_the_day(day: date, state: str) -> None:
    assert state_on(day, cancelled=False, started=FROM, ended=UNTIL, pauses=PAUSES) == state


def test_a_pause_without_end_goes_on() -> None:
    paused = (Pause(date(2026, 5, 7)),)
    assert state_on(date.max, cancelled=False, started=FROM, ended=None, pauses=paused) == "suspended"


def test_what_was_cancelled_is_so_on_every_day() -> None:
    assert state_on(date.min, cancelled=True, started=None, ended=None, pauses=()) == "cancelled"


@pytest.mark.parametrize(
    ("last", "years"),
    [(date(2027, 1, 1), [2026, 2027]), (None, [2026, 2027, 2028]), (date(2025, 12, 31), [2026])],
)
def test_it_takes_a_place_in_each_year_that_it_touches(last: date | None, years: list[int]) -> None:
    assert list(years_taken(FROM, last, today=date(2028, 2, 1))) == years
