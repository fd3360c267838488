"""What a reader may see of its whole caseload: its lists, the places of its agreements, its news."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from adapters.sql.numbers import ids_of, of_record, of_records, of_records_between, rows_of
from adapters.sql.tables import AUDIENCE, BOARD, CASELOAD, PLACE, TOLD_FOR
from adapters.sql.visible import seen, visible
from services.cost import Cost
from services.seen import Seen
from services.views.kinds.kind import Kind, R
from services.views.places import PlacesTaken
from services.views.rows import BoardRow
from services.views.told_for import ToldForRow

MOST_KEYS = 500
"""Positions or records in one statement."""


class CaseloadSnapshot:
    """The part of a snapshot that reads lists; databases sort texts by their own rules, so they are sorted here."""

    def __init__(self, connection: Connection, cost: Cost) -> None:
        self._connection = connection
        self._cost = cost

    def rows(self, reader: str, kind: Kind[R], record: str | None = None) -> Sequence[R]:
        table = CASELOAD[kind.name]
        wanted = rows_of(table).where(table.c.organisation == reader)
        if record is not None:
            wanted = wanted.where(table.c.record == of_record(record))
        return sorted(self._all(wanted, kind.row), key=lambda row: row[:3])

    def lines(
        self, reader: str, *, moved_after: int = 0, may_be_due: bool = False, records: Sequence[str] | None = None
    ) -> Sequence[BoardRow]:
        wanted = rows_of(BOARD).where(BOARD.c.organisation == reader, BOARD.c.moved > moved_after)
        if may_be_due:
            wanted = wanted.where(BOARD.c.may_be_due == 1)
        if records is not None:
            wanted = wanted.where(BOARD.c.record.in_(of_records(records)))
        return sorted(self._all(wanted, BoardRow), key=lambda row: row.record)

    def places(self, reader: str) -> Sequence[PlacesTaken]:
        alike = (PLACE.c.agreement, PLACE.c.place_kind, PLACE.c.agreed, PLACE.c.first, PLACE.c.last, PLACE.c.one_sided)
        of_the_reader = ids_of(AUDIENCE).where(AUDIENCE.c.organisation == reader, _agreements())
        wanted = select(*alike, func.count()).where(PLACE.c.agreement.in_(of_the_reader)).group_by(*alike)
        return sorted(self._all(wanted, PlacesTaken), key=lambda row: (*row[:4], row.last or "", row.one_sided))

    def told_for(
        self, reader: str, *, before: int, since: str, first: int, limit: int, record: str | None = None
    ) -> Sequence[ToldForRow]:
        seen_ = (AUDIENCE.c.record == TOLD_FOR.c.record) & (AUDIENCE.c.position == TOLD_FOR.c.position)
        wanted = (
            rows_of(TOLD_FOR)
            .join(AUDIENCE, seen_)
            .where(
                TOLD_FOR.c.organisation == reader,
                TOLD_FOR.c.position >= first,
                TOLD_FOR.c.position < before,
                TOLD_FOR.c.recorded >= since,
                AUDIENCE.c.organisation == reader,
                AUDIENCE.c.masked == 0,
            )
        )
        if record is not None:
            wanted = wanted.where(TOLD_FOR.c.record == of_record(record))
        return self._all(wanted.order_by(TOLD_FOR.c.position).limit(limit), ToldForRow)

    def agreements(self, reader: str) -> Sequence[Seen]:
        return self._seen(visible(reader).where(_agreements()).order_by(AUDIENCE.c.position))

    def news(self, reader: str, records: Sequence[str], after: int) -> Sequence[tuple[Seen, int]]:
        found: list[tuple[Seen, int]] = []
        for start in range(0, len(records), MOST_KEYS):
            chunk = records[start : start + MOST_KEYS]
            wanted = visible(reader).where(AUDIENCE.c.record.in_(of_records(chunk)), AUDIENCE.c.because > after)
            rows = self._rows(wanted.order_by(AUDIENCE.c.position))
            found += [(seen(row), row.because) for row in rows]
        return found

    def _all(self, wanted: Select[Any], made: Any) -> list[Any]:
        return [made(*row) for row in self._rows(wanted)]

    def _seen(self, wanted: Select[Any]) -> list[Seen]:
        return [seen(row) for row in self._rows(wanted)]

    def _rows(self, wanted: Select[Any]) -> Iterator[Any]:
        """Counted, and read no further than the question may cost."""
        return self._cost.rows(self._connection.execute(wanted))


def _agreements() -> ColumnElement[bool]:
    return AUDIENCE.c.record.in_(of_records_between("agreement/", "agreement0"))
