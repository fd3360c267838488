"""Working days, holidays, closures, and how days and months are counted."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.calendar import Calendar, Closure, calendar, later, months_later
from domain.publication import CalendarPublished, Holiday, Rolls
from tests.unit.test_defaults import published

CALENDARS = ("fr", "it", "si")
YEARS = range(2024, 2031)


@cache
def shipped(name: str, place: str | None = None) -> Calendar:
    (found,) = [c for c in published(CalendarPublished) if c.calendar == name]
    return calendar(found, place)


def day(text: str) -> date:
    return date.fromisoformat(text)


def easter(year: int) -> date:
    """By the anonymous Gregorian rule (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, last = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, last + 1)


AFTER_EASTER = {"it": (0, 1), "si": (0, 1, 49), "fr": (1, 39, 50)}
FIXED = {
    "it": "01-01 01-06 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26",
    "si": "01-01 01-02 02-08 04-27 05-01 05-02 06-25 08-15 10-31 11-01 12-25 12-26",
    "fr": "01-01 05-01 05-08 07-14 08-15 11-01 11-11 12-25",
}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("name", CALENDARS)
def test_the_holidays_of_a_year_are_those_of_the_law(name: str, year: int) -> None:
    expected = {easter(year) + timedelta(n) for n in AFTER_EASTER[name]}
    expected |= {day(f"{year}-{fixed}") for fixed in FIXED[name].split()}
    expected |= {date(year, 10, 4)} if name == "it" and year >= 2026 else set()
    assert {d for d in shipped(name).holidays if d.year == year} == expected


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    ("place", "saint"), [("milano", "12-07"), ("belluno", "11-11"), ("roma", "06-29"), ("udine", "07-12")]
)
def test_the_day_of_a_patron_saint_is_a_holiday_in_its_place_only(place: str, saint: str, year: int) -> None:
    patron = day(f"{year}-{saint}")
    assert patron in shipped("it", place).holidays
    assert patron not in shipped("it").holidays
    assert patron not in shipped("it", "elsewhere").holidays


@pytest.mark.parametrize(
    ("text", "working", "holiday"),
    [
        ("2026-03-20", True, False),  # Friday
        ("2026-03-21", False, False),  # Saturday: nobody works, but it is no holiday
        ("2026-03-22", False, True),  # Sunday
        ("2026-06-02", False, True),  # Republic Day, a Tuesday
        ("2026-04-25", False, True),  # Liberation Day, a Saturday
    ],
)
def test_a_day_in_italy(text: str, working: bool, holiday: bool) -> None:
    assert (shipped("it").is_working_day(day(text)), shipped("it").is_holiday(day(text))) == (working, holiday)


@pytest.mark.parametrize(
    ("name", "due", "rolled"),
    [
        ("it", "2026-03-22", "2026-03-23"),  # Sunday
        ("it", "2026-05-30", "2026-05-30"),  # Saturday stays
        ("fr", "2026-05-30", "2026-06-01"),  # except where the law rolls it, too
        ("si", "2026-05-30", "2026-06-01"),
        ("it", "2026-04-25", "2026-04-27"),  # a holiday on Saturday, then Sunday
        ("it", "2026-04-05", "2026-04-07"),  # Easter and its Monday
        ("it", "2026-12-25", "2026-12-28"),  # Christmas, Saint Stephen, Sunday
        ("it", "2026-05-01", "2026-05-02"),  # the next day that is no holiday, though a Saturday
        ("it", "2026-01-01", "2026-01-02"),
        ("si", "2026-01-01", "2026-01-05"),
    ],
)
def test_a_due_date_rolls_off_holidays(name: str, due: str, rolled: str) -> None:
    assert shipped(name).roll(day(due), "holiday") == day(rolled)


def test_without_rolling_a_due_date_stays() -> None:
    assert shipped("it").roll(day("2026-03-22"), "none") == day("2026-03-22")


def closed(since: str, until: str) -> Closure:
    return Closure(day(since), day(until))


