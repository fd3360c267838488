"""What the message server may do with memory."""

import os
from pathlib import Path
from typing import Final

GIB: Final = 2**30
SHARE: Final = 4
GROWTH: Final = 200
"""Percent by which what it holds may grow before it looks for what to free; by default 100.

It makes much to hand out an entry and throws it away: by default it looked for that in nearly half of its time.
"""

_OF_CONTAINER: Final = Path("/sys/fs/cgroup/memory.max")


def memory_limit(of_container: Path = _OF_CONTAINER) -> int:
    """Bytes: a quarter of what the machine or container has, one GiB at least.

    Its block cache grows with what it reads; this bounds it. Its index grows with the record and cannot be freed:
    where that alone comes near the limit it does nothing but look for what to free, seen with a million entries
    told to four organisations and 1 GiB.
    """
    return max(GIB, min(_machine(), _container(of_container)) // SHARE)


def memory_rules() -> dict[str, str]:
    """For its environment, where our own does not say otherwise."""
    return {
        "GOGC": os.environ.get("GOGC") or str(GROWTH),
        "GOMEMLIMIT": os.environ.get("GOMEMLIMIT") or str(memory_limit()),
    }


def _machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _container(told: Path) -> int:
    """Its limit; where there is none, more than any machine has."""
    try:
        return int(told.read_text("ascii"))
    except (OSError, ValueError):
        return 2**62
