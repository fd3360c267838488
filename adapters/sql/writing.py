"""One batch of changes in a few statements, each sent with all its rows at once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from eventsourcing.persistence import StoredEvent
from pydantic_core import to_json
from sqlalchemy import Connection, Table

from adapters.mapper import cloud_event
from adapters.sql.tables import AUDIENCE, BOARD, CASELOAD, ENTRY, ORGANISATION, PLACE, PRACTITIONER, RECORD, TOLD_FOR
from domain.entry import Entry, OfUnknownKind
from services.position import digest_of
from services.views.rows import Changes, Reached


class OtherWriterError(Exception):
    """Another process moves these views; this one must look again where they stand."""


def stored(entry: Entry, state: bytes | None = None) -> StoredEvent:
    """As the record keeps it; written anew where its `state` there is not at hand."""
    act = entry.act
    if state is None:
        state = act.stored if isinstance(act, OfUnknownKind) else to_json(cloud_event(entry))
    return StoredEvent(entry.originator_id, entry.originator_version, act.type, state)


def write(connection: Connection, changes: Changes, before: Reached) -> Reached:
    """Within the caller's transaction; returns where the views stand with it."""
    written = [stored(entry, changes.states.get(entry.position)) for entry in changes.entries]
    last = changes.entries[-1]
    reached = before._replace(
        position=last.position,
        digest=digest_of(written[-1]),
        recorded=max(before.recorded, changes.recorded),
    )
    _move(connection, before, reached)
    _write_entries(connection, changes, written)
    _write_caseloads(connection, changes)
    _upsert(connection, ORGANISATION, list(changes.organisations.values()))
    _upsert(connection, PRACTITIONER, list(changes.practitioners.values()))
    return reached


def _write_entries(connection: Connection, changes: Changes, written: Sequence[StoredEvent]) -> None:
    number, audience = changes.numbers, changes.audience.items()
    _insert(connection, RECORD, [(e.position, e.originator_id) for e in changes.entries if e.originator_version == 1])
    rows = zip(changes.entries, written, strict=True)
    _insert(
        connection,
        ENTRY,
        [
            (e.position, number[e.originator_id], *_content(stored), changes.rulings.get(e.position, ""))
            for e, stored in rows
        ],
    )
    _upsert(connection, AUDIENCE, [(of, number[id_], position, *how) for (of, id_, position), how in audience if how])
    _delete(connection, AUDIENCE, [(of, number[id_], position) for (of, id_, position), how in audience if not how])


def _write_caseloads(connection: Connection, changes: Changes) -> None:
    number, board = changes.numbers, changes.board.items()
    _upsert(connection, BOARD, [(of, number[id_], *row[2:]) for (of, id_), row in board if row])
    _delete(connection, BOARD, [(of, number[id_]) for (of, id_), row in board if not row])
    for kind, lists in changes.rows.items():
        table = CASELOAD[kind]
        each = [(of, number[id_], differing) for (of, id_), differing in lists.items()]
        _delete(connection, table, [(of, n) for of, n, (_, gone) in each if gone is None])
        _delete(connection, table, [(of, n, key) for of, n, (_, gone) in each for key in gone or ()])
        _upsert(connection, table, [(of, n, *row[2:]) for of, n, (rows, _) in each for row in rows])
    told = changes.told_for.items()
    _upsert(connection, TOLD_FOR, [(of, number[id_], at, *row[3:]) for (of, id_, at), row in told if row])
    _delete(connection, TOLD_FOR, [(of, number[id_], at) for (of, id_, at), row in told if not row])
    places = changes.places.items()
    _delete(connection, PLACE, [(number[id_],) for id_, _ in places])
    _insert(connection, PLACE, [(number[id_], *row[1:]) for id_, rows in places for row in rows])


def _move(connection: Connection, before: Reached, reached: Reached) -> None:
    now, then = (reached.position, reached.digest, reached.recorded), (before.position, before.digest)
    if connection.exec_driver_sql(_moving(_mark(connection)), (*now, *then)).rowcount != 1:
        raise OtherWriterError


def _content(written: StoredEvent) -> tuple[Any, ...]:
    return written.originator_id, written.originator_version, written.topic, written.state.decode()


# The statements are the same text in both databases but for the mark of a parameter. SQLAlchemy's own expressions cost
# three times as much a row, and more than all the rest where a batch is one entry.


def _insert(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(_inserting(table, _mark(connection)), rows)


def _upsert(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(_inserting(table, _mark(connection)) + _or_updating(table), rows)


def _delete(connection: Connection, table: Table, keys: list[tuple[Any, ...]]) -> None:
    """`keys` are values of the first columns of the primary key: all rows go that begin with them."""
    if keys:
        connection.exec_driver_sql(_deleting(table, len(keys[0]), _mark(connection)), keys)


@cache
def _moving(mark: str) -> str:
    values = f'"position" = {mark}, "digest" = {mark}, "recorded" = {mark}'
    where = f'"position" = {mark} AND "digest" = {mark}'
    return f'UPDATE "state" SET {values} WHERE {where}'  # noqa: S608 (marks alone)


@cache
def _inserting(table: Table, mark: str) -> str:
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join([mark] * len(table.columns))})'  # noqa: S608 (names of ours)


@cache
def _or_updating(table: Table) -> str:
    keys = ", ".join(f'"{c.name}"' for c in table.primary_key)
    values = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {values}"


@cache
def _deleting(table: Table, columns: int, mark: str) -> str:
    where = " AND ".join(f'"{c.name}" = {mark}' for c in list(table.primary_key)[:columns])
    return f'DELETE FROM "{table.name}" WHERE {where}'  # noqa: S608 (names of ours)


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.name == "sqlite" else "%s"
