"""What is told on one record gets its place in time, its speaker and its versions."""

from datetime import UTC, date, datetime, timedelta

from adapters.simulation.network import chance_of, network
from adapters.simulation.step import Step
from adapters.simulation.telling import OLD_REGISTER, Telling

FIRST = date(2026, 3, 2)
LAST = date(2026, 6, 1)


def telling() -> Telling:
    return Telling("case", "id", chance_of(1, "test"), network(6, 1), FIRST, "centre-1")


def day(days: int) -> date:
    return FIRST + timedelta(days=days)


def types(steps: list[Step]) -> list[str]:
    return [step.type for step in steps]


def test_it_is_told_in_the_order_in_which_it_happened() -> None:
    told = telling()
    told.tell("coop-1", "third", day(20))
    told.tell("centre-1", "first", day(10))
    told.tell("coop-1", "second", day(10))
    steps = told.steps(LAST)
    assert types(steps) == ["first", "second", "third"]
    assert [step.act["occurred_at"][:10] for step in steps] == ["2026-03-12", "2026-03-12", "2026-03-22"]


def test_what_is_told_late_holds_nothing_up() -> None:
    told = telling()
    told.tell("coop-1", "late", day(10), late=40)
    told.tell("coop-1", "soon", day(11))
    soon, late = told.steps(LAST)
    assert (soon.type, late.type) == ("soon", "late")
    assert late.at - datetime.fromisoformat(late.act["occurred_at"]) >= timedelta(days=40)


def test_for_who_has_no_system_another_tells_with_evidence() -> None:
    told = telling()
    told.tell("company-1", "visit-held", day(10))
    [step] = told.steps(LAST)
    assert (step.organisation, step.act["on_behalf_of"]) == ("centre-1", "company-1")
    assert step.act["evidence"] != "own"


def test_an_act_about_another_names_its_version() -> None:
    told = telling()
    told.tell("coop-1", "first", day(8))
    about = told.tell("coop-1", "second", day(9))
    told.tell("coop-1", "act-attested", day(10), entry=about)
    assert told.steps(LAST)[-1].act["entry"] == 2


def test_about_what_was_not_told_yet_nothing_is_said() -> None:
    told = telling()
    late = told.tell("coop-1", "first", day(8), late=40)
    told.tell("centre-1", "act-attested", day(9), entry=late)
    told.tell("centre-1", "final-evaluation-shared", day(10), built_on=[late])
    steps = told.steps(LAST)
    assert types(steps) == ["final-evaluation-shared", "first"]
    assert steps[0].act["built_on"] == []


def test_after_the_year_nothing_is_told() -> None:
    told = telling()
    told.tell("coop-1", "inside", date(2026, 5, 20))
    told.tell("coop-1", "outside", LAST)
    assert types(told.steps(LAST)) == ["inside"]


def test_what_was_cut_does_not_happen() -> None:
    told = telling()
    told.tell("coop-1", "before", day(10))
    told.tell("coop-1", "after", day(11))
    told.cut(day(10))
    assert types(told.steps(LAST)) == ["before"]


def test_what_happened_before_the_year_is_taken_over_from_a_register() -> None:
    told = telling()
    told.tell("coop-1", "old", day(-100))
    [step] = told.steps(LAST)
    assert step.act["imported_from"] == OLD_REGISTER
    assert datetime.combine(FIRST, datetime.min.time(), UTC) < step.at
