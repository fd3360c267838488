"""The store of keys: each wrapped, under a name that only the service can make of whose key it is.

What destroys a key must leave nothing of it: so SQLite overwrites what it deletes and its write-ahead log is emptied at
once (without that log a transaction would take four syncs instead of one), and a copy of the database is worth nothing
without the wrapping key, which is a file of its own.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Engine, LargeBinary, MetaData, Table, Text, delete, select
from sqlalchemy.exc import OperationalError

from adapters import duplicates, private_file
from adapters.duplicates import LookedUp
from adapters.sql.engines import PATIENCE_S, postgres, sqlite
from services.answers import LookUp
from services.keyring import NONCE, Key, KnownPerson, Owner

_METADATA = MetaData()
_KEY = Table(
    "sealing_key",
    _METADATA,
    Column("owner", LargeBinary, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("wrapped", LargeBinary, nullable=False),
)
duplicates.tables(_METADATA)
_PRAGMAS = {"journal_mode": "WAL", "secure_delete": "ON", "synchronous": "FULL"}
_NOTING = {**_PRAGMAS, "synchronous": "NORMAL"}
"""Who was looked up is a help, not the truth: what a power cut takes of the last moments is found when told again."""
_AT_ONCE = 500


class KeysInUseError(Exception):
    """What was destroyed may still be read in the log of the key store."""


class SqlKeyStore:
    """`KeyStore` in SQLite or PostgreSQL; for several threads and processes."""

    def __init__(self, engine: Engine, reading: Engine, noting: Engine, *, wrapping: bytes, naming: bytes) -> None:
        self._engine, self._reading, self._noting = engine, reading, noting
        self._wrapping = AESGCM(wrapping)
        self._naming = naming
        self.duplicates = duplicates.SqlDuplicates(noting, reading, self._digest)
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('raccordo.keys'))")
            _METADATA.create_all(connection)
        with suppress(KeysInUseError):  # then who uses it has it in hand
            self._empty_log()  # should it have been killed between destroying and emptying

    def find(self, owners: Sequence[Owner]) -> Mapping[Owner, Key]:
        by_name = {self._name(owner): owner for owner in owners}
        with self._reading.begin() as connection:
            rows = [
                row
                for names in _some(list(by_name))
                for row in connection.execute(select(_KEY).where(_KEY.c.owner.in_(names)))
            ]
        return {by_name[bytes(row.owner)]: self._unwrapped(row.id, row.owner, row.wrapped) for row in rows}

    def by_id(self, ids: Sequence[str]) -> Mapping[str, Key]:
        with self._reading.begin() as connection:
            rows = [
                row for some in _some(list(ids)) for row in connection.execute(select(_KEY).where(_KEY.c.id.in_(some)))
            ]
        return {row.id: self._unwrapped(row.id, row.owner, row.wrapped) for row in rows}

    def put(self, keys: Mapping[Owner, Key]) -> Mapping[Owner, Key]:
        rows = [
            (name, key.id, self._wrapped(key, name)) for owner, key in keys.items() for name in (self._name(owner),)
        ]
        if not rows:
            return {}
        with self._engine.begin() as connection:
            mark = "?" if connection.dialect.name == "sqlite" else "%s"
            put = connection.exec_driver_sql(
                f"INSERT INTO sealing_key (owner, id, wrapped) VALUES ({mark}, {mark}, {mark}) "  # noqa: S608
                "ON CONFLICT (owner) DO NOTHING",
                rows,
            )
        return keys if put.rowcount == len(rows) else self.find(list(keys))

    def note(
        self, persons: Sequence[KnownPerson], *, taking_part: frozenset[str], day: date, a_day: int
    ) -> list[LookUp]:
        return self.duplicates.note(persons, taking_part=taking_part, day=day, a_day=a_day)

    def known_elsewhere(
        self, records: Sequence[str], *, organisation: str, taking_part: frozenset[str]
    ) -> frozenset[str]:
        return self.duplicates.known_elsewhere(records, organisation=organisation, taking_part=taking_part)

    def destroy(self, ids: Sequence[str]) -> None:
        """What was sealed under these keys is erased with them, everywhere."""
        with self._engine.begin() as connection:
            for some in _some(list(ids)):
                connection.execute(delete(_KEY).where(_KEY.c.id.in_(some)))
        self._empty_log()

    def close(self) -> None:
        self._engine.dispose()
        self._reading.dispose()
        self._noting.dispose()

    def _empty_log(self) -> None:
        """Of SQLite: what a log still holds of a row that was there. Raises KeysInUseError if a reader holds it."""
        if self._engine.dialect.name != "sqlite":
            return
        deadline = time.monotonic() + PATIENCE_S
        with closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            # Of two that empty it at once SQLite lets one wait for nothing: it says at once that it is busy.
            while cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > deadline:
                    raise KeysInUseError("The log of the keys cannot be emptied: another process keeps reading it")
                time.sleep(0.01)

    def _name(self, owner: Owner) -> bytes:
        return self._digest(f"{owner.subject}\n{owner.organisation}\n{owner.category}")

    def _digest(self, told: str) -> bytes:
        return _keyed(self._naming, told)

    def _wrapped(self, key: Key, name: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._wrapping.encrypt(nonce, key.secret, name + key.id.encode())

    def _unwrapped(self, id_: str, name: bytes, wrapped: bytes) -> Key:
        return Key(id_, self._wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], bytes(name) + id_.encode()))


def looked_up(data: Path, organisations: Sequence[str], since: date) -> Mapping[str, LookedUp]:
    """How many persons each organisation looked up from that day on, read beside whatever runs on the folder."""
    folder = data / "keys"
    if not (file := folder / "keys.sqlite3").is_file():
        return {}
    store_digest = partial(_keyed, bytes.fromhex((folder / "naming.key").read_text("utf-8").strip()))
    engine = sqlite(file, writing=False, pragmas={})
    try:
        return duplicates.SqlDuplicates(engine, engine, store_digest).looked_up(organisations, since)
    except OperationalError:  # a folder of before, on which this version has not been started
        return {}
    finally:
        engine.dispose()


def open_key_store(data: Path, url: str | None = None) -> SqlKeyStore:
    """In `keys` of the data folder, or in the PostgreSQL of the URL; the wrapping key is always a file in `keys`."""
    folder = private_file.private_folder(data / "keys")
    wrapping, naming = (
        bytes.fromhex(private_file.made_once(folder / name, secrets.token_hex(32)))
        for name in ("wrapping.key", "naming.key")
    )
    if url:
        engine, reading = postgres(url, writing=True), postgres(url, writing=False)
        noting = engine
    else:
        file = folder / "keys.sqlite3"
        file.touch(0o600)  # SQLite would let others read it; its journal gets the same rights
        engine = sqlite(file, writing=True, pragmas=_PRAGMAS)
        reading = sqlite(file, writing=False, pragmas=_PRAGMAS)
        noting = sqlite(file, writing=True, pragmas=_NOTING)
    return SqlKeyStore(engine, reading, noting, wrapping=wrapping, naming=naming)


def _keyed(naming: bytes, told: str) -> bytes:
    return hmac.digest(naming, told.encode(), hashlib.sha256)


def _some(values: list[str] | list[bytes]) -> Iterator[list[str] | list[bytes]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
