"""What the table of the bench says of a row, and that its load is one the rules take."""

from dataclasses import replace

import pytest

from adapters.bench.grown import LINES
from adapters.bench.report import markdown
from adapters.bench.row import Row, Target, number, percentile
from adapters.bench.scale import QUICK
from adapters.bench.stage import Stages
from adapters.bench.workload import Workload, interleaved
from domain.submission import submission
from tests.examples import CENTRE, COOP, HEALTH, TRAINER

NETWORK = (CENTRE, COOP, HEALTH, TRAINER)
HALF = Target(of="ratio", at="least", bound=0.5)
ROW = Row(name="live", work="the door", value=60, unit="acts/s", peer="echo", peer_value=100, target=HALF)


@pytest.mark.parametrize(
    ("row", "ratio", "met"),
    [
        (ROW, 0.6, True),
        (replace(ROW, value=40), 0.4, False),
        (replace(ROW, peer_value=None), None, None),
        (replace(ROW, target=None), 0.6, None),
        (replace(ROW, target=Target(of="value", at="most", bound=50)), 0.6, False),
    ],
)
def test_a_target_is_met_or_not_or_there_is_nothing_to_say(row: Row, ratio: float | None, met: bool | None) -> None:
    assert (row.ratio, row.met) == (ratio, met)


def test_a_row_that_misses_its_target_says_so() -> None:
    table = markdown([replace(ROW, value=40)], QUICK, ["two cores"], "raccordo bench --quick")
    assert "| 40 acts/s | echo | 100 | 0.4 × | ≥ 0.5 × | **no** |" in table  # noqa: RUF001
    assert "Benchmarks (quick run)" in table


def test_what_was_not_measured_is_not_missed() -> None:
    assert "| not measured |" in markdown([replace(ROW, value=None)], QUICK, [], "raccordo bench --quick")


@pytest.mark.parametrize(
    ("value", "told"), [(12345.6, "12,346"), (3.14159, "3.14"), (0.05, "0.05"), (0, "0"), (None, "-"), (99.95, "100")]
)
def test_a_number_has_three_figures_that_count(value: float | None, told: str) -> None:
    assert number(value) == told


def test_a_percentile_is_a_value_that_was_seen() -> None:
    assert [percentile([1, 2, 3, 4], part) for part in (0.5, 0.99, 0)] == [2, 4, 1]


def grown() -> Stages:
    """Everything was seen, at 1,000 and 10,000 entries."""
    stages = Stages.of((1_000, 10_000))
    for stage in stages.each:
        stage.rate = stage.feed = stage.replay = stage.replay_peak = stage.entries
        stage.queries = {"board": (0.001, 0.002), "timeline": (0.001, 0.002)}
        stage.memory = {"desk": stage.entries, "server": stage.entries}
        stage.over = dict.fromkeys(("rebuild", "feed", "queries", "memory", "replay"), "")
    return stages


def made(stages: Stages) -> dict[str, Row]:
    return {line.name: line.row(stages, QUICK) for line in LINES if line.ready(stages)}


def test_every_row_of_a_record_that_grows_is_made_of_what_was_seen() -> None:
    assert [row.notes for row in made(grown()).values() if row.value is None] == []


def test_what_failed_at_one_length_is_told_in_the_rows_that_need_it() -> None:
    stages = grown()
    stages.many.over["rebuild"] = "at 10,000 entries, rebuild: it did not start"
    rows = made(stages)
    assert [name for name, row in rows.items() if row.value is None] == ["rebuild/growth"]
    assert rows["rebuild/growth"].notes == "failed: at 10,000 entries, rebuild: it did not start"


def test_a_row_is_made_before_the_record_is_as_long_as_another_row_wants_it() -> None:
    stages = grown()
    stages.many.over = {"rebuild": ""}
    assert list(made(stages)) == ["rebuild", "rebuild/growth"]
    stages.many.over = {}
    assert list(made(stages)) == ["rebuild"]


@pytest.mark.parametrize(("lengths", "different"), [((10, 20), 2), ((10, 10), 1)])
def test_lengths_that_are_the_same_are_measured_once(lengths: tuple[int, int], different: int) -> None:
    stages = Stages.of(lengths)
    assert len(stages.each) == different
    assert (stages.middle.entries, stages.many.entries) == lengths


def test_the_load_is_the_same_for_everybody() -> None:
    assert list(Workload(NETWORK).case(7, 30)) == list(Workload(NETWORK).case(7, 30))


@pytest.mark.parametrize("alone", [True, False])
def test_each_act_of_the_load_is_well_formed(alone: bool) -> None:
    workload = Workload(NETWORK, alone=alone)
    acts = [act for number in range(8) for act in workload.case(number, 60)]
    assert {submission(a.body).record for a in acts} == {f"case/{workload.case_id(n)}" for n in range(8)}
    assert not alone or {len({a.by for a in workload.case(n, 60)}) for n in range(8)} == {1}


def test_told_in_turns_each_case_stays_in_its_order() -> None:
    told = list(interleaved(Workload(NETWORK), 0, 6, 5, 3))
    by_case: dict[str, list[int]] = {}
    for version, act in told:
        by_case.setdefault(act.case, []).append(version)
    assert list(by_case.values()) == [[1, 2, 3, 4, 5]] * 6
