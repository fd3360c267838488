from datetime import UTC, datetime, timedelta

import pytest

from domain.moment import TOLERANCE, Moment, Precision, moment
from domain.refusal import Malformed, Refused
from tests.examples import NOON


@pytest.mark.parametrize(
    ("text", "time", "precision"),
    [
        ("2026-03-02T12:00:00+01:00", NOON, "instant"),
        ("2026-03-02T11:00:00Z", NOON, "instant"),
        ("2026-03-02t11:00z", NOON, "instant"),
        ("2026-03-02 11:00:00.000+00:00", NOON, "instant"),
        ("2026-03-02T11:00:00.123456789Z", NOON.replace(microsecond=123456), "instant"),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), "day"),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), "month"),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC), "year"),
        ("1931-05", datetime(1931, 5, 1, tzinfo=UTC), "month"),
    ],
)
def test_a_moment_is_as_precise_as_it_is_told(text: str, time: datetime, precision: Precision) -> None:
    assert moment(text) == Moment(time, precision)


@pytest.mark.parametrize("text", ["2026-03-02T12:00:00", "2026-03-02T12:00", "2026-03-02 12:00:00.5"])
def test_an_instant_without_its_zone_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refusal:
        moment(text)
    assert refusal.value.fields == (("occurred_at", "time.without-zone"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-13",
        "2026-02-30",
        "2026-3-2",
        "02/03/2026",
        "2026-03-02T25:00:00Z",
        "2026-03-02T12:00:00+25:00",
        "2026-03-02\n",
        "2026-03-02T11:00:00Z\n",
        "２０２６-03-02",  # noqa: RUF001 (digits of another script)
        "0000",
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "1772449200",
        "2026-W10-1",
        "2026-03-02T11:00:00Z; drop",
        "NaN",
        "\x00",
    ],
)
@pytest.mark.parametrize("precision", [None, "year"])
def test_what_is_no_time_is_refused(text: str, precision: Precision | None) -> None:
    with pytest.raises(Malformed) as refusal:
        moment(text, precision)
    assert refusal.value.fields == (("occurred_at", "time.unreadable"),)


@pytest.mark.parametrize(
    ("precision", "time"),
    [
        ("day", datetime(2026, 3, 2, tzinfo=UTC)),
        ("month", datetime(2026, 3, 1, tzinfo=UTC)),
        ("year", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_may_be_told_more_coarsely(precision: Precision, time: datetime) -> None:
    assert moment("2026-03-02T23:30:00-05:00", precision) == Moment(time, precision)


@pytest.mark.parametrize(("text", "precision"), [("2026", "month"), ("2026-03", "day"), ("2026-03-02", "instant")])
def test_nothing_is_made_finer_than_it_was_told(text: str, precision: Precision) -> None:
    with pytest.raises(Malformed) as refusal:
        moment(text, precision)
    assert refusal.value.fields == (("precision", "time.finer-than-told"),)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2026-03-02T11:00:00Z", NOON, NOON),
        ("2026-03-02", datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 3, 12, tzinfo=UTC)),
        ("2026-12", datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)),
        ("2024", datetime(2023, 12, 31, 10, tzinfo=UTC), datetime(2025, 1, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_date_spans_every_zone_in_which_it_is_that_date(text: str, earliest: datetime, latest: datetime) -> None:
    assert (moment(text).earliest, moment(text).latest) == (earliest, latest)


@pytest.mark.parametrize("ahead", [timedelta(days=-40_000), timedelta(0), TOLERANCE])
def test_the_past_and_a_clock_a_little_ahead_are_taken(ahead: timedelta) -> None:
    Moment(NOON + ahead).check_not_after(NOON)


def test_the_future_is_refused() -> None:
    with pytest.raises(Refused, match=r"time.in-the-future"):
        Moment(NOON + TOLERANCE + timedelta(seconds=1)).check_not_after(NOON)


def test_today_may_be_told_where_the_day_has_begun_already() -> None:
    tomorrow_here_today_in_the_east = moment("2026-03-03")
    tomorrow_here_today_in_the_east.check_not_after(NOON)
    with pytest.raises(Refused):
        moment("2026-03-04").check_not_after(NOON)
