"""Each organisation has its turn: one that floods waits behind its own, and the others go on as before."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


def _nothing(_: object) -> int:
    return 0


class Queues(Generic[T]):
    """One queue for each organisation, taken from in turn; `each` bounds every one of them.

    What is taken at once weighs no more than `heaviest`, unless it is one alone.
    """

    def __init__(self, *, each: int, weight: Callable[[T], int] = _nothing, heaviest: int = 0) -> None:
        self._each = each
        self._weight, self._heaviest = weight, heaviest
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
        weight = 0
        while self._of and len(taken) < most:
            organisation, queue = self._of.popitem(last=False)
            weight += self._weight(queue[0])
            if taken and weight > self._heaviest:
                self._of[organisation] = queue  # it is the first of the next time
                self._of.move_to_end(organisation, last=False)
                break
            taken.append(queue.popleft())
            if queue:
                self._of[organisation] = queue  # behind the others
        self._length -= len(taken)
        return taken

    def put_back(self, organisation: str, items: Sequence[T]) -> None:
        """What was taken and is to come before anything that waits; the bound was asked when it first came."""
        self._of.setdefault(organisation, deque()).extendleft(reversed(items))
        self._of.move_to_end(organisation, last=False)
        self._length += len(items)

    def take_but(self, organisations: AbstractSet[str], most: int) -> list[T]:
        """As `take`, but of none of these: their acts wait on where they are."""
        aside = OrderedDict((each, self._of.pop(each)) for each in list(self._of) if each in organisations)
        taken = self.take(most)
        aside.update(self._of)
        self._of = aside
        return taken

    def take_of(self, organisations: AbstractSet[str], most: int) -> list[T]:
        """As `take`, of these alone."""
        return self.take_but(self._of.keys() - organisations, most)


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


class Places:
    """So many work at once, and not more than `each` of them for one organisation."""

    def __init__(self, all_: int, *, each: int) -> None:
        self._all = asyncio.Semaphore(all_)
        self._each = each
        self._of: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def of(self, organisation: str) -> AsyncIterator[None]:
        """Waits first for the others of the organisation: so its own never fill the places of all."""
        own, waiting = self._of.get(organisation, (asyncio.Semaphore(self._each), 0))
        self._of[organisation] = own, waiting + 1
        try:
            async with own, self._all:
                yield
        finally:
            own, waiting = self._of[organisation]
            if waiting == 1:
                del self._of[organisation]
            else:
                self._of[organisation] = own, waiting - 1
