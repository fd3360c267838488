"""The number that stands for a record in the tables, and the record's own id where rows are read.

It is the position of the first entry: what is told at the same time lies side by side, however long the record is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, select

from adapters.sql.tables import RECORD


def of_record(id_: str) -> ScalarSelect[Any]:
    return select(RECORD.c.number).where(RECORD.c.id == id_).scalar_subquery()


def of_records(ids: Sequence[str]) -> Select[Any]:
    return select(RECORD.c.number).where(RECORD.c.id.in_(ids))


def of_records_between(first: str, end: str) -> Select[Any]:
    """Of those whose id is not before `first` and is before `end`."""
    return select(RECORD.c.number).where(RECORD.c.id >= first, RECORD.c.id < end)


def ids_of(table: Table) -> Select[Any]:
    return select(RECORD.c.id).select_from(table).join(RECORD, RECORD.c.number == table.c.record)


def rows_of(table: Table) -> Select[Any]:
    """All columns in their order, with the id in place of the number."""
    columns: list[ColumnElement[Any]] = [RECORD.c.id if c.name == "record" else c for c in table.columns]
    return select(*columns).select_from(table).join(RECORD, RECORD.c.number == table.c.record)
