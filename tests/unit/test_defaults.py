"""What the office publishes at the first start: every file is taken by the door, and nothing is missing."""

import ast
import json
from collections.abc import Iterator
from datetime import date
from functools import cache, reduce
from pathlib import Path
from typing import Any, TypeVar

import pytest

import domain.irregularities
import domain.practice
from domain.catalogue import ALL
from domain.entry import PERSONAL, SPECIAL, Act, Entry, FromList
from domain.network import Network
from domain.publication import CalendarPublished, DictionaryPublished, RulebookPublished, SheetPublished
from domain.refusal import Refused
from domain.skeleton import mark
from domain.submission import LARGEST, submission
from tests.examples import DEFAULTS, OFFICE, RULEBOOK, STORY, Told, body, entry
from tests.unit.given import story

A = TypeVar("A", bound=Act)
FILES = sorted(DEFAULTS.glob("*.json"))


def shipped(file: Path) -> Told:
    told = json.loads(file.read_text("utf-8"))
    envelope = {k: v for k, v in body("calendar-published").items() if k in ("rulebook", "act_id", "occurred_at")}
    return Told(OFFICE, {**told, **envelope, "practitioner": "00000000-0000-4000-8000-000000000000"})


def published(kind: type[A]) -> list[A]:
    acts = (submission(shipped(file).json).act for file in FILES)
    return [act for act in acts if isinstance(act, kind)]


def from_lists() -> Iterator[tuple[str, str, FromList, bool]]:
    """Every field that takes a code: act, field, list, and whether the code is sealed."""
    for act in ALL:
        for name, field in act.model_fields.items():
            for found in field.metadata:
                if isinstance(found, FromList):
                    yield act.model_fields["type"].default, name, found, mark(field) is not None


def lists() -> dict[str, dict[str, Any]]:
    return {each.name: {i.code: i for i in each.items} for d in published(DictionaryPublished) for each in d.lists}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_the_door_takes_it(file: Path) -> None:
    assert submission(shipped(file).json).act.kind == "rulebook"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_it_fits_into_an_act(file: Path) -> None:
    assert len(shipped(file).json) <= LARGEST
    assert file.stat().st_size <= LARGEST


@pytest.mark.parametrize(("type_", "field", "taken_from", "_sealed"), sorted(set(from_lists()), key=str))
def test_every_list_that_a_field_needs_is_published(
    type_: str, field: str, taken_from: FromList, _sealed: bool
) -> None:
    assert lists().get(taken_from.name), f"{type_}.{field}"


@pytest.mark.parametrize(
    ("type_", "field", "taken_from"),
    [(t, f, m) for t, f, m, sealed in from_lists() if not sealed and not m.by_class and m.name != "organisation-kind"],
)
def test_a_code_in_clear_tells_of_no_special_category(type_: str, field: str, taken_from: FromList) -> None:
    special = {code for code, item in lists()[taken_from.name].items() if item.category in SPECIAL}
    assert not special, f"{type_}.{field}"


def test_a_class_is_shared_or_neutral() -> None:
    telling = {i.item_class for codes in lists().values() for i in codes.values()} & SPECIAL
    assert not telling


def test_categories_are_those_that_can_be_sealed() -> None:
    used = {i.category for codes in lists().values() for i in codes.values() if i.category}
    assert used <= PERSONAL | SPECIAL


def test_no_code_stands_twice_in_a_list() -> None:
    for each in (each for d in published(DictionaryPublished) for each in d.lists):
        assert len(each.items) == len({i.code for i in each.items}), each.name


@pytest.mark.parametrize("category", sorted(SPECIAL))
def test_there_are_kinds_of_organisation_of_each_special_category(category: str) -> None:
    assert category in {i.category for i in lists()["organisation-kind"].values()}


def test_four_worlds_are_told_apart() -> None:
    worlds = {i.world for i in lists()["organisation-kind"].values()}
    assert worlds >= {"employment", "social", "training", "employers"}


def broken_rules() -> set[str]:
    """The rules that the code of the irregularities names, read from it."""
    modules = (domain.irregularities, domain.practice)
    trees = [ast.parse(Path(str(module.__file__)).read_text("utf-8")) for module in modules]
    yields = (n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Yield))
    return {str(v.value) for v in yields if isinstance(v, ast.Constant)}


def test_every_rule_that_marks_an_irregularity_is_published() -> None:
    assert broken_rules() <= {rule.id for book in published(RulebookPublished) for rule in book.rules}
    assert len(broken_rules()) >= 9


def test_every_rule_says_where_it_comes_from_and_how_sure_that_is() -> None:
    rules = [rule for book in published(RulebookPublished) for rule in book.rules]
    assert all(any(sure in rule.source for sure in ("[F]", "[K]", "[U]")) for rule in rules)
    assert len(rules) == len({rule.id for rule in rules})


def test_a_number_has_its_unit() -> None:
    rules = [rule for book in published(RulebookPublished) for rule in book.rules]
    assert all((rule.number is None) == (rule.unit is None) for rule in rules)


@pytest.mark.parametrize(
    ("rule", "number"),
    [("joint-monitoring", 20), ("joint-review", 2), ("coaching-review", 6), ("placements-a-year", 75),
     ("funding-region", 70), ("funding-municipality", 30), ("emergency-access", 3)],
)  # fmt: skip
def test_the_numbers_of_the_source_texts(rule: str, number: int) -> None:
    assert [r.number for book in published(RulebookPublished) for r in book.rules if r.id == rule] == [number]


def test_the_sheet_says_that_its_fields_are_a_default() -> None:
    (somi,) = published(SheetPublished)
    assert (somi.sheet, "default" in somi.source) == ("somi", True)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [
        ("it", "2024-04-01"),
        ("it", "2025-04-21"),
        ("it", "2026-04-06"),
        ("it", "2027-03-29"),
        ("it", "2028-04-17"),
        ("it", "2029-04-02"),
        ("it", "2030-04-22"),
        ("it", "2026-06-02"),
        ("it", "2026-10-04"),
        ("fr", "2026-05-14"),
        ("si", "2026-02-08"),
    ],
)
def test_holidays_are_where_they_should_be(calendar: str, day: str) -> None:
    days = {h.day for c in published(CalendarPublished) if c.calendar == calendar for h in c.holidays}
    assert date.fromisoformat(day) in days


@pytest.mark.parametrize("year", range(2024, 2031))
def test_every_year_has_its_holidays(year: int) -> None:
    (calendar,) = [c for c in published(CalendarPublished) if c.calendar == "it"]
    assert len({h.day for h in calendar.holidays if h.day.year == year}) >= 12


@cache
def founded() -> Network:
    """The organisations of the story with what is shipped published."""
    organisations = (e for e in story() if e.originator_id.startswith("organisation/"))
    return reduce(Network.after, [*organisations, *shipped_rules()], Network())


def shipped_rules() -> list[Entry]:
    """What is shipped, as it stands on the record."""
    acts = (submission(shipped(file).json).act for file in FILES)
    return [entry(act, OFFICE, n, record=RULEBOOK) for n, act in enumerate(acts, 1)]


@pytest.mark.parametrize("told", [t for t in STORY if t.record != RULEBOOK], ids=lambda t: t.type)
def test_every_example_uses_codes_of_the_shipped_lists(told: Told) -> None:
    founded().check_codes(submission(told.json).act)


def test_a_code_of_no_list_is_refused() -> None:
    with pytest.raises(Refused, match=r"form.unknown-code"):
        founded().check_codes(submission(json.dumps(body("contact-made", channel="smoke")).encode()).act)
