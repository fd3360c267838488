"""A record in memory that is followed as the real one is: in order, without gaps, waiting for what comes."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from adapters.mapper import UnreadableEntryError
from domain.entry import Entry


class ListRecord:
    def __init__(self, entries: Iterable[Entry] = (), incarnation: str = "first") -> None:
        self.incarnation = incarnation
        self.unreadable: set[int] = set()
        self._all: list[Entry] = []
        self._of: dict[str, list[Entry]] = {}
        self._more = threading.Condition()
        self.append(entries)

    def append(self, entries: Iterable[Entry]) -> None:
        with self._more:
            for entry in entries:
                self._all.append(entry)
                self._of.setdefault(entry.originator_id, []).append(entry)
            self._more.notify_all()

    def mend(self) -> None:
        self.unreadable.clear()

    def entries(self, originator_id: str, after: int = 0) -> list[Entry]:
        return self._of.get(originator_id, [])[after:]

    def entry_at(self, position: int) -> Entry | None:
        return self._all[position - 1] if position <= len(self._all) else None

    def position(self) -> int:
        return len(self._all)

    @contextmanager
    def following(
        self, gt: int, *, batch: int = 500, states: dict[int, bytes] | None = None
    ) -> Iterator["ListFollowing"]:
        """It has no `states` to give: what it holds was never stored."""
        del states
        following = ListFollowing(self._more, lambda since: self._read(since, batch), gt)
        try:
            yield following
        finally:
            following.stop()

    def _read(self, since: int, batch: int) -> list[Entry]:
        found = self._all[since : since + batch]
        for n, entry in enumerate(found):
            if entry.position in self.unreadable:
                if n == 0:
                    raise UnreadableEntryError(f"entry {entry.position}")
                return found[:n]
        return found


class ListFollowing:
    def __init__(self, more: threading.Condition, read: Callable[[int], list[Entry]], gt: int) -> None:
        self._more, self._read, self._since = more, read, gt
        self._stopped = False

    def __iter__(self) -> Iterator[list[Entry]]:
        while True:
            with self._more:
                while not (self._stopped or (found := self._read(self._since))):
                    self._more.wait()
                if self._stopped:
                    return
            yield found
            self._since += len(found)

    def stop(self) -> None:
        with self._more:
            self._stopped = True
            self._more.notify_all()
