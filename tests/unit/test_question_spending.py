"""What the questions of one organisation may take: number and bytes while they wait, CPU over time."""

import asyncio

import pytest

from adapters.question_spending import LATE_S, REFUSED_AT_ONCE, Bounds, BusyError, Refusals, Room, Spending
from domain.refusal import Refused


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


async def test_who_is_refused_again_and_again_is_told_so_late_and_nobody_else_is() -> None:
    refusals, loop = Refusals(), asyncio.get_running_loop()

    async def took(organisation: str) -> float:
        began = loop.time()
        with pytest.raises(BusyError):
            async with refusals.late(organisation):
                raise BusyError(2)
        return loop.time() - began

    at_once = [await took("insistent") for _ in range(int(REFUSED_AT_ONCE))]
    assert sum(at_once) < LATE_S
    began = loop.time()
    late = await asyncio.gather(*(took("insistent") for _ in range(16)))
    assert min(sorted(late)[2:]) >= LATE_S * 0.9  # two may have come back meanwhile
    assert loop.time() - began < 4 * LATE_S  # they wait beside one another
    assert await took("other") < LATE_S


async def test_what_is_answered_is_not_held_back() -> None:
    refusals = Refusals()
    for _ in range(1_000):
        async with refusals.late("asker"):
            pass
    async with asyncio.timeout(LATE_S / 2):
        with pytest.raises(Refused):
            async with refusals.late("asker"):
                raise Refused("case.unknown")
