"""Lists of entries are put together as long as more are known to come, and no longer."""

from collections.abc import Iterator

import pytest

from domain.entry import Entry
from services.views.gathered import BUSY, LARGEST_BATCH, LOOKED_AT_S, Pace, gathered
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


@pytest.mark.parametrize(("a_second", "busy"), [(BUSY // 2, False), (BUSY * 2, True)])
def test_it_is_busy_where_much_comes_for_a_while(a_second: int, busy: bool) -> None:
    pace, each = Pace(0.0), 10
    moments = [n * each / a_second for n in range(1, a_second // each)]
    found = [pace.busy(each, now) for now in moments]
    assert not any(answer for answer, now in zip(found, moments, strict=True) if now < LOOKED_AT_S)
    assert found[-1] is busy


def test_after_a_rest_one_entry_is_not_waited_with_nor_is_a_long_list_ever() -> None:
    pace = Pace(0.0)
    assert pace.busy(5 * BUSY, 1.0)
    assert not pace.busy(LARGEST_BATCH, 1.1)
    assert pace.busy(1, 1.2)
    assert not pace.busy(1, 60.0)
