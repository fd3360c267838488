"""Days on which the simulated network works."""

from datetime import date

import pytest

from adapters.simulation.calendar import Year, months_between, months_on, working, working_from, working_until


@pytest.mark.parametrize(
    ("day", "works"),
    [("2026-03-02", True), ("2026-03-01", False), ("2026-06-02", False), ("2026-08-12", False), ("2026-08-24", True)],
)
def test_it_works_on_days_that_are_no_holidays_and_not_in_august(day: str, works: bool) -> None:
    assert working(date.fromisoformat(day)) is works


def test_a_holiday_is_gone_round_forwards_or_backwards() -> None:
    saturday = date(2026, 5, 2)
    assert (working_from(saturday), working_until(saturday)) == (date(2026, 5, 4), date(2026, 4, 30))


def test_what_falls_into_the_closure_is_done_after_it() -> None:
    assert working_until(date(2026, 8, 12)) == date(2026, 8, 24)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28"), ("2026-03-31", -1, "2026-02-28")],
)
def test_months_keep_the_day_or_take_the_last(day: str, months: int, later: str) -> None:
    assert months_on(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_months_are_cut_at_the_first_day_and_the_last() -> None:
    found = months_between(date(2026, 11, 20), date(2027, 1, 5))
    assert [(first.day, last.day) for first, last in found] == [(20, 30), (1, 31), (1, 5)]


def test_august_is_declared_where_there_is_a_week_to_do_so() -> None:
    assert Year(date(2026, 8, 3), date(2027, 8, 3)).august_closures() == []
    assert len(Year(date(2026, 7, 1), date(2027, 9, 1)).august_closures()) == 2
