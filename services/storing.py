"""Batches that are decided, on their way to the store: in the order in which they were decided, small ones together."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Collection

from services.batch import Batch
from services.batch import joined as joined_batch

TOGETHER = 24
"""Acts from which on those of several batches are stored at once: fewer are as soon stored batch by batch."""


class Storing:
    """One thread stores at a time, and takes with it what was decided while the one before it stored.

    `store` stores a batch; what it raises is raised to each whose acts were in it.
    """

    def __init__(self, store: Callable[[Batch], None]) -> None:
        self._store = store
        self._waiting: deque[Batch] = deque()
        self._records: Counter[str] = Counter()
        self._fates: dict[int, BaseException | None] = {}
        self._turn = threading.Lock()
        self._moved = threading.Condition()

    def add(self, batch: Batch) -> None:
        """Called in the order in which they are to be stored, before `until_stored`."""
        with self._moved:
            self._waiting.append(batch)
            self._records.update(batch.records())

    def until_none_of(self, records: Collection[str]) -> None:
        """Wait until nothing of these records is on its way."""
        with self._moved:
            self._moved.wait_for(lambda: not any(self._records[record] for record in records))

    def until_stored(self, batch: Batch) -> None:
        """By this thread or by another."""
        with self._turn:
            if id(batch) not in self._fates:
                self._store_next(until=batch)
        if (failed := self._fates.pop(id(batch))) is not None:
            raise failed

    def _store_next(self, until: Batch) -> None:
        """Those before it are stored first."""
        while id(until) not in self._fates:
            some = self._next()
            records = [record for batch in some for record in batch.records()]
            whole = joined_batch(some) if len(some) > 1 else some[0]
            failed: BaseException | None = None
            try:
                self._store(whole)
            except BaseException as error:  # noqa: BLE001 (raised to each of them)
                failed = error
            if whole is not some[0]:
                whole.give_back(some)
            with self._moved:
                self._records.subtract(records)
                self._records += Counter()  # forgets those of which there is none
                self._fates |= {id(batch): failed for batch in some}
                self._moved.notify_all()

    def _next(self) -> list[Batch]:
        """Acts of the network are stored by themselves: what others decided rests on what is on the record."""
        with self._moved:
            some = [self._waiting.popleft()]
            together = [*some]
            for batch in self._waiting:
                if not (some[0].of_cases and batch.of_cases):
                    break
                together.append(batch)
            if sum(len(batch.decided) for batch in together) < TOGETHER:
                return some
            for _ in together[1:]:
                self._waiting.popleft()
            return together
