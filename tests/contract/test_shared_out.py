"""Work shared by processes of their own: the order of what comes, and how it ends."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count, islice

import pytest

from adapters.upkeep.shared_out import ProcessEndedError, in_order


def slow_first(tasks: Iterator[int]) -> Iterator[tuple[int, int]]:
    for task in tasks:
        time.sleep(0.2 if task == 0 else 0)
        yield task, os.getpid()


def ending(tasks: Iterator[int]) -> Iterator[int]:
    for task in tasks:
        if task == 5:
            return
        yield task


def test_it_comes_in_the_order_of_the_tasks_and_from_other_processes() -> None:
    made = list(in_order(slow_first, range(50), 3))
    assert [task for task, _ in made] == list(range(50))
    assert os.getpid() not in {pid for _, pid in made}


def test_tasks_without_end_are_taken_as_they_are_needed_and_closing_ends_the_processes() -> None:
    with closing(in_order(slow_first, count(), 2)) as made:
        assert [task for task, _ in islice(made, 10)] == list(range(10))
        assert len(multiprocessing.active_children()) == 2
    assert multiprocessing.active_children() == []


def test_a_process_that_ends_early_is_told_after_what_came_before() -> None:
    made = in_order(ending, range(20), 1)
    assert list(islice(made, 5)) == [0, 1, 2, 3, 4]
    with pytest.raises(ProcessEndedError):
        next(made)
    assert multiprocessing.active_children() == []
