"""How long a long case takes to fold: what a desk does with a case that it reads anew."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from adapters.bench.bench import Bench
from adapters.bench.row import Row
from adapters.bench.workload import Workload
from adapters.ids import organisation_id
from domain.case import Case, replay
from domain.entry import Entry
from domain.skeleton import divide, lenient
from domain.submission import submission
from services.batch import Told, draft

LONG, ROUNDS = 5_000, 7


def fold(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    bench.said("folding a long case")
    length = min(LONG, bench.scale.acts)
    few, many = (_best(list(_entries(entries))) for entries in (max(1, length // 10), length))
    yield Row(
        name="fold",
        work=f"folding a case of {length:,} entries",
        value=1e6 * many,
        unit="µs an entry",
        peer=f"of {length // 10:,}",
        peer_value=1e6 * few,
        settings=f"best of {ROUNDS}, as read from the record, in memory",
    )


def _best(entries: list[Entry]) -> float:
    """Seconds an entry."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        replay(entries, onto=Case(entries[0].originator_id))
        took.append((time.perf_counter() - began) / len(entries))
    return min(took)


def _entries(length: int) -> Iterator[Entry]:
    workload, now = Workload([organisation_id() for _ in range(4)]), datetime.now(UTC)
    for version, act in enumerate(workload.case(0, length), 1):
        entry = draft(Told(workload.organisations[act.by], submission(act.body)), version, now, 0)
        yield replace(entry, act=lenient(type(entry.act)).model_validate(divide(entry.act)[0]), position=version)
