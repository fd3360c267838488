"""What is recorded although a rule of practice says otherwise."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.irregularities import Irregularity, irregularities
from domain.moment import Moment
from domain.network import Network
from domain.publication import Rule, RulebookPublished
from tests.examples import CENTRE, COOP, HEALTH, NOON, OFFICE, PAPER, RULEBOOK, TRAINER, entry
from tests.unit.given import ACCEPTED, SENT, case, network, then, told, uuid
from tests.unit.test_defaults import founded


def published(edition: int, in_force_from: date, **numbers: int | None) -> Network:
    rules = tuple(Rule(id=n.replace("_", "-"), text="x", number=v, source="x") for n, v in numbers.items())
    act = RulebookPublished(edition=edition, in_force_from=in_force_from, rules=rules)
    return network().after(entry(act, OFFICE, edition + 10, record=RULEBOOK))


def marked(before: Case, act: Entry, known: Network | None = None) -> set[str]:
    return {i.rule for i in irregularities(act, before, known or founded())}


def next_(before: Case, by: str, type_: str, **changes: Any) -> Entry:
    return told(before.version + 1, by, type_, changes)


def test_an_act_told_at_once_by_a_named_practitioner_is_regular() -> None:
    before = case(*ACCEPTED)
    assert marked(before, next_(before, CENTRE, "case-taken-on")) == set()


@pytest.mark.parametrize(("days", "rules"), [(29, set()), (30, set()), (31, {"told-late"})])
def test_told_late(days: int, rules: set[str]) -> None:
    before = case(*ACCEPTED)
    act = next_(before, CENTRE, "case-taken-on")
    late = replace(act, recorded_at=act.occurred.time + timedelta(days=days))
    assert marked(before, late) == rules


def test_a_month_ends_where_it_may_have_ended() -> None:
    before = case(*ACCEPTED)
    act = replace(next_(before, CENTRE, "case-taken-on"), occurred=Moment(NOON.replace(day=1, hour=0), "month"))
    assert marked(before, replace(act, recorded_at=NOON.replace(month=4, day=30))) == set()


def test_what_comes_from_an_old_register_is_never_late() -> None:
    before = case(*ACCEPTED)
    act = next_(before, CENTRE, "case-taken-on", _imported_from="old-register")
    assert marked(before, replace(act, recorded_at=NOON + timedelta(days=4000))) == set()


@pytest.mark.parametrize(
    ("so_far", "by", "type_", "rules"),
    [
        ("case-closed", CENTRE, "contact-made", {"case-closed"}),
        ("case-closed", CENTRE, "case-reopened", set()),
        ("case-closed", COOP, "case-reopened", {"closed-by-responsible"}),
        ("case-taken-on", COOP, "case-closed", {"closed-by-responsible"}),
        ("case-taken-on", CENTRE, "case-closed", set()),
        ("case-taken-on", CENTRE, "case-resumed", {"not-suspended"}),
        ("case-suspended", CENTRE, "case-resumed", set()),
        ("case-suspended", CENTRE, "contact-made", set()),
    ],
)
def test_what_does_not_fit_the_state(so_far: str, by: str, type_: str, rules: set[str]) -> None:
    before = then(case(*ACCEPTED), (CENTRE, so_far))
    assert marked(before, next_(before, by, type_)) == rules


@pytest.mark.parametrize(
    ("so_far", "rules"),
    [("case-suspended", {"case-suspended"}), ("case-closed", {"case-closed"}), ("case-taken-on", set())],
)
def test_a_referral_while_nothing_should_move(so_far: str, rules: set[str]) -> None:
    before = then(case(*ACCEPTED), (CENTRE, so_far))
    assert marked(before, next_(before, CENTRE, "referral-sent", referral=str(uuid(9)), to=HEALTH)) == rules


@pytest.mark.parametrize(("by", "rules"), [(CENTRE, set()), (COOP, {"second-level-through-team"})])
def test_a_second_level_service_is_reached_through_its_team(by: str, rules: set[str]) -> None:
    before = case(*ACCEPTED)
    assert marked(before, next_(before, by, "referral-sent", referral=str(uuid(9)), to=TRAINER)) == rules


@pytest.mark.parametrize(
    ("told_on", "rules"),
    [("2026-03-20", set()), ("2026-03-21", set()), ("2026-03-22", {"referral-answered-in-time"})],
)
@pytest.mark.parametrize("type_", ["referral-accepted", "referral-waitlisted"])
def test_an_answer_after_the_day_asked_for(type_: str, told_on: str, rules: set[str]) -> None:
    before = case(*SENT)
    act = next_(before, COOP, type_, _occurred=told_on)
    assert marked(before, replace(act, recorded_at=NOON + timedelta(days=20))) == rules


@pytest.mark.parametrize(("whom", "rules"), [(HEALTH, {"told-for-connected"}), (PAPER, set())])
def test_telling_for_one_that_can_tell_itself(whom: str, rules: set[str]) -> None:
    before = case(*ACCEPTED)
    assert marked(before, next_(before, CENTRE, "contact-made", _on_behalf_of=whom, _evidence="phone")) == rules


def test_a_practitioner_nobody_has_named() -> None:
    before = case(*ACCEPTED)
    assert marked(before, next_(before, CENTRE, "contact-made", _practitioner=uuid(9))) == {"practitioner-named"}


def test_a_rule_that_is_not_published_marks_nothing() -> None:
    before = case(*ACCEPTED)
    act = next_(before, CENTRE, "contact-made", _practitioner=uuid(9))
    assert marked(before, act, published(5, date(2020, 1, 1), told_late=30)) == set()


def test_each_names_the_edition_in_force_when_it_was_recorded() -> None:
    before = then(case(*ACCEPTED), (CENTRE, "case-closed"))
    act = next_(before, CENTRE, "contact-made")
    later = published(7, act.recorded_at.date() + timedelta(days=1), case_closed=None)
    now = published(7, act.recorded_at.date(), case_closed=None)
    assert irregularities(act, before, later) == (Irregularity("case-closed", 1),)
    assert irregularities(act, before, now) == (Irregularity("case-closed", 7),)


def test_asked_twice_it_is_the_same() -> None:
    before = then(case(*ACCEPTED), (CENTRE, "case-closed"))
    act = next_(before, COOP, "case-closed", _practitioner=uuid(9))
    assert irregularities(act, before, founded()) == irregularities(act, before, founded())
