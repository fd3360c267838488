"""What each entry of an agreement lets its parties newly see."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, reduce

from domain.access.audience import audience, opened
from domain.agreement import Agreement
from domain.entry import Entry
from services.cases import Entries
from services.walked import Walked


class Agreements:
    """For readers that walk the record in order."""

    def __init__(self, entries: Entries) -> None:
        self._agreements = Walked(entries, Agreement)
        self._seen: dict[tuple[str, str], tuple[tuple[object, ...], int, Agreement | None]] = {}

    def opened(self, entry: Entry) -> Iterator[tuple[str, Entry]]:
        """Reader and entry: to a new party also what was before."""
        before, after = self._agreements.step(entry)
        return opened(before, after)

    def as_seen(self, id_: str, reader: str) -> Agreement:
        """As far as the reader sees the last one that was opened."""
        return self.seen_by(id_, [reader])[reader][1]

    def seen_by(self, id_: str, readers: Iterable[str]) -> Mapping[str, tuple[Agreement | None, Agreement]]:
        """As each saw it when that was asked last, if it is remembered, and sees it now; who see the same share it."""
        agreement = self._agreements[id_]
        admits, version = agreement.admits, agreement.version
        audience_of = cache(lambda each: audience(agreement.history.entries[each], state=agreement))
        grown: dict[tuple[int, tuple[int, ...]], Agreement] = {}
        found: dict[str, tuple[Agreement | None, Agreement]] = {}
        for reader in readers:
            admitted, until, was = self._seen.get((id_, reader), ((), 0, None))
            known = was if admitted == admits and until <= version else None
            first = until + 1 if known else 1
            new = tuple(each for each in range(first, version + 1) if reader in audience_of(each))
            if (share := (id(known), new)) not in grown:
                entries = (agreement.history.entries[each] for each in new)
                grown[share] = reduce(Agreement.after, entries, known or Agreement(id_))
            found[reader] = was, grown[share]
            self._seen[id_, reader] = admits, version, grown[share]
        return found
