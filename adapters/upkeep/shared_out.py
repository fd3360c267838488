"""Work that several processes share; what they make is given in the order in which it was asked for."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
M = TypeVar("M")

AHEAD = 2
"""Tasks under way for each process: so much is in memory, however many there are."""

GONE = (EOFError, BrokenPipeError, ConnectionResetError)
"""What one end of a pipe sees when the other has ended, however it did."""


class ProcessEndedError(Exception):
    """A process ended before its work was done: somebody killed it, or there was no memory left."""


def in_order(work: Callable[[Iterator[T]], Iterator[M]], tasks: Iterable[T], processes: int) -> Generator[M]:
    """`work` makes one thing of each task. It is sent to the processes, by a pipe: it stands in no list of processes.

    Closed before its end, it ends the processes where they are. They end by themselves if this one is killed.
    """
    tasks = iter(tasks)
    with ThreadPoolExecutor(processes) as asking, _running(work, processes) as pipes:
        idle: SimpleQueue[Connection[T, M]] = SimpleQueue()
        for pipe in pipes:
            idle.put(pipe)

        def ask(task: T) -> M:
            pipe = idle.get()
            try:
                pipe.send(task)
                return pipe.recv()
            except GONE as error:
                raise ProcessEndedError("A process that shared the work has ended") from error
            finally:
                idle.put(pipe)

        ahead = deque(asking.submit(ask, task) for task in islice(tasks, AHEAD * processes))
        while ahead:
            made = ahead.popleft().result()
            ahead.extend(asking.submit(ask, task) for task in islice(tasks, 1))
            yield made


@contextmanager
def _running(work: Callable[[Iterator[T]], Iterator[M]], processes: int) -> "Iterator[list[Connection[T, M]]]":
    spawning = multiprocessing.get_context("spawn")  # the connections and threads of this process are not theirs
    started = []
    pipes = []
    try:
        with _ctrl_c_for_this_process_only():
            for _ in range(processes):
                pipe, theirs = spawning.Pipe()
                pipes.append(pipe)
                process = spawning.Process(target=_serve, args=(work, theirs), daemon=True)
                process.start()
                started.append(process)
                theirs.close()  # so that theirs is the only one, and their end is seen here
        yield pipes
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.join()
        for pipe in pipes:
            pipe.close()


def _serve(work: Callable[[Iterator[T]], Iterator[M]], pipe: "Connection[M, T]") -> None:
    with suppress(*GONE):
        for made in work(_received(pipe)):
            pipe.send(made)


def _received(pipe: "Connection[M, T]") -> Iterator[T]:
    while True:
        yield pipe.recv()


@contextmanager
def _ctrl_c_for_this_process_only() -> Iterator[None]:
    """The terminal tells all: those started meanwhile never hear of it, and are ended by this one."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # started later, it would let signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
