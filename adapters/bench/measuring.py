"""How each figure of a record that grows is taken."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final, TypeVar

from adapters.bench.bench import Bench
from adapters.bench.process import BenchFailedError, Process
from adapters.bench.row import percentile
from adapters.bench.site import Site
from adapters.bench.task import told
from adapters.jetstream.feed import open_feed

T = TypeVar("T")

WITHIN_S: Final = 3_600.0


def built(on: Site, last: int) -> float:
    """Entries a second, from the first that is seen in the views to the last."""
    shutil.rmtree(on.data / "views", ignore_errors=True)
    with on.part("views") as views:
        began = time.perf_counter()
        first = _first(on.views_stand, views)
        if first == last:
            return last / (time.perf_counter() - began)
        return (last - first) / on.wait_views(last, WITHIN_S, views)


def fed(on: Site, last: int) -> float:
    """Entries a second, those that the feed had not told yet."""
    with closing(open_feed(on.url, on.service_creds)) as feed, on.part("feed") as process:
        left = last - _first(feed.kept, process).cursor.whole
        return left / max(1e-6, on.wait_feed(last, WITHIN_S, process))


def p99(bench: Bench, on: Site, query: str) -> float:
    asked = bench.task(on, "ask", query=query, cases=on.cases, acts=bench.scale.queries)
    return percentile(told(asked).times, 0.99)


def replayed(on: Site, position: int) -> tuple[float, int]:
    """Seconds, and the most memory that was used."""
    replay = ["adapters.cli", "replay", "--json", "--data", str(on.data), "--until", str(position)]
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", *replay], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
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


def _first(seen: Callable[[], T | None], of: Process) -> T:
    """What is seen of the process as soon as there is anything."""
    while not (first := seen()):
        of.must_run()
        time.sleep(0.002)
    return first
