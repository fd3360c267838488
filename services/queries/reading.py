"""What every query works with: the views at one position, for one reader."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from domain.network import Network
from domain.refusal import Hidden
from domain.submission import record_id
from services.cost import Cost
from services.queries.due_book import DueBook
from services.queries.names import persons
from services.queries.opening import Opener
from services.timetext import instant
from services.views.rows import BoardRow
from services.views.store import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`network_at` gives the network as it was known at a position."""

    views: Snapshot
    reader: str
    keyring: Opener
    dues: DueBook
    network_at: Callable[[int], Network]
    clock: datetime
    cost: Cost

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Go through cases or entries; it ends as soon as the question costs too much, or nobody waits for it."""
        return self.cost.each(items)

    @property
    def now(self) -> str:
        return instant(self.clock)

    def day(self, as_of: date | None) -> date:
        """Today, unless another day is asked for."""
        return as_of or self.clock.date()

    def line(self, case: str) -> BoardRow:
        """A case that is hidden and one that does not exist are looked up alike, and refused alike."""
        if (row := self.views.line(self.reader, record_id("case", case))) is None:
            raise Hidden("case.unknown")
        return row

    def lines(self, case: str | None, *, may_be_due: bool = False) -> dict[str, BoardRow]:
        """By record: of the case that is named, else of the whole caseload."""
        rows = self.views.lines(self.reader, may_be_due=may_be_due) if case is None else [self.line(case)]
        return {row.record: row for row in rows}

    def record(self, case: str | None) -> str | None:
        return None if case is None else self.line(case).record

    def known_elsewhere(self, rows: Iterable[BoardRow]) -> frozenset[str]:
        """The records whose person another organisation may know; said to the responsible one alone."""
        own = [row.record for row in rows if row.responsible == self.reader]
        if not own:
            return frozenset()
        return self.keyring.known_elsewhere(own, self.reader, self.network_at(self.views.reached().position))

    def persons(self, records: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Who each case is about, opened now; an agreement is about nobody."""
        rows = self.views.lines(self.reader, records=sorted(set(records)))
        opened = persons(self.keyring, self.views, self.reader, rows)
        return {row.record: person for row, person in zip(rows, opened, strict=True)}


def named(record: str) -> dict[str, str]:
    """A record by its kind and id, such as `{"case": "018f…"}`."""
    kind, _, id_ = record.partition("/")
    return {kind: id_}
