"""What each entry of an agreement lets its parties newly see."""

from collections.abc import Iterator
from functools import reduce

from domain.agreement import Agreement
from domain.entry import Entry
from services.cases import Entries


class Agreements:
    """For readers that walk the record in order. Agreements are few and short, so each is kept."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._agreements: dict[str, Agreement] = {}

    def opened(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """Reader and entry: to a new party also what was before."""
        before = self._before(entry)
        after = self._agreements[entry.originator_id] = before.after(entry)
        return after.opened_since(before)

    def as_seen(self, id_: str, reader: str) -> Agreement:
        """As far as the reader sees the last one that was opened."""
        agreement = self._agreements[id_]
        entries = (agreement.history.entries[version] for version in range(1, agreement.version + 1))
        return reduce(Agreement.after, (e for e in entries if agreement.sees(e, reader)), Agreement(id_))

    def _before(self, entry: Entry) -> Agreement:
        wanted = entry.originator_version - 1
        known = self._agreements.get(entry.originator_id, Agreement(entry.originator_id))
        if known.version > wanted:
            known = Agreement(entry.originator_id)
        if known.version < wanted:
            for past in self._entries(entry.originator_id, known.version):
                if past.originator_version <= wanted:
                    known = known.after(past)
        return known
