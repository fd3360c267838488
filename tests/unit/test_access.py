"""The table of access is closed: every act of the catalogue has its row, and what has none is hidden from everybody."""

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal, get_type_hints

import pytest

from domain.access import cases
from domain.access.audience import EVERYONE, NOBODY, Audience, audience
from domain.access.table import TABLE, Readers, row
from domain.agreement import Agreement
from domain.case import Case, replay
from domain.catalogue import ALL
from domain.entry import Act, Effect, Entry, SealedPart
from domain.network import Network
from domain.record_id import Kind, RecordId, kind_of
from domain.visibility import standing, standings
from services.seen import sees_all_before
from tests.examples import CENTRE, COOP, HEALTH, OFFICE, TRAINER, act, entry

ROOT = Path(__file__).parents[2]
ROWS = [(kind, act_class) for act_class in ALL for kind in sorted(act_class.kinds())]
ORGANISATION = f"organisation/{COOP}"


class RiskNoted(Act):
    """Something that only a later version has in its table."""

    effect: ClassVar[Effect] = "statement"
    type: Literal["risk-noted"] = "risk-noted"


@pytest.mark.parametrize(("kind", "act_class"), ROWS, ids=lambda each: str(getattr(each, "__name__", each)))
def test_every_act_of_the_catalogue_has_a_row_for_each_kind_of_record_it_stands_on(
    kind: Kind, act_class: type[Act]
) -> None:
    assert row(kind, act_class) is not None


def test_the_table_names_nothing_that_is_not_in_the_catalogue() -> None:
    assert {(kind, act_class) for kind, rows in TABLE.items() for act_class in rows} == set(ROWS)


def test_organisations_and_rules_are_everybodys_but_not_who_works_where() -> None:
    told = {
        act_class.model_fields["type"].default: readers
        for kind in (Kind.ORGANISATION, Kind.RULEBOOK)
        for act_class, readers in TABLE[kind].items()
    }
    own = {type_ for type_, readers in told.items() if readers is not Readers.EVERYONE}
    assert own == {"practitioner-named"}
    assert told["practitioner-named"] is Readers.ITS_OWN


def test_who_works_where_is_seen_by_that_organisation_and_the_office() -> None:
    named = entry(act("practitioner-named"), OFFICE, 2, record=ORGANISATION)
    assert audience(named, office=OFFICE) == Audience(frozenset({COOP, OFFICE}))


def test_what_is_told_to_some_alone_is_told_to_nobody_else() -> None:
    told = replace(entry(act("organisation-updated"), OFFICE, 2, record=ORGANISATION), only_for=(CENTRE,))
    assert audience(told, office=OFFICE) == Audience(frozenset({CENTRE, OFFICE}))


@pytest.mark.parametrize("record", [ORGANISATION, "rulebook/1", "agreement/1", "case/1"])
def test_an_act_without_a_row_is_seen_by_who_wrote_it_and_by_nobody_else(record: str) -> None:
    told = entry(RiskNoted(), CENTRE, 1, record=record)
    states = (None, Agreement(record).after(told), Case(record).after(told))
    assert {audience(told, office=OFFICE, state=state) for state in states} == {Audience(frozenset({CENTRE}))}


def test_an_act_of_another_kind_of_record_has_no_row_there() -> None:
    assert audience(entry(act("rulebook-published"), OFFICE, 1, record=ORGANISATION)) == Audience(frozenset({OFFICE}))
    assert audience(entry(act("rulebook-published"), OFFICE, 1, record="rulebook/1")) == EVERYONE


def test_a_member_does_not_see_an_act_of_a_case_without_a_row() -> None:
    told = [
        entry(act("case-opened"), CENTRE, 1),
        entry(act("member-joined", organisation=TRAINER, past="all", past_since=None), CENTRE, 2),
        entry(RiskNoted(), HEALTH, 3),
    ]
    before, after = replay(told[:2], Case(told[0].originator_id)), replay(told, Case(told[0].originator_id))
    assert [c.reader for c in cases.changes(before, after, told[2])] == [HEALTH]
    for reader, sees in ((CENTRE, False), (TRAINER, False), (HEALTH, True)):
        stands = standing(after, reader)
        assert (cases.sight_as(stands, after, told[2], reader) is not None) is sees
        assert cases.admits(after, told[2], reader, stands) is sees
        assert (reader in cases.admitted(after, told[2], standings(after))) is sees
        assert sees_all_before(4, after, reader) is False or reader == HEALTH
    assert sees_all_before(3, after, CENTRE)


@pytest.mark.parametrize("record", ["programme/1", "Case/1", "cases/1", "/1", "", "uuid/1"])
def test_a_record_of_an_unknown_kind_is_seen_by_nobody(record: str) -> None:
    told = entry(act("contact-made"), CENTRE, 1, record=record)
    assert (told.kind, kind_of(record), RecordId.parse(record)) == (None, None, None)
    assert audience(told, office=OFFICE, state=Case(record).after(told)) == NOBODY
    assert not any(reader in NOBODY for reader in (CENTRE, OFFICE))


def test_the_network_goes_on_where_it_meets_an_unknown_kind() -> None:
    told = entry(act("contact-made"), CENTRE, 1, record="programme/1", position=7)
    assert Network().after(told) == Network(position=7)


def test_a_category_that_is_not_known_is_nobodys_to_open() -> None:
    parts = tuple(SealedPart(category, "0", "") for category in ("work", "origin-of-another-version"))
    told = replace(entry(act("contact-made"), CENTRE, 1), personal=parts)
    assert told.categories == {"work"}


@pytest.mark.parametrize("kind", Kind)
def test_a_record_is_named_by_kind_and_id(kind: Kind) -> None:
    record = RecordId.parse(f"{kind}/a/b")
    assert record == RecordId(kind, "a/b")
    assert str(record) == f"{kind}/a/b"


def test_the_kind_of_a_record_is_never_asked_by_the_beginning_of_its_name() -> None:
    asked = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for package in ("domain", "services", "adapters")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "startswith"
        and any(f"{kind}/" in ast.unparse(argument) for argument in node.args for kind in Kind)
    ]
    assert asked == []


def test_a_match_over_the_kinds_leaves_none_out() -> None:
    """Each ends in `assert_never`, so that the type checker finds a kind that is added and forgotten."""
    open_ = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for package in ("domain", "services", "adapters")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Match)
        and any("Kind." in ast.unparse(case.pattern) for case in node.cases)
        and "assert_never" not in ast.unparse(node.cases[-1])
    ]
    assert open_ == []
    assert get_type_hints(inspect.unwrap(kind_of))["return"] == Kind | None
    assert isinstance(Entry.kind, property)
