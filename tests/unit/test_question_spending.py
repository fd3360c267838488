"""What the questions of one organisation may take: number and bytes while they wait, CPU over time."""

import pytest

from adapters.question_spending import Bounds, BusyError, Room, Spending


def test_a_budget_that_is_used_up_comes_back_as_time_passes() -> None:
    now = [0.0]
    spending = Spending(20, clock=lambda: now[0])
    spending.add("dear", 25)
    with pytest.raises(BusyError) as busy:
        spending.check("dear")
    assert busy.value.after_s == 16
    spending.check("other")
    now[0] += busy.value.after_s
    spending.check("dear")
    assert spending.total == 25


def test_nothing_is_kept_of_who_has_not_asked_for_long() -> None:
    now = [0.0]
    spending = Spending(20, clock=lambda: now[0])
    spending.add("dear", 25)
    now[0] += 80
    assert spending.used("dear") == 0
    assert not spending._used


@pytest.mark.parametrize(
    ("bounds", "fits"),
    [
        (Bounds(number=3), 3),
        (Bounds(bytes=250), 2),
        (Bounds(all_number=4), 4),
        (Bounds(all_bytes=120), 1),
    ],
)
def test_questions_are_bounded_in_number_and_bytes(bounds: Bounds, fits: int) -> None:
    room = Room(bounds)
    taken = [room.taken("flood", 100) for _ in range(fits + 1)]
    for each in taken[:fits]:
        each.__enter__()
    with pytest.raises(BusyError), taken[fits]:
        pass
    assert (len(room), room.put_off) == (fits, 1)
    for each in taken[:fits]:
        each.__exit__(None, None, None)
    assert not len(room)
    assert not room._of
    with room.taken("flood", 100):
        pass


def test_what_one_keeps_is_no_hindrance_to_another() -> None:
    room = Room(Bounds(number=1))
    with room.taken("flood", 1), room.taken("other", 1):
        assert len(room) == 2
