"""Each organisation has its turn: one that floods waits behind its own, and the others go on as before."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Queues(Generic[T]):
    """One queue for each organisation, taken from in turn; `each` bounds every one of them."""

    def __init__(self, *, each: int) -> None:
        self._each = each
        self._of: OrderedDict[str, deque[T]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, organisation: str, item: T) -> bool:
        """False where as much of the organisation waits already as may."""
        queue = self._of.setdefault(organisation, deque())
        if len(queue) >= self._each:
            return False
        queue.append(item)
        self._length += 1
        return True

    def take(self, most: int) -> list[T]:
        """Up to so many, one of each organisation after the other; the order within each is kept."""
        taken: list[T] = []
        while self._of and len(taken) < most:
            organisation, queue = self._of.popitem(last=False)
            taken.append(queue.popleft())
            if queue:
                self._of[organisation] = queue  # behind the others
        self._length -= len(taken)
        return taken


class Turns:
    """So many work at once, `each` of one organisation; next is who waits and has `used` least."""

    def __init__(self, at_once: int, *, each: int, used: Callable[[str], float]) -> None:
        self._free = at_once
        self._each = each
        self._used = used
        self._working: dict[str, int] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def ask(self, organisation: str) -> "asyncio.Future[None]":
        """Done when it is the organisation's turn; then `give_back` is called when the work has ended, or before."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(organisation, deque()).append(turn)
        self._give()
        return turn

    def give_back(self, organisation: str, turn: "asyncio.Future[None]") -> None:
        if turn.cancel():
            self._tidy(organisation)
            return
        self._free += 1
        self._working[organisation] -= 1
        if not self._working[organisation]:
            del self._working[organisation]
        self._give()

    def _give(self) -> None:
        while self._free and (next_ := self._next()) is not None:
            turn = self._waiting[next_].popleft()
            self._tidy(next_)
            if not turn.done():
                self._free -= 1
                self._working[next_] = self._working.get(next_, 0) + 1
                turn.set_result(None)

    def _next(self) -> str | None:
        may = (each for each in self._waiting if self._working.get(each, 0) < self._each)
        return min(may, key=lambda each: (self._working.get(each, 0), self._used(each)), default=None)

    def _tidy(self, organisation: str) -> None:
        waiting = self._waiting.get(organisation)
        if waiting is not None and all(turn.done() for turn in waiting):
            del self._waiting[organisation]
