"""How a case is taken on, pauses, ends and is taken up again, in whatever state, by whoever is responsible."""

import pytest

from tests.examples import CENTRE, COOP
from tests.unit.given import ACCEPTED, case, check, refused, then


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ((), "open"),
        (("case-suspended",), "suspended"),
        (("case-suspended", "case-resumed"), "open"),
        (("case-closed",), "closed"),
        (("case-closed", "case-reopened"), "open"),
        (("case-closed", "case-closed"), "closed"),
        (("case-resumed",), "open"),
        (("case-closed", "case-suspended"), "suspended"),
    ],
)
def test_the_state_is_what_the_last_act_made_it(acts: tuple[str, ...], state: str) -> None:
    assert then(case(*ACCEPTED), *((CENTRE, type_) for type_ in acts)).path.course.state == state


@pytest.mark.parametrize(
    ("acts", "taken_on"),
    [
        ((), None),
        (("case-taken-on",), True),
        (("case-not-taken-on",), False),
        (("case-not-taken-on", "case-taken-on"), True),
    ],
)
def test_whether_it_was_taken_on(acts: tuple[str, ...], taken_on: bool | None) -> None:
    assert then(case(*ACCEPTED), *((CENTRE, type_) for type_ in acts)).path.course.taken_on is taken_on


BEFORE = ["case-closed", "case-suspended", "case-taken-on"]


@pytest.mark.parametrize("by", [CENTRE, COOP])
@pytest.mark.parametrize("type_", ["case-taken-on", "person-updated", "contact-made"])
@pytest.mark.parametrize("before", BEFORE)
def test_whoever_belongs_may_tell_what_happened_in_whatever_state(by: str, type_: str, before: str) -> None:
    check(then(case(*ACCEPTED), (CENTRE, before)), by, type_)


@pytest.mark.parametrize("type_", ["case-suspended", "case-resumed", "case-closed", "case-reopened"])
@pytest.mark.parametrize("before", BEFORE)
def test_only_the_responsible_moves_the_case_from_state_to_state(type_: str, before: str) -> None:
    so_far = then(case(*ACCEPTED), (CENTRE, before))
    check(so_far, CENTRE, type_)
    assert refused(so_far, COOP, type_) == "case.not-responsible"
