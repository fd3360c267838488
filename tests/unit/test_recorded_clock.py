"""A moment on the record's clock is a position, also where the clocks of several desks differ by a second."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.entry import Entry
from services.recorded_clock import clock_at, end_at
from tests.unit.given import story

BEGAN = datetime(2026, 3, 2, 11, tzinfo=UTC)
ENTRY = next(iter(story()))
_STEP = st.integers(0, 3000)
_BACK = st.integers(0, 1000)


class Kept:
    def __init__(self, times: Sequence[datetime]) -> None:
        self.entries = [replace(ENTRY, position=n, recorded_at=time) for n, time in enumerate(times, 1)]

    def page(self, after: int, limit: int) -> list[Entry]:
        return self.entries[after : after + limit]


@given(st.lists(st.tuples(_STEP, _BACK), max_size=60), st.integers(-5, 65), st.integers(-2, 2))
def test_a_moment_is_the_last_position_that_the_clock_had_not_passed(
    steps: list[tuple[int, int]], at: int, beside: int
) -> None:
    now, times = BEGAN, []
    for step, back in steps:
        now += timedelta(milliseconds=step)
        times.append(now - timedelta(milliseconds=back))
    moment = (times[at] if 0 <= at < len(times) else BEGAN + timedelta(seconds=at)) + timedelta(milliseconds=beside)
    expected = 0
    for position in range(1, len(times) + 1):
        if max(times[:position]) <= moment:
            expected = position
    assert end_at(Kept(times), moment, len(times)) == expected
    assert clock_at(Kept(times), len(times)) == (max(times) if times else None)
