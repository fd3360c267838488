from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.moment import Moment, Precision
from services.timetext import day_of, days_between, instant, told

TIME = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)


def test_an_instant_is_told_in_utc_and_no_finer_than_it_is() -> None:
    assert instant(TIME.astimezone(timezone(timedelta(hours=1)))) == "2026-03-02T11:30:00Z"
    assert instant(TIME.replace(microsecond=120000)) == "2026-03-02T11:30:00.12Z"


@pytest.mark.parametrize(
    ("precision", "text", "day"),
    [
        ("instant", "2026-03-02T11:30:00Z", date(2026, 3, 2)),
        ("day", "2026-03-02", date(2026, 3, 2)),
        ("month", "2026-03", date(2026, 3, 1)),
        ("year", "2026", date(2026, 1, 1)),
    ],
)
def test_a_date_is_told_only_as_precisely_as_it_is_known(precision: Precision, text: str, day: date) -> None:
    assert told(Moment(TIME, precision)) == text
    assert day_of(text) == day


def test_days_are_counted_between_dates() -> None:
    assert days_between("2026-02-27", "2026-03-02T11:30:00Z") == 3
