"""Each list of a caseload has a table made from its rows, and says which acts touch it."""

import pytest

from adapters.sql.tables import CASELOAD, METADATA
from domain.case import Case
from domain.catalogue import ACTS
from domain.irregularities import OF_THE_ENTRY, irregularities
from services.views.kinds import KINDS, touched_by
from services.views.kinds.kind import Kind
from tests.unit.given import story
from tests.unit.test_defaults import founded


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_a_kind_has_the_table_of_its_rows(kind: Kind[tuple[object, ...]]) -> None:
    table = CASELOAD[kind.name]
    assert METADATA.tables[kind.name] is table
    assert [c.name for c in table.columns] == list(kind.row.__annotations__)
    assert [c.name for c in table.primary_key][:2] == ["organisation", "record"]
    assert len(table.primary_key) == 3


def test_each_kind_is_touched_by_some_act_and_most_acts_touch_none() -> None:
    touching = {type_: {kind.name for kind in touched_by(act)} for type_, act in ACTS.items()}
    assert set.union(*touching.values()) == {kind.name for kind in KINDS}
    assert touching["meeting-held"] == {"claim", "meeting", "task"}
    assert touching["contact-made"] == set()


def test_a_rule_of_the_entry_is_broken_whatever_came_before() -> None:
    case, found = Case(""), set()
    for entry in story():
        if not entry.originator_id.startswith("case/"):
            continue
        case = case if case.id == entry.originator_id else Case(entry.originator_id)
        with_it = {i.rule for i in irregularities(entry, case, founded())} & OF_THE_ENTRY
        alone = {i.rule for i in irregularities(entry, Case(case.id), founded())} & OF_THE_ENTRY
        assert alone <= with_it
        found |= with_it
        case = case.after(entry)
    assert case.version
