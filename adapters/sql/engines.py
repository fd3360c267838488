"""Connections to SQLite and PostgreSQL that keep transactions where they are begun, and contents out of messages."""

import time
from pathlib import Path
from sqlite3 import SQLITE_BUSY, Connection, OperationalError
from typing import Any, Final
from urllib.parse import quote
from weakref import WeakSet

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

PATIENCE_S: Final = 15.0
CURSORS: Final = "raccordo.cursors"
"""Under this name a connection keeps its cursors until it is given back."""


def sqlite(path: Path, *, writing: bool, pragmas: dict[str, str]) -> Engine:
    """`writing` begins every transaction as the one writer; else a transaction reads one state of the file."""
    # mode=rw: a reader that comes late must not make an empty file where one was taken away.
    engine = create_engine(
        f"sqlite:///file:{quote(str(path.absolute()))}?mode=rw{'c' if writing else ''}&uri=true", hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin only at the first change, and so too late
        for name, value in {"busy_timeout": f"{PATIENCE_S * 1000:.0f}", **pragmas}.items():
            _set(connection, name, value)

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    @event.listens_for(engine, "after_cursor_execute")
    def _opened(connection: Any, cursor: Any, *_: Any) -> None:
        connection.info.setdefault(CURSORS, WeakSet()).add(cursor)

    @event.listens_for(engine, "reset")
    def _given_back(_: Any, connection: Any, __: Any) -> None:
        # SQLite reads the same old state for ever as long as one question that was given up has rows to come.
        for cursor in tuple(connection.info.pop(CURSORS, ())):
            cursor.close()

    return engine


def _set(connection: Connection, name: str, value: str) -> None:
    """Of several that open a new file at once, SQLite tells one that it is busy, without waiting."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute(f"PRAGMA {name}={value}")
        except OperationalError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.01)
        else:
            return


def postgres(url: str | URL, *, writing: bool, schema: str | None = None) -> Engine:
    """All names are looked up in `schema` alone."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
        connect_args={"options": f"-csearch_path={schema}"} if schema else {},
        pool_pre_ping=True,
    )
