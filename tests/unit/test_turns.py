"""One that floods waits behind its own."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from adapters.turns import Queues, Turns


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
