"""One generation of the views in a database: written by one, read by many at one position each."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, insert, select

from adapters.mapper import read_entry
from adapters.sql.audience import AudienceSnapshot, entry_at, reached
from adapters.sql.interruption import interrupted
from adapters.sql.tables import METADATA, ORGANISATION, STATE
from adapters.sql.writing import stored, write
from domain.entry import Entry
from services.cost import Cost
from services.position import digest_of
from services.views.rows import Changes, Reached
from services.views.store import SCHEMA, ClosedError, Snapshot


class SqlViewStore:
    def __init__(self, name: str, writer: Engine, reader: Engine) -> None:
        self.name = name
        self._writer, self._reader = writer, reader
        self._readers = 0
        self._closed = False
        self._left = threading.Condition()

    def create(self, incarnation: str) -> None:
        """Make the tables, at position 0 of the record of that incarnation."""
        start = Reached(incarnation=incarnation, schema=SCHEMA)
        with self._writer.begin() as connection:
            METADATA.create_all(connection)
            connection.execute(insert(STATE).values(one=1, **start._asdict()))

    def reached(self) -> Reached:
        with self._reader.begin() as connection:
            return reached(connection)

    def office(self) -> str | None:
        with self._reader.begin() as connection:
            return connection.execute(select(ORGANISATION.c.id).where(ORGANISATION.c.founder == 1)).scalar()

    def follows(self, entry: Entry) -> bool:
        with self._reader.begin() as connection:
            state, held = reached(connection), entry_at(connection, entry.position)
        if held is None or state.position < entry.position:
            return False
        # Whoever builds them may have gone on since they were asked where they stand.
        digest = state.digest if state.position == entry.position else digest_of(held)
        # A later version of the software may write an old entry with one default more: read alike, it is the same.
        return digest_of(stored(entry)) == digest or read_entry(held) == entry

    def write(self, changes: Changes, before: Reached) -> Reached:
        with self._writer.begin() as connection:
            return write(connection, changes, before)

    @contextmanager
    def reading(self, cost: Cost | None = None) -> Iterator[Snapshot]:
        with self._left:
            if self._closed:
                raise ClosedError(self.name)
            self._readers += 1
        try:
            with self._reader.begin() as connection, interrupted(connection, cost or Cost()) as counted:
                yield AudienceSnapshot(connection, counted)
        finally:
            with self._left:
                self._readers -= 1
                self._left.notify_all()

    def close(self) -> None:
        with self._left:
            self._closed = True
            self._left.wait_for(lambda: self._readers == 0)
        self._reader.dispose()
        self._writer.dispose()
