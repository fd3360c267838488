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

    def opened(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """Reader and entry: to a new party also what was before."""
        before, after = self._agreements.step(entry)
        return opened(before, after)

    def as_seen(self, id_: str, reader: str) -> Agreement:
        """As far as the reader sees the last one that was opened."""
        agreement = self._agreements[id_]
        entries = (agreement.history.entries[version] for version in range(1, agreement.version + 1))
        seen = (e for e in entries if reader in audience(e, state=agreement))
        return reduce(Agreement.after, seen, Agreement(id_))
