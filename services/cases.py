"""Cases folded from their entries, each kept for the next time in a cache of bounded size."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

from domain.case import Case, replay
from domain.entry import Entry

Entries = Callable[[str, int], Iterable[Entry]]
"""Reads the entries of a case after a version."""


class Cases:
    """`most` bounds the entries held, not the cases: it is what memory is made of. For several threads."""

    def __init__(self, entries: Entries, *, most: int = 100_000) -> None:
        self._entries = entries
        self._most = most
        self._held = 0
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._turn = threading.Lock()

    def latest(self, id_: str) -> Case:
        """As last seen; it may be stale, which the store finds when it is written on."""
        with self._turn:
            if case := self._cases.get(id_):
                self._cases.move_to_end(id_)
                return case
        return self.keep(replay(self._entries(id_, 0), onto=Case(id_)))

    def latest_held(self, id_: str) -> Case | None:
        """As last seen, without reading."""
        return self._cases.get(id_)

    def before(self, entry: Entry) -> Case:
        """Exactly as it stood before the entry, for readers that walk the record in order."""
        case = self._cases.get(entry.originator_id)
        wanted = entry.originator_version - 1
        if wanted == 0:
            return Case(entry.originator_id)
        if case is None or case.version > wanted:
            past = (e for e in self._entries(entry.originator_id, 0) if e.originator_version <= wanted)
            return replay(past, onto=Case(entry.originator_id))
        if case.version < wanted:
            past = (e for e in self._entries(entry.originator_id, case.version) if e.originator_version <= wanted)
            return replay(past, onto=case)
        return case

    def keep(self, case: Case) -> Case:
        with self._turn:
            before = self._cases.pop(case.id, None)
            self._held += _weight(case) - (_weight(before) if before else 0)
            self._cases[case.id] = case
            while self._held > self._most and len(self._cases) > 1:
                _, dropped = self._cases.popitem(last=False)
                self._held -= _weight(dropped)
        return case

    def forget(self, id_: str) -> None:
        with self._turn:
            if dropped := self._cases.pop(id_, None):
                self._held -= _weight(dropped)


def _weight(case: Case) -> int:
    """Even a case of which nothing is known takes room: strangers may ask for any number of them."""
    return case.version + 1
