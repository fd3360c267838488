"""The clock of a service on which a year is played."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.sample.clock import ClockError, PlayedClock

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def clock(at: datetime = NOW - 10 * DAY) -> PlayedClock:
    return PlayedClock(at, real=lambda: NOW)


def test_it_stands_where_it_was_put() -> None:
    played = clock()
    assert played() == played() == NOW - 10 * DAY
    played.move(NOW - DAY)
    assert played() == NOW - DAY


def test_it_never_goes_back() -> None:
    played = clock()
    with pytest.raises(ClockError, match="never goes back"):
        played.move(NOW - 11 * DAY)


def test_it_never_runs_ahead_of_the_real_time() -> None:
    with pytest.raises(ClockError, match="has not come yet"):
        clock().move(NOW + DAY)
    with pytest.raises(ClockError, match="has not come yet"):
        clock(NOW + DAY)


def test_released_it_shows_the_real_time_for_good() -> None:
    played = clock()
    played.release()
    assert played() == NOW
    with pytest.raises(ClockError, match="no more"):
        played.move(NOW)
