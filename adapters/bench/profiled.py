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
from typing import Any

import adapters
import domain
import services

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


if __name__ == "__main__":
    main()