@pytest.mark.parametrize(
    ("due", "closures", "rolled"),
    [
        ("2026-08-03", [closed("2026-08-01", "2026-08-21")], "2026-08-24"),  # to Friday: opens on Monday
        ("2026-08-03", [closed("2026-08-01", "2026-08-19")], "2026-08-20"),  # to Wednesday: opens on Thursday
        ("2026-08-22", [closed("2026-08-01", "2026-08-21")], "2026-08-24"),  # the Saturday after belongs to it
        ("2026-08-24", [closed("2026-08-01", "2026-08-21")], "2026-08-24"),
        ("2026-07-31", [closed("2026-08-01", "2026-08-21")], "2026-07-31"),
        ("2026-08-03", [closed("2026-08-01", "2026-08-14"), closed("2026-08-17", "2026-08-21")], "2026-08-24"),
        ("2026-12-23", [closed("2026-12-23", "2026-12-24")], "2026-12-28"),  # holidays follow
        ("2026-08-03", [closed("2026-08-21", "2026-08-01")], "2026-08-03"),  # the wrong way round closes nothing
        ("2026-08-03", [closed("2026-08-01", "9999-12-31")], "9999-12-31"),  # for ever
    ],
)
def test_a_due_date_rolls_off_the_closures_of_the_host(due: str, closures: list[Closure], rolled: str) -> None:
    assert shipped("it").roll(day(due), "holiday-and-closure", closures) == day(rolled)


def test_a_closure_does_not_move_what_rolls_on_holidays_only() -> None:
    due = day("2026-08-03")
    assert shipped("it").roll(due, "holiday", [closed("2026-08-01", "2026-08-21")]) == due


def test_a_due_date_rolls_off_the_day_of_the_patron_saint() -> None:
    assert shipped("it", "belluno").roll(day("2026-11-11"), "holiday") == day("2026-11-12")


@pytest.mark.parametrize(
    ("start", "months", "keep", "due"),
    [
        ("2025-12-31", 2, 31, "2026-02-28"),
        ("2026-02-28", 2, 31, "2026-04-30"),
        ("2027-12-31", 2, 31, "2028-02-29"),
        ("2026-03-30", 2, None, "2026-05-30"),
        ("2026-11-15", 2, None, "2027-01-15"),
        ("2026-01-31", 1, None, "2026-02-28"),
        ("9999-12-01", 1, None, "9999-12-31"),
    ],
)
def test_months_keep_the_day_where_they_have_it(start: str, months: int, keep: int | None, due: str) -> None:
    assert months_later(day(start), months, keep) == day(due)


@pytest.mark.parametrize(
    ("start", "number", "due"),
    [("2026-03-02", 20, "2026-03-30"), ("2026-04-02", 1, "2026-04-03"), ("2026-04-03", 1, "2026-04-07")],
)
def test_working_days_leave_weekends_and_holidays_out(start: str, number: int, due: str) -> None:
    it = shipped("it")
    assert it.count(day(start), number, "working-days") == day(due)
    assert it.working_days(day(start), day(due)) == number


def test_the_first_day_is_not_counted() -> None:
    assert shipped("it").count(day("2026-03-02"), 20, "calendar-days") == day("2026-03-22")


def test_a_number_beyond_all_dates_is_the_last_day() -> None:
    assert shipped("it").count(day("2026-03-02"), 2**31, "calendar-days") == date.max
    assert shipped("it").count(day("2026-03-02"), 2**31, "calendar-months") == date.max


def test_a_calendar_of_rest_days_only_comes_to_an_end() -> None:
    never = Calendar(rest_days=frozenset(range(1, 8)))
    assert never.roll(day("9990-01-01"), "holiday") == date.max


def test_a_holiday_of_a_place_is_published_with_it() -> None:
    assert Holiday(day=day("2026-12-07"), label="x", place="milano").place == "milano"


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
CLOSURES = st.lists(st.builds(lambda a, n: Closure(a, later(a, n)), DAYS, st.integers(0, 40)), max_size=4)
POLICIES = st.sampled_from(["none", "holiday", "holiday-and-closure"])
QUICK = settings(max_examples=150, deadline=None, derandomize=True)


@QUICK
@given(DAYS, st.integers(0, 30), POLICIES, CLOSURES, st.sampled_from(CALENDARS))
def test_a_later_term_never_ends_earlier(
    one: date, more: int, policy: Rolls, closures: list[Closure], name: str
) -> None:
    it = shipped(name)
    assert one <= it.roll(one, policy, closures) <= it.roll(later(one, more), policy, closures)


@QUICK
@given(DAYS, POLICIES, CLOSURES, st.sampled_from(CALENDARS))
def test_what_has_rolled_rolls_no_further(one: date, policy: Rolls, closures: list[Closure], name: str) -> None:
    rolled = shipped(name).roll(one, policy, closures)
    assert shipped(name).roll(rolled, policy, closures) == rolled


@QUICK
@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(start: date, first: int, then: int) -> None:
    it = shipped("it")
    halfway = it.count(start, first, "working-days")
    assert it.count(halfway, then, "working-days") == it.count(start, first + then, "working-days")
