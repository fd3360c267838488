"""A record that grows: how fast views and feed are made and answer, what memory is used, how long a replay takes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from adapters.bench.bench import DURABLE, Bench
from adapters.bench.filling import fill
from adapters.bench.process import BenchFailedError, usage
from adapters.bench.row import Row, Target, percentile
from adapters.bench.site import Site, site
from adapters.bench.task import Task, told
from adapters.jetstream.feed import open_feed

LENGTH: Final = 10
WITHIN_S: Final = 3_600.0
TOUCHED: Final = 25_000
"""Cases on which an act is told before memory is measured: more entries than any cache holds."""


@dataclass
class Stage:
    """What was seen at one length of the record."""

    entries: int
    rate: float = 0
    queries: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    feed: float = 0
    replay: float = 0
    replay_peak: int = 0


def history(bench: Bench, wanted: Sequence[str]) -> Iterator[Row]:
    """Of the rows `rebuild`, `feed`, `queries`, `memory` and `replay`, those that are wanted."""
    with site(bench.folder / "history") as on:
        grown = dict.fromkeys(bench.scale.grown)
        stages = [_stage(bench, on, number, entries, wanted) for number, entries in enumerate(grown)]
    few, middle, many = stages[0], stages[max(0, len(stages) - 2)], stages[-1]
    rows = {
        "rebuild": _rebuild(bench, middle, many),
        "feed": _feed(bench, many),
        "queries": _queries(bench, few, many),
        "memory": _memory(middle, many),
        "replay": _replay(middle, many),
    }
    for name in wanted:
        yield from rows[name]


def _stage(bench: Bench, on: Site, number: int, entries: int, wanted: Sequence[str]) -> Stage:
    start = int(on.stream("RECORD")["last_seq"])
    cases = max(0, entries // LENGTH - on.cases)
    bench.said(f"a record of {entries:,} entries")
    last = fill(on, cases, LENGTH, bench.scale.open_cases, lambda p: bench.said(f"{p - start:,} entries written"))
    stage = Stage(entries)
    if {"rebuild", "queries", "memory"} & set(wanted):
        bench.said(f"views of {entries:,} entries")
        stage.rate = _built(on, last)
    if {"feed", "memory"} & set(wanted):
        bench.said(f"feed of {entries:,} entries")
        stage.feed = _fed(on, last)
    if {"queries", "memory", "replay"} & set(wanted):
        with on.parts("desk", "views", "feed", "web") as parts:
            if "memory" in wanted:
                bench.said("filling the caches")
                last = told(_touching(bench, on, number)).position
                on.wait_feed(last, WITHIN_S)
                on.wait_views(last, WITHIN_S)
            if "queries" in wanted or "memory" in wanted:
                bench.said("board and timeline")
                stage.queries = {query: _p99(bench, on, query) for query in ("board", "timeline")}
            if "memory" in wanted:
                stage.memory = {name: process.usage.resident for name, process in parts.items()}
                stage.memory["server"] = usage(on.server_pid).resident
            if "replay" in wanted:
                bench.said(f"replay of {entries:,} entries")
                stage.replay, stage.replay_peak = _replayed(on, last)
    return stage


def _built(on: Site, last: int) -> float:
    """Entries a second, from the first that is seen in the views to the last."""
    shutil.rmtree(on.data / "views", ignore_errors=True)
    with on.part("views"):
        began = time.perf_counter()
        while (first := on.views_stand()) == 0:
            time.sleep(0.002)
        if first == last:
            return last / (time.perf_counter() - began)
        return (last - first) / on.wait_views(last, WITHIN_S)


def _fed(on: Site, last: int) -> float:
    """Entries a second, those that the feed had not told yet."""
    with closing(open_feed(on.url, on.service_creds)) as feed, on.part("feed"):
        while (kept := feed.kept()) is None:
            time.sleep(0.002)
        left = last - kept.cursor.whole
        return left / max(1e-6, on.wait_feed(last, WITHIN_S))


def _touching(bench: Bench, on: Site, number: int) -> Task:
    """One more act on each, another one at each stage."""
    cases, begun = min(TOUCHED, on.cases), LENGTH + number
    return bench.task(on, "load", first=on.cases - cases, cases=cases, length=begun + 1, begun=begun)


def _p99(bench: Bench, on: Site, query: str) -> float:
    asked = bench.task(on, "ask", query=query, cases=on.cases, acts=bench.scale.queries)
    return percentile(told(asked).times, 0.99)


def _replayed(on: Site, position: int) -> tuple[float, int]:
    """Seconds, and the most memory that was used."""
    command = [
        sys.executable,
        "-m",
        "adapters.cli",
        "replay",
        "--json",
        "--data",
        str(on.data),
        "--until",
        str(position),
    ]
    began = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchFailedError(f"replay ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _rebuild(bench: Bench, middle: Stage, many: Stage) -> Iterator[Row]:
    settings = (
        f"`serve views` on an empty folder, the record read from the server; {LENGTH} entries a case, four "
        f"organisations, {bench.scale.open_cases:,} cases open and interleaved; SQLite WAL"
    )
    yield Row(
        name="rebuild",
        work=f"building all views of {middle.entries:,} entries",
        value=middle.rate,
        unit="entries/s",
        target=Target(of="value", at="least", bound=6_000),
        settings=settings,
        durability="position in the same transaction as the rows",
    )
    yield Row(
        name="rebuild/growth",
        work=f"cost of an entry, building the views of {many.entries:,}",
        value=1e6 / many.rate if many.rate else None,
        unit="µs",
        peer=f"of {middle.entries:,}",
        peer_value=1e6 / middle.rate if middle.rate else None,
        target=Target(of="ratio", at="most", bound=1.25),
        settings=settings,
    )


def _feed(bench: Bench, many: Stage) -> Iterator[Row]:
    yield Row(
        name="feed",
        work=f"feed catching up, up to {many.entries:,} entries",
        value=many.feed,
        unit="entries/s",
        settings=f"`serve feed`; four organisations, who all see each entry; {bench.scale.open_cases:,} cases open",
        durability=DURABLE,
    )


def _queries(bench: Bench, few: Stage, many: Stage) -> Iterator[Row]:
    for query in ("board", "timeline"):
        yield Row(
            name=f"queries/{query}",
            work=f"{query}, p99, of {many.entries // LENGTH:,} cases",
            value=1e3 * many.queries[query],
            unit="ms",
            peer=f"of {few.entries // LENGTH:,} cases",
            peer_value=1e3 * few.queries[query],
            target=Target(of="ratio", at="most", bound=1.3),
            settings=f"{bench.scale.queries} questions over NATS, one after the other, by four organisations that see "
            f"every case; {'50 cases' if query == 'board' else f'{LENGTH} entries'} an answer, names and text opened",
        )


def _memory(middle: Stage, many: Stage) -> Iterator[Row]:
    def ours(stage: Stage) -> float:
        return sum(size for name, size in stage.memory.items() if name != "server") / 2**20

    def each(stage: Stage) -> str:
        return ", ".join(f"{name} {size / 2**20:.0f}" for name, size in stage.memory.items())

    yield Row(
        name="memory",
        work=f"memory of desk, views, feed and web at {many.entries:,} entries",
        value=ours(many),
        unit="MB",
        peer=f"at {middle.entries:,}",
        peer_value=ours(middle),
        target=Target(of="ratio", at="most", bound=1.1),
        settings=f"resident, a process each, after an act on each of the last {TOUCHED:,} cases and the queries",
        notes=f"MB at {many.entries:,}: {each(many)}; at {middle.entries:,}: {each(middle)}",
    )


def _replay(middle: Stage, many: Stage) -> Iterator[Row]:
    yield Row(
        name="replay",
        work=f"replay of {many.entries:,} entries to a position",
        value=many.replay,
        unit="s",
        target=Target(of="value", at="most", bound=60),
        settings="`raccordo replay --until N --json`, its lines thrown away",
        durability=DURABLE,
    )
    yield Row(
        name="replay/memory",
        work=f"most memory of that replay, {many.entries:,} entries",
        value=many.replay_peak / 2**20,
        unit="MB",
        peer=f"of {middle.entries:,}",
        peer_value=middle.replay_peak / 2**20,
        target=Target(of="ratio", at="most", bound=1.1),
        settings="resident, at its peak",
    )
