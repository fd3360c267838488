"""The simulated year: the same from the same wishes, in order, and well-formed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import pairwise

import pytest

from adapters.simulation.network import network
from adapters.simulation.step import Step
from adapters.simulation.year import Simulation, Wanted, acts_by_type, simulate, tour
from domain.catalogue import ACTS
from tests.unit.simulation.conftest import WANTED

SMALL = replace(WANTED, organisations=6, cases=10, months=6)
BY_THE_OFFICE = {
    "organisation-registered",
    "organisation-suspended",
    "past-confirmed",
    "rulebook-published",
    "sheet-published",
    "dictionary-published",
    "calendar-published",
}


def lines(wanted: Wanted) -> list[str]:
    return [step.line for step in simulate(wanted).steps]


def test_from_the_same_wishes_comes_the_same_to_the_byte(simulation: Simulation) -> None:
    assert lines(WANTED) == [step.line for step in simulation.steps]


def test_another_seed_makes_another_network() -> None:
    assert not set(lines(SMALL)) & set(lines(replace(SMALL, seed=2)))


def test_another_case_changes_nothing_in_the_others() -> None:
    assert set(lines(SMALL)) < set(lines(replace(SMALL, cases=11)))


def test_steps_are_in_the_order_in_which_they_are_told_and_inside_the_year(simulation: Simulation) -> None:
    assert all(before.at <= after.at for before, after in pairwise(simulation.steps))
    first, last = simulation.steps[0].at, simulation.steps[-1].at
    assert (
        datetime.combine(WANTED.begins, time(), UTC) < first < last < datetime.combine(date(2026, 11, 22), time(), UTC)
    )


def test_nothing_is_told_before_it_happened(simulation: Simulation) -> None:
    assert all(step.act["occurred_at"][:19] <= step.at.isoformat()[:19] for step in simulation.steps)


def test_every_act_that_an_organisation_can_tell_occurs(simulation: Simulation) -> None:
    assert set(acts_by_type(simulation.steps)) == set(ACTS) - BY_THE_OFFICE


def test_only_who_has_a_system_speaks_and_all_are_told_of(simulation: Simulation) -> None:
    speaking = {step.organisation for step in simulation.steps}
    assert speaking == {each.short for each in simulation.network.organisations if each.connected}
    spoken_for = {step.act.get("on_behalf_of") for step in simulation.steps} - {None}
    assert spoken_for == {each.short for each in simulation.network.organisations if not each.connected}


def test_nobody_writes_in_august(simulation: Simulation) -> None:
    def happened_on(first: str, last: str) -> list[Step]:
        return [step for step in simulation.steps if first <= step.act["occurred_at"][:10] <= last]

    assert len(happened_on("2026-08-08", "2026-08-23")) * 10 < len(happened_on("2026-07-08", "2026-07-23"))


def test_the_tour_is_a_case_of_the_simulation(simulation: Simulation) -> None:
    told = [step.type for step in simulation.steps if step.record == f"case/{tour(WANTED)}"]
    assert told[0] == "referral-sent"
    assert {"member-joined", "meeting-held", "final-evaluation-shared", "person-hired"} <= set(told)


@pytest.mark.parametrize("organisations", [5, 12, 13, 40])
def test_names_and_ids_are_no_two_the_same(organisations: int) -> None:
    members = network(organisations, 1).organisations
    assert len({each.short for each in members}) == len({each.name for each in members}) == organisations
    assert len({id_ for each in members for id_ in each.practitioners}) == 2 * organisations
