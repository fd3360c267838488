"""One that floods waits behind its own."""

import asyncio
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from adapters.turns import Places, Queues, Turns


def test_a_flood_is_taken_from_in_turn_with_the_others() -> None:
    queues: Queues[str] = Queues(each=1000)
    for number in range(1000):
        assert queues.put("flood", f"flood-{number}")
    assert not queues.put("flood", "one too many")
    assert queues.put("other", "other-0")
    assert queues.put("third", "third-0")
    assert queues.take(4) == ["flood-0", "other-0", "third-0", "flood-1"]
    assert len(queues) == 998


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5))))
def test_nothing_is_lost_and_the_order_of_each_is_kept(steps: list[tuple[str, int]]) -> None:
    queues: Queues[tuple[str, int]] = Queues(each=10_000)
    numbers = count()
    put: list[tuple[str, int]] = []
    taken: list[tuple[str, int]] = []
    for organisation, take in steps:
        item = (organisation, next(numbers))
        assert queues.put(organisation, item)
        put.append(item)
        taken += queues.take(take)
    taken += queues.take(len(put))
    assert len(queues) == 0
    for organisation in "abc":
        assert [i for i in taken if i[0] == organisation] == [i for i in put if i[0] == organisation]


async def test_places_are_left_for_the_others_and_nothing_is_kept_of_who_has_gone() -> None:
    places = Places(4, each=2)
    release = asyncio.Event()
    begun: list[str] = []

    async def work(organisation: str) -> None:
        async with places.of(organisation):
            begun.append(organisation)
            await release.wait()

    flood = [asyncio.create_task(work("flood")) for _ in range(20)]
    await asyncio.sleep(0)
    other = asyncio.create_task(work("other"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert begun == ["flood", "flood", "other"]
    release.set()
    await asyncio.gather(other, *flood)
    assert not places._of


def test_what_is_heavy_is_taken_in_parts() -> None:
    queues: Queues[str] = Queues(each=1000, weight=len, heaviest=10)
    for _ in range(3):
        queues.put("flood", "x" * 8)
    queues.put("other", "y")
    queues.put("third", "z" * 2)
    assert [queues.take(100) for _ in range(3)] == [["x" * 8, "y"], ["z" * 2, "x" * 8], ["x" * 8]]
    assert len(queues) == 0


def test_what_is_too_heavy_for_a_part_is_taken_alone() -> None:
    queues: Queues[str] = Queues(each=1000, weight=len, heaviest=10)
    queues.put("flood", "x" * 50)
    queues.put("flood", "x" * 50)
    assert [queues.take(100), queues.take(100)] == [["x" * 50], ["x" * 50]]


def test_who_stands_behind_is_passed_over_and_keeps_its_order() -> None:
    queues: Queues[str] = Queues(each=10)
    for item in ("dear-1", "dear-2", "other-1", "third-1"):
        assert queues.put(item.split("-")[0], item)
    assert queues.take_but({"dear", "not there"}, 10) == ["other-1", "third-1"]
    assert len(queues) == 2
    assert queues.put("other", "other-2")
    assert queues.take_of({"dear"}, 1) == ["dear-1"]
    assert queues.take(10) == ["other-2", "dear-2"]
    assert len(queues) == 0


async def test_turns_are_left_for_the_others_and_nothing_is_kept_of_who_has_gone() -> None:
    turns = Turns(4, each=2, used=lambda _: 0.0)
    flood = [turns.ask("flood") for _ in range(20)]
    other = turns.ask("other")
    assert [turn.done() for turn in (*flood[:3], other)] == [True, True, False, True]
    turns.give_back("flood", flood[0])
    assert flood[2].done()
    for turn in flood[1:]:
        turns.give_back("flood", turn)
    turns.give_back("other", other)
    assert not turns._waiting
    assert not turns._working
    assert turns._free == 4


async def test_of_those_who_wait_the_one_that_has_used_least_is_next() -> None:
    used = {"dear": 9.0, "cheap": 0.1}
    turns = Turns(1, each=1, used=used.__getitem__)
    first = turns.ask("dear")
    dear, cheap = turns.ask("dear"), turns.ask("cheap")
    turns.give_back("dear", first)
    assert (dear.done(), cheap.done()) == (False, True)


async def test_who_has_gone_before_its_turn_takes_none() -> None:
    turns = Turns(1, each=1, used=lambda _: 0.0)
    first, gone, then = (turns.ask("one") for _ in range(3))
    turns.give_back("one", gone)
    turns.give_back("one", first)
    assert then.done()
