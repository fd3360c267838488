"""The simulated network told to the rules: they take all of it, and each situation that a network knows occurs."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.simulation.step import Step
from adapters.simulation.telling import OLD_REGISTER
from adapters.simulation.year import Simulation, simulate
from domain.obligations import Due, obligations_of
from tests.played import Played, played
from tests.unit.simulation.conftest import WANTED

JOINT = ("joint-monitoring", "joint-review")


@pytest.fixture(scope="session")
def due(told: Played) -> list[Due]:
    return [due for case in told.cases.values() for due in obligations_of(case, told.network, WANTED.year.ends)]


def test_the_record_refuses_nothing(told: Played) -> None:
    assert told.refused == Counter()


@pytest.mark.parametrize(
    ("organisations", "cases", "months", "seed"), [(5, 20, 12, 2), (6, 10, 6, 1), (15, 40, 18, 3), (7, 5, 1, 4)]
)
def test_nor_of_another_network(organisations: int, cases: int, months: int, seed: int) -> None:
    wanted = replace(WANTED, organisations=organisations, cases=cases, months=months, seed=seed)
    assert played(simulate(wanted)).refused == Counter()


@pytest.mark.parametrize("state", ["fulfilled", "fulfilled-on-evidence", "waiting-for-attestation", "missed", "lapsed"])
def test_the_cadence_comes_to_every_end(due: list[Due], state: str) -> None:
    assert state in {each.state for each in due if each.rule in JOINT}


@pytest.mark.parametrize("state", ["waived", "contested", "late", "open", "upcoming"])
def test_and_to_every_state_between(due: list[Due], state: str) -> None:
    assert state in {each.state for each in due}


def test_most_meetings_are_on_time_and_some_are_late(due: list[Due]) -> None:
    timing = Counter(each.obligation.timing for each in due if each.rule in JOINT)
    assert timing["on-time"] > 4 * timing["late"] > 0


def test_what_was_to_be_done_in_august_is_done_after_it(due: list[Due]) -> None:
    rolled = [each.obligation for each in due if each.rule in JOINT and each.obligation.due != each.obligation.original]
    assert any(each.held == each.due for each in rolled if each.original.month == 8)


@pytest.mark.parametrize(
    "rule",
    [
        "told-late",
        "case-closed",
        "referral-answered-in-time",
        "sheet-before-visit",
        "visit-accompanied",
        "signed-before-start",
        "meeting-joint",
        "contact-gap",
        "evaluation-on-observations",
        "incident-told",
    ],
)
def test_rules_of_practice_are_broken_now_and_then(told: Played, simulation: Simulation, rule: str) -> None:
    assert 0 < told.irregular[rule] * 50 < len(simulation.steps)


def of(simulation: Simulation, type_: str, **fields: object) -> list[Step]:
    return [s for s in simulation.steps if s.type == type_ and fields.items() <= s.act.items()]


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("case-closed", {"reason_class": "death"}),
        ("case-closed", {"reason_class": "transferred"}),
        ("case-closed", {"reason_code": "duplicate"}),
        ("case-handed-out", {"reason_class": "moved"}),
        ("handover-declined", {}),
        ("handover-accepted", {}),
        ("referral-accepted", {"evidence": "phone"}),
        ("act-retracted", {"ground": "wrong-person"}),
        ("act-contested", {"ground": "not-so"}),
        ("visit-held", {"outcome": "again"}),
        ("visit-held", {"outcome": "no"}),
        ("follow-up-made", {"months": 1}),
        ("follow-up-made", {"months": 3}),
        ("follow-up-made", {"months": 6}),
        ("follow-up-made", {"months": 12}),
        ("placement-started", {"imported_from": OLD_REGISTER}),
    ],
)
def test_it_happens_in_a_network(simulation: Simulation, type_: str, fields: dict[str, object]) -> None:
    assert of(simulation, type_, **fields)


def test_who_declines_is_followed_by_another_who_accepts(simulation: Simulation) -> None:
    end = simulation.steps[-1].at
    for declined in of(simulation, "referral-declined"):
        case = [step for step in simulation.steps if step.record == declined.record]
        after = [step.type for step in case[case.index(declined) :]]
        assert "referral-sent" in after or end - declined.at < timedelta(days=16)


def test_a_person_is_known_twice_under_the_same_number(simulation: Simulation) -> None:
    opened = [*of(simulation, "case-opened"), *of(simulation, "referral-sent")]
    numbers = {step.record: step.act["person"]["identifiers"][0]["value"] for step in opened if "person" in step.act}
    assert len(set(numbers.values())) < len(numbers)
