"""No day is told that lies further ahead than can be asked for; what an older release has let in is still folded."""

import json
from datetime import date
from typing import Any

import pytest

from domain.case import Case
from domain.entry import Act
from domain.finding import days_in
from domain.horizon import may_be_told
from domain.obligations import obligations_of
from domain.refusal import Misnamed
from domain.rules import check
from domain.submission import submission
from tests.examples import CASE, CENTRE, COOP, EXAMPLES, NOON, PLACEMENT, act, entry
from tests.unit.given import Step, case
from tests.unit.test_defaults import founded

FAR = date(NOON.year + 11, 1, 1)
DAYS = [
    (type_, path)
    for type_, told in EXAMPLES.items()
    for path, _ in days_in(submission(told.json).act)
    if "born" not in path
]


def with_day(type_: str, path: str, day: date) -> Act:
    """The example with another day there; an instant stays one."""
    fields = json.loads(EXAMPLES[type_].json)
    *groups, name = path.split(".")
    at: Any = fields
    for group in groups:
        at = at[int(group)] if group.isdecimal() else at[group]
    at[name] = day.isoformat() + at[name][10:]
    return submission(json.dumps(fields).encode()).act


def test_the_days_of_acts_are_found() -> None:
    """In fields, in groups, as instants."""
    kinds = {
        ("referral-sent", "answer_by"),
        ("agreement-proposed", "signed_by.0.on"),
        ("meeting-convened", "starts_at"),
    }
    assert kinds <= {*DAYS}


@pytest.mark.parametrize("day", [FAR, date(9990, 1, 1), date(1899, 12, 31)])
@pytest.mark.parametrize(("type_", "path"), DAYS)
def test_a_day_out_of_reach_is_refused_by_its_field(type_: str, path: str, day: date) -> None:
    with pytest.raises(Misnamed) as refused:
        check(entry(with_day(type_, path, day), CENTRE, 1), Case(CASE), founded())
    assert (path, "day.out-of-reach") in refused.value.fields


def test_so_is_one_inside_a_correction() -> None:
    extended = {"type": "placement-extended", "placement": str(PLACEMENT), "ends": "9990-01-01"}
    with pytest.raises(Misnamed) as refused:
        check(entry(act("act-corrected", act=extended), CENTRE, 2), Case(CASE), founded())
    assert refused.value.fields == (("act.ends", "day.out-of-reach"),)


@pytest.mark.parametrize(("day", "told"), [("2036-11-30", True), ("2036-12-01", False), ("1900-01-01", True)])
def test_ten_years_ahead_may_be_told(day: str, told: bool) -> None:
    assert may_be_told(date.fromisoformat(day), date(2026, 11, 30)) is told


def test_what_was_let_in_is_folded_and_counted() -> None:
    sent: Step = (CENTRE, "referral-sent", {"answer_by": "9990-01-01"})
    about = case(sent, (COOP, "referral-accepted"))
    assert obligations_of(about, founded(), NOON.date()) is not None
    assert about.version == 2
