"""What was measured on: the machine and the versions, without anything that names it."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from adapters.nats.binary import binary

LIBRARIES = ("nats-py", "faststream", "eventsourcing", "pydantic", "sqlalchemy", "uvloop")


def machine() -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"{os.cpu_count()} × {_processor()}, {memory:.0f} GB, {platform.system()}",
        f"load average when it began: {load} (above 0.3 other work disturbs the figures)",
    ]


def versions() -> list[str]:
    libraries = [f"{name} {_version(name)}" for name in LIBRARIES]
    server = subprocess.run([binary(), "--version"], capture_output=True, text=True, check=False).stdout.split()
    return [
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {' '.join(server[-1:])} nats-server",
        ", ".join(libraries),
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
