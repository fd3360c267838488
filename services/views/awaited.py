"""Who waits for the views to stand at a position: called as soon as they do, without a thread for each."""

import threading
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

Call = Callable[[], object]


class Awaited:
    """`at` may be called from any thread; each is called at most once, from the thread that says where they stand."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count()
        self._heap: list[tuple[int, int]] = []
        self._calls: dict[int, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def at(self, position: int, call: Call) -> Call:
        """Return what takes the call back; taken back twice, or after it was made, nothing happens."""
        with self._lock:
            number = next(self._numbers)
            self._calls[number] = call
            heappush(self._heap, (position, number))
        return lambda: self._forget(number)

    def reached(self, position: int) -> None:
        for call in self._taken(position):
            call()

    def all(self) -> None:
        """Call all who wait, wherever the views stand: they end."""
        for call in self._taken(None):
            call()

    def _taken(self, position: int | None) -> list[Call]:
        taken: list[Call] = []
        with self._lock:
            while self._heap and (position is None or self._heap[0][0] <= position):
                _, number = heappop(self._heap)
                if call := self._calls.pop(number, None):
                    taken.append(call)
        return taken

    def _forget(self, number: int) -> None:
        with self._lock:
            if self._calls.pop(number, None) and len(self._heap) > 2 * len(self._calls) + 100:
                self._heap = sorted(each for each in self._heap if each[1] in self._calls)
