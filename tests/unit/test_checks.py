"""What the doctor makes of what it finds, and what a day on the command line means."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.cli.until import NoTimeError, end_of
from adapters.duplicates import LookedUp
from adapters.upkeep.checks_folder import GIB, disk
from adapters.upkeep.checks_persons import SHOWN, counted
from adapters.upkeep.checks_server import clocks, whole

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("free", "verdict"), [(3 * GIB, "ok"), (GIB, "warn"), (GIB // 4, "fail")])
def test_the_disk(free: int, verdict: str) -> None:
    assert disk(free).verdict == verdict


@pytest.mark.parametrize(("apart", "verdict"), [(0, "ok"), (10, "warn"), (-10, "warn"), (300, "fail")])
def test_the_clock_against_the_servers(apart: int, verdict: str) -> None:
    [found] = clocks(NOW, NOW + timedelta(seconds=apart), None)
    assert found.verdict == verdict


@pytest.mark.parametrize(("ahead", "verdict"), [(-86_400, "ok"), (10, "warn"), (300, "fail")])
def test_a_record_from_the_future(ahead: int, verdict: str) -> None:
    _, found = clocks(NOW, NOW, NOW + timedelta(seconds=ahead))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ({"first_seq": 0, "last_seq": 0, "messages": 0}, "ok"),
        ({"first_seq": 1, "last_seq": 9, "messages": 9}, "ok"),
        ({"first_seq": 2, "last_seq": 9, "messages": 8}, "fail"),
        ({"first_seq": 1, "last_seq": 9, "messages": 8, "num_deleted": 1}, "fail"),
    ],
)
def test_a_record_with_a_hole(state: dict[str, int], verdict: str) -> None:
    assert whole(state).verdict == verdict


@pytest.mark.parametrize(
    ("text", "first_that_no_longer_counts"),
    [("2026-03-02", "2026-03-03"), ("2026-12", "2027-01-01"), ("2026-02", "2026-03-01"), ("2026", "2027-01-01")],
)
def test_a_day_a_month_and_a_year_end_with_themselves(text: str, first_that_no_longer_counts: str) -> None:
    after = datetime.fromisoformat(first_that_no_longer_counts).replace(tzinfo=UTC)
    assert end_of(text) == after - timedelta(microseconds=1)


def test_an_instant_is_itself_in_whatever_zone() -> None:
    assert end_of("2026-03-02T13:00:00+01:00") == NOW


@pytest.mark.parametrize("text", ["2026-03-02T12:00:00", "2026-13-01", "soon", ""])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(NoTimeError):
        end_of(text)


def test_who_looked_up_how_many_is_said_with_those_above_their_budget_first() -> None:
    by = {f"o{n:02}": LookedUp(n, 0, 0) for n in range(SHOWN + 3)} | {"oprober": LookedUp(1, 1, 5)}
    found = counted(by)
    assert (found.verdict, found.says.split("(")[1].split(",")[0]) == ("warn", "oprober 1 and 5 acts above its budget")
    assert f"{sum(n.counted for n in by.values())} persons looked up in 7 days, 1 acts" in found.says
    assert "4 others" in found.says
    assert counted({}).verdict == counted({"o": LookedUp(1, 1, 0)}).verdict == "ok"
