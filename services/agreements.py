"""What each entry of an agreement lets its parties newly see."""

from collections.abc import Iterator
from functools import reduce

from domain.access.audience import audience, opened
from domain.agreement import Agreement
from domain.entry import Entry
from services.cases import Entries
from services.walked import Walked


class Agreements:
    """For readers that walk the record in order."""

    def __init__(self, entries: Entries) -> None:
        self._agreements = Walked(entries, Agreement)
        self._seen: dict[tuple[str, str], tuple[tuple[object, ...], int, Agreement]] = {}

    def opened(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """Reader and entry: to a new party also what was before."""
        before, after = self._agreements.step(entry)
        return opened(before, after)

    def as_seen(self, id_: str, reader: str) -> Agreement:
        """As far as the reader sees the last one that was opened."""
        agreement = self._agreements[id_]
        admits, until, known = self._seen.get((id_, reader), ((), 0, Agreement(id_)))
        if admits != agreement.admits or until > agreement.version:
            until, known = 0, Agreement(id_)
        entries = (agreement.history.entries[version] for version in range(until + 1, agreement.version + 1))
        seen = reduce(Agreement.after, (e for e in entries if reader in audience(e, state=agreement)), known)
        self._seen[id_, reader] = agreement.admits, agreement.version, seen
        return seen
