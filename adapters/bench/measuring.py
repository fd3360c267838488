"""How each figure of a record that grows is taken."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
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
ROUND: Final = 200
"""Questions."""


def built(on: Site, last: int) -> float:
    """Entries a second, from the first that is seen in the views to the last."""
    shutil.rmtree(on.data / "views", ignore_errors=True)
    with on.part("views") as views:
        began = time.perf_counter()
        first = _first(on.views_stand, views)
        if first == last:
            return last / (time.perf_counter() - began)
        began = time.perf_counter()
        on.wait_views(last, WITHIN_S, views)
        return (last - first) / (time.perf_counter() - began)


def fed(on: Site, last: int) -> float:
    """Entries a second, those that the feed had not told yet."""
    with closing(open_feed(on.url, on.service_creds)) as feed, on.part("feed") as process:
        left = last - _first(feed.kept, process).cursor.whole
        return left / max(1e-6, on.wait_feed(last, WITHIN_S, process))


def p99(bench: Bench, sites: Sequence[Site], query: str) -> list[float]:
    """In seconds, of each. They are asked in turns, so that whatever else the machine does meets all of them."""
    times: list[list[float]] = [[] for _ in sites]
    left = bench.scale.queries
    while left > 0:
        for on, seen in zip(sites, times, strict=True):
            asked = bench.task(on, "ask", query=query, cases=on.cases, acts=min(left, ROUND))
            seen.extend(told(asked).times)
        left -= ROUND
    return [percentile(seen, 0.99) for seen in times]


def replayed(on: Site, position: int) -> tuple[float, int]:
    """Seconds, and the most memory that was used."""
    replay = [
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
    ran = subprocess.run([sys.executable, "-c", _WITH_ITS_MEMORY, *replay], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BenchFailedError(f"replay ended with {ran.returncode}: {ran.stderr[-800:]}")
    return time.perf_counter() - began, int(ran.stdout) * (1 if sys.platform == "darwin" else 1024)


# In a small process between: one that is begun counts as its own what the process that begins it holds at that moment.
_WITH_ITS_MEMORY: Final = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def _first(seen: Callable[[], T | None], of: Process) -> T:
    """What is seen of the process as soon as there is anything."""
    while not (first := seen()):
        of.must_run()
        time.sleep(0.002)
    return first
