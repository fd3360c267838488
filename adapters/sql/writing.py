"""One batch of changes in a few statements, each sent with all its rows at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eventsourcing.persistence import StoredEvent
from pydantic_core import to_json
from sqlalchemy import Connection, Table, update

from adapters.mapper import cloud_event, utc
from adapters.sql.tables import AUDIENCE, BOARD, CASELOAD, ENTRY, ORGANISATION, PLACE, PRACTITIONER, STATE
from domain.entry import Entry
from services.position import digest_of
from services.views.rows import Changes, Reached


class OtherWriterError(Exception):
    """Another process moves these views; this one must look again where they stand."""


def stored(entry: Entry) -> StoredEvent:
    """As the record keeps it."""
    return StoredEvent(entry.originator_id, entry.originator_version, entry.act.type, to_json(cloud_event(entry)))


def write(connection: Connection, changes: Changes, before: Reached) -> Reached:
    """Within the caller's transaction; returns where the views stand with it."""
    written = [stored(entry) for entry in changes.entries]
    last = changes.entries[-1]
    reached = before._replace(
        position=last.position,
        digest=digest_of(written[-1]),
        recorded=max(before.recorded, changes.recorded),
    )
    _move(connection, before, reached)
    _insert(connection, ENTRY, [_row(e, s) for e, s in zip(changes.entries, written, strict=True)])
    _upsert(connection, AUDIENCE, (row for row in changes.audience.values() if row))
    _delete(connection, AUDIENCE, (key for key, row in changes.audience.items() if not row))
    _upsert(connection, BOARD, (row for row in changes.board.values() if row))
    _delete(connection, BOARD, (of for of, row in changes.board.items() if not row))
    for kind, rows in changes.rows.items():
        _replace(connection, CASELOAD[kind], rows, columns=2)
    _replace(connection, PLACE, {(record,): rows for record, rows in changes.places.items()}, columns=1)
    _upsert(connection, ORGANISATION, changes.organisations.values())
    _upsert(connection, PRACTITIONER, changes.practitioners.values())
    return reached


def _move(connection: Connection, before: Reached, reached: Reached) -> None:
    moved = connection.execute(
        update(STATE)
        .where(STATE.c.position == before.position, STATE.c.digest == before.digest)
        .values(position=reached.position, digest=reached.digest, recorded=reached.recorded)
    )
    if moved.rowcount != 1:
        raise OtherWriterError


def _row(entry: Entry, written: StoredEvent) -> tuple[Any, ...]:
    return (
        entry.position,
        entry.originator_id,
        entry.originator_id.split("/", 1)[0],
        entry.originator_version,
        entry.act.type,
        entry.organisation,
        entry.on_behalf_of,
        utc(entry.occurred.time),
        entry.occurred.precision,
        utc(entry.recorded_at),
        written.state.decode(),
    )


# The statements are the same text in both databases but for the mark of a parameter. SQLAlchemy's own expression
# inserts cost three times as much a row.


def _insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], conflict: str = "") -> None:
    if rows:
        names = ", ".join(f'"{c.name}"' for c in table.columns)
        marks = ", ".join([_mark(connection)] * len(table.columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}){conflict}', list(rows))  # noqa: S608


def _upsert(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    keys = ", ".join(f'"{c.name}"' for c in table.primary_key)
    values = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    _insert(connection, table, list(rows), f" ON CONFLICT ({keys}) DO UPDATE SET {values}")


def _delete(connection: Connection, table: Table, keys: Iterable[tuple[Any, ...]], columns: int | None = None) -> None:
    if found := list(keys):
        named = list(table.primary_key)[:columns]
        where = " AND ".join(f'"{c.name}" = {_mark(connection)}' for c in named)
        connection.exec_driver_sql(f'DELETE FROM "{table.name}" WHERE {where}', found)  # noqa: S608


def _replace(
    connection: Connection, table: Table, rows: Mapping[tuple[Any, ...], Sequence[tuple[Any, ...]]], columns: int
) -> None:
    """All of each of these, for which the first columns stand."""
    _delete(connection, table, rows, columns=columns)
    _insert(connection, table, [row for of in rows.values() for row in of])


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"
