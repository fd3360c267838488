"""Lists of entries are put together as long as more are known to come, and no longer."""

from collections.abc import Iterator

import pytest

from domain.entry import Entry
from services.views.gathered import LARGEST_BATCH, gathered
from tests.examples import CENTRE
from tests.unit.given import entered

ENTRIES = list(entered([(CENTRE, "case-opened"), *[(CENTRE, "contact-made")] * 5]))


def positions(lists: Iterator[list[Entry]]) -> list[list[int]]:
    return [[entry.position for entry in each] for each in lists]


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (0, [[1, 2], [3, 4], [5, 6]]),
        (3, [[1, 2, 3, 4], [5, 6]]),
        (4, [[1, 2, 3, 4], [5, 6]]),
        (6, [[1, 2, 3, 4, 5, 6]]),
    ],
)
def test_they_are_put_together_up_to_what_is_known(known: int, found: list[list[int]]) -> None:
    assert positions(gathered([ENTRIES[:2], ENTRIES[2:4], ENTRIES[4:]], known)) == found


def test_no_list_is_waited_for_beyond_what_is_known() -> None:
    def coming() -> Iterator[list[Entry]]:
        yield ENTRIES[:2]
        yield ENTRIES[2:4]
        raise AssertionError("it was waited for more")

    lists = gathered(coming(), known=4)
    assert positions(iter([next(lists)])) == [[1, 2, 3, 4]]


def test_what_came_before_a_fault_is_given_first() -> None:
    def coming() -> Iterator[list[Entry]]:
        yield ENTRIES[:3]
        raise ValueError("broken")

    lists = gathered(coming(), known=6)
    assert positions(iter([next(lists)])) == [[1, 2, 3]]
    with pytest.raises(ValueError, match="broken"):
        next(lists)


def test_a_list_never_grows_without_bound() -> None:
    lists = positions(gathered(([ENTRIES[0]] * 1500 for _ in range(4)), known=2**62))
    assert [len(each) for each in lists] == [4500]
    assert len(lists[0]) < LARGEST_BATCH + 1500
