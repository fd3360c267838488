"""Generations of the views: a file each beside one another in SQLite, a schema each in PostgreSQL."""

import re
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, text

from adapters import private_file
from adapters.sql.engines import postgres, sqlite
from adapters.sql.store import SqlViewStore
from services.views.store import SCHEMA, ViewStore

_NUMBER = re.compile(r"generation_(\d+)")


def generations(data: Path, url: str | None = None) -> "FileGenerations | SchemaGenerations":
    """In the data folder, or in the PostgreSQL of the URL."""
    return SchemaGenerations(url) if url else FileGenerations(data / "views")


class FileGenerations:
    """`current` in the folder names the file that holds; it is replaced in one step."""

    _WRITING: Final = {"journal_mode": "WAL", "synchronous": "NORMAL"}  # the record is the truth, the file can go
    _READING: Final = {"query_only": "ON"}

    def __init__(self, folder: Path) -> None:
        self._folder = private_file.private_folder(folder)
        self._pointer = folder / "current"

    def current_name(self) -> str | None:
        return self._pointer.read_text("utf-8").strip() if self._pointer.exists() else None

    def current(self) -> SqlViewStore | None:
        name = self.current_name()
        return _readable(self._open(name)) if name is not None and self._file(name).exists() else None

    def fresh(self, incarnation: str) -> SqlViewStore:
        numbers = [0, *(_number(path.stem) for path in self._folder.glob("generation_*.sqlite3"))]
        store = self._open(f"generation_{max(numbers) + 1}")
        store.create(incarnation)
        if self.current_name() is None:
            self.switch(store)
        return store

    def switch(self, store: ViewStore) -> None:
        before = self.current_name()
        private_file.write(self._pointer, store.name)
        for path in self._folder.glob("generation_*.sqlite3"):
            if path.stem not in (before, store.name) and _number(path.stem) < _number(store.name):
                self._remove(path.stem)  # the one before stays: somebody may be about to open it

    def drop(self, store: ViewStore) -> None:
        store.close()
        self._remove(store.name)

    def forget(self) -> None:
        """While nobody runs on them: the next start builds them anew."""
        self._pointer.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def _open(self, name: str) -> SqlViewStore:
        path = self._file(name)
        writer = sqlite(path, writing=True, pragmas=self._WRITING)
        return SqlViewStore(name, writer, sqlite(path, writing=False, pragmas=self._READING))

    def _remove(self, name: str) -> None:
        for end in ("", "-wal", "-shm"):
            self._file(name).with_name(f"{name}.sqlite3{end}").unlink(missing_ok=True)


class SchemaGenerations:
    """The one row of `raccordo.views` names the schema that holds."""

    def __init__(self, url: str) -> None:
        self._url = url

    def current_name(self) -> str | None:
        with self._administration() as connection:
            return _named(connection)

    def current(self) -> SqlViewStore | None:
        name = self.current_name()
        return _readable(self._open(name)) if name is not None else None

    def fresh(self, incarnation: str) -> SqlViewStore:
        with self._administration() as connection:
            first = _named(connection) is None
            name = f"generation_{max([0, *map(_number, _schemas(connection))]) + 1}"
            connection.execute(text(f"CREATE SCHEMA raccordo_{name}"))
        store = self._open(name)
        store.create(incarnation)
        if first:
            self.switch(store)
        return store

    def switch(self, store: ViewStore) -> None:
        with self._administration() as connection:
            before = _named(connection)
            connection.execute(
                text(
                    "INSERT INTO raccordo.views VALUES (1, :name) "
                    "ON CONFLICT (one) DO UPDATE SET generation = excluded.generation"
                ),
                {"name": store.name},
            )
            for name in _schemas(connection):
                if name not in (before, store.name) and _number(name) < _number(store.name):
                    connection.execute(text(f"DROP SCHEMA raccordo_{name} CASCADE"))

    def drop(self, store: ViewStore) -> None:
        store.close()
        with self._administration() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS raccordo_{store.name} CASCADE"))

    def forget(self) -> None:
        """While nobody runs on them: the next start builds them anew."""
        with self._administration() as connection:
            connection.execute(text("DELETE FROM raccordo.views"))

    def _open(self, name: str) -> SqlViewStore:
        schema = f"raccordo_{name}"
        return SqlViewStore(
            name,
            postgres(self._url, writing=True, schema=schema),
            postgres(self._url, writing=False, schema=schema),
        )

    def _administration(self) -> "_Administration":
        return _Administration(postgres(self._url, writing=True))


class _Administration:
    """One transaction on the pointer and the schemas; processes that start together take turns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begun = engine.begin()

    def __enter__(self) -> Connection:
        connection = self._begun.__enter__()
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('raccordo.views'))"))
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS raccordo"))
        connection.execute(
            text("CREATE TABLE IF NOT EXISTS raccordo.views (one integer PRIMARY KEY, generation text NOT NULL)")
        )
        return connection

    def __exit__(self, *raised: object) -> None:
        try:
            self._begun.__exit__(*raised)  # type: ignore[arg-type]
        finally:
            self._engine.dispose()


def _readable(store: SqlViewStore) -> SqlViewStore | None:
    """Closed, if it is of another version's form."""
    if store.reached().schema == SCHEMA:
        return store
    store.close()
    return None


def _named(connection: Connection) -> str | None:
    return connection.execute(text("SELECT generation FROM raccordo.views")).scalar()


def _schemas(connection: Connection) -> list[str]:
    found = connection.execute(text(r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'raccordo\_generation\_%'"))
    return [str(name).removeprefix("raccordo_") for name in found.scalars()]


def _number(name: str) -> int:
    match = _NUMBER.fullmatch(name)
    return int(match[1]) if match else 0
