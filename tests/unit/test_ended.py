"""Tasks end when they are told to, also one that has just got what it waited for."""

import asyncio

import pytest

from adapters.ended import ended


async def test_a_task_whose_answer_comes_as_it_is_cancelled_ends_all_the_same() -> None:
    """Python 3.11 forgets that it was cancelled: told once, it would go on for ever."""
    loop, times = asyncio.get_running_loop(), 0
    waited = loop.create_future()

    async def again() -> None:
        nonlocal times, waited
        while True:
            times += 1
            await asyncio.wait_for(waited, 10)
            waited = loop.create_future()

    task = loop.create_task(again())
    await asyncio.sleep(0)
    waited.set_result(None)
    await ended(task)
    assert task.cancelled()
    assert times <= 2


async def test_what_a_task_raises_is_left_with_it() -> None:
    async def fails() -> None:
        raise ValueError("as it must")

    task = asyncio.get_running_loop().create_task(fails())
    await asyncio.sleep(0)
    await ended(task)
    with pytest.raises(ValueError, match="as it must"):
        task.result()


async def test_of_nothing_nothing_is_waited_for() -> None:
    await ended()
