"""Of a long case only what can be refused is asked again after an amendment: nothing of that is left out."""

from typing import Final

from domain.case import Case
from domain.case.holding import JUDGED
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.record_id import Kind
from domain.refusal import Refused
from tests.examples import CASE, CENTRE, EXAMPLES
from tests.unit.given import case, then, told

OF_CASES: Final = sorted(t for t, act_class in ACTS.items() if Kind.CASE in act_class.kinds() and t != "case-opened")
NOTHING: Final = Case(CASE)
OPENED: Final = case((CENTRE, "case-opened"))


def impossible(before: Case, entry: Entry) -> bool:
    try:
        before.check_possible(entry)
    except Refused:
        return True
    return False


def refusable(type_: str) -> bool:
    """Whether the example is refused where nothing is on the record that it names, or where it was told already."""
    by = EXAMPLES[type_].by
    twice = then(OPENED, (by, type_))
    return any(impossible(before, told(before.version + 1, by, type_)) for before in (NOTHING, OPENED, twice))


def test_every_act_that_can_be_refused_is_asked_again() -> None:
    refused = {type_ for type_ in OF_CASES if refusable(type_)}
    assert {type_ for type_ in refused if not issubclass(ACTS[type_], JUDGED)} == set()
    assert all(any(issubclass(ACTS[type_], family) for type_ in refused) for family in JUDGED)
