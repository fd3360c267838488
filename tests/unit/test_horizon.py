"""Whatever dates a partner tells, what is computed from them is bounded."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar, Closure, Closures, later
from domain.case.tenure import years_taken
from domain.horizon import OF_CASE, PLACEMENTS, SEQUENCE, within
from domain.obligations import due_list, obligations_of
from domain.practice import _months_on
from tests.examples import COOP, PLACEMENT_REFERRAL
from tests.unit.given import uuid
from tests.unit.test_defaults import founded
from tests.unit.test_obligations import REFERRED, STARTED, case
from tests.unit.test_properties import QUICK

TODAY = date(2026, 11, 30)
FAR = date(2500, 1, 1)
WORST_S = 2.0
DAYS = st.integers(0, 400).map(lambda n: later(date(2026, 1, 1), n))


@pytest.mark.parametrize(
    ("day", "asked_for"),
    [("2036-11-30", True), ("2036-12-01", False), ("2016-11-30", True), ("2016-11-29", False), ("9990-01-01", False)],
)
def test_a_day_within_ten_years_may_be_asked_for(day: str, asked_for: bool) -> None:
    assert within(date.fromisoformat(day), TODAY) is asked_for


def test_the_horizon_of_a_leap_day_is_a_day() -> None:
    assert within(date(2034, 2, 28), date(2024, 2, 29))
    assert within(date(9999, 12, 31), date(9995, 1, 1))


def quick(work: Callable[[], object]) -> None:
    began = time.thread_time()
    work()
    assert time.thread_time() - began < WORST_S


def test_a_placement_without_end_asks_for_no_more_than_one_sequence() -> None:
    about = case(*REFERRED, ("2026-02-16", COOP, "placement-agreed", {"ends": None}), STARTED[-1])
    found = due_list(about, founded(), FAR)
    assert SEQUENCE <= len(found.dues) < 2 * SEQUENCE
    assert found.cut_short == (found.dues[-1].obligation.subject,)


def test_what_is_counted_to_the_end_is_not_called_cut_short() -> None:
    assert due_list(case(*STARTED), founded(), TODAY).cut_short == ()


def test_very_many_placements_of_one_case_are_bounded_together() -> None:
    placements = [str(uuid(1000 + n)) for n in range(PLACEMENTS + 50)]
    steps = [
        (on, COOP, type_, {"placement": id_, **fields})
        for id_ in placements
        for on, type_, fields in (
            ("2026-02-16", "placement-agreed", {"ends": "9990-12-31", "referral": PLACEMENT_REFERRAL}),
            ("2026-03-02", "placement-started", {"started": "2026-03-02"}),
        )
    ]
    about = case(*REFERRED, *steps)
    quick(lambda: due_list(about, founded(), FAR))
    found = due_list(about, founded(), FAR)
    assert len(found.dues) <= OF_CASE + 2 * SEQUENCE
    assert set(placements[:50]) <= set(found.cut_short)


def test_ten_thousand_closures_cost_little() -> None:
    shut = Closures(Closure(later(TODAY, n), later(TODAY, n)) for n in range(10_000))
    calendar = Calendar()
    assert calendar.roll(TODAY, "holiday-and-closure", shut) == later(TODAY, 10_000)
    quick(lambda: [calendar.roll(later(TODAY, n), "holiday-and-closure", shut) for n in range(2000)])


def test_thousands_of_years_of_working_days_are_counted_at_once() -> None:
    quick(lambda: [Calendar().working_days(date(1, 1, 1), date(9999, 1, n)) for n in range(1, 30)])
    quick(lambda: [Calendar().count(date(1, 1, 1), 2_000_000 + n, "working-days") for n in range(30)])
    assert Calendar().count(TODAY, 10**9, "working-days") == date.max
    nobody_works = Calendar(working_week=frozenset({7}))
    assert nobody_works.count(TODAY, 10, "working-days") == date.max


@QUICK
@given(DAYS, DAYS, st.frozensets(DAYS, max_size=40), st.frozensets(st.integers(1, 7), max_size=6))
def test_working_days_are_as_many_as_one_by_one(
    after: date, upto: date, holidays: frozenset[date], rest: frozenset[int]
) -> None:
    calendar = Calendar(holidays=holidays, rest_days=rest)
    days = (later(after, n) for n in range(1, (upto - after).days + 1))
    assert calendar.working_days(after, upto) == sum(calendar.is_working_day(each) for each in days)


@QUICK
@given(DAYS, st.integers(0, 300), st.frozensets(DAYS, max_size=40))
def test_a_term_of_working_days_ends_as_counted_one_by_one(start: date, number: int, holidays: frozenset[date]) -> None:
    calendar, day, left = Calendar(holidays=holidays), start, number
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    assert calendar.count(start, number, "working-days") == day


@QUICK
@given(DAYS, st.lists(st.tuples(DAYS, st.integers(-2, 12)), max_size=12), st.frozensets(DAYS, max_size=20))
def test_a_due_date_rolls_over_closures_as_one_by_one(
    day: date, told: list[tuple[date, int]], holidays: frozenset[date]
) -> None:
    calendar = Calendar(holidays=holidays)
    closures = [Closure(since, later(since, days)) for since, days in told]
    shut = [(c.since, calendar.reopens(c)) for c in closures if c.since <= c.until]
    expected = day
    while calendar.is_holiday(expected) or any(since <= expected < until for since, until in shut):
        expected += timedelta(days=1)
    assert calendar.roll(day, "holiday-and-closure", closures) == expected


def test_a_placement_planned_for_thousands_of_years_takes_places_up_to_the_horizon() -> None:
    assert years_taken(date(2026, 1, 1), date(9990, 1, 1), today=TODAY) == range(2026, 2037)
    assert years_taken(date(1, 1, 1), date(2026, 1, 1), today=TODAY) == range(1900, 2027)
    assert not years_taken(date(5000, 1, 1), None, today=TODAY)


def test_a_regime_that_would_end_after_all_days_is_judged() -> None:
    assert _months_on(date(9999, 6, 1), 600) == date.max


def test_planned_ends_in_the_far_future_are_judged_as_of_today() -> None:
    about = case(*REFERRED, ("2026-02-16", COOP, "placement-agreed", {"ends": "9999-12-31"}), STARTED[-1])
    assert obligations_of(about, founded(), TODAY)
