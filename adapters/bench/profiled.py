"""Runs a module under a profiler for each of its threads: `python -m adapters.bench.profiled OUT MODULE ARGUMENT...`.

CPU time of the thread is counted, not time that passes: threads that wait for each other cost nothing.
"""

import cProfile
import importlib
import pkgutil
import pstats
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Any

import adapters
import domain
import services
from adapters.bench.row import number

PACKAGES = (adapters, domain, services)


def main() -> None:
    out, module = sys.argv[1:3]
    for package in PACKAGES:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)  # else the profile would be one of importing
    sys.argv = [module, *sys.argv[3:]]
    profiles = [cProfile.Profile(time.thread_time)]

    def begin(*_: Any) -> None:
        profiles.append(profile := cProfile.Profile(time.thread_time))
        profile.enable()

    threading.setprofile(begin)
    profiles[0].enable()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        profiles[0].disable()
        _merged(profiles).dump_stats(out)


def _merged(profiles: list[cProfile.Profile]) -> pstats.Stats:
    merged = pstats.Stats(profiles[0])
    for profile in profiles[1:]:
        profile.snapshot_stats()
        if profile.stats:
            merged.add(profile)
    return merged


def table(path: Path, acts: int, *, rows: int = 25) -> str:
    """What each function costs of its own and with what it calls, in µs an act, as Markdown."""
    stats: Any = pstats.Stats(str(path))
    functions = sorted(stats.stats.items(), key=lambda item: -item[1][2])[:rows]
    whole = sum(told[2] for told in stats.stats.values())
    lines = [f"In all {whole / acts * 1e6:.0f} µs an act, the profiler's own cost included.", ""]
    lines += ["| own µs | with called µs | calls an act | function |", "|---:|---:|---:|---|"]
    for (file, line, name), (_, calls, own, cumulated, _) in functions:
        each = [f"{seconds / acts * 1e6:.1f}" for seconds in (own, cumulated)]
        lines.append(f"| {each[0]} | {each[1]} | {number(calls / acts)} | {_where(file, line)}`{name}` |")
    return "\n".join(lines)


def _where(file: str, line: int) -> str:
    return "" if file.startswith("~") else f"{'/'.join(Path(file).parts[-2:])}:{line} "


if __name__ == "__main__":
    main()
