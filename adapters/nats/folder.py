"""The message server's own folder: where things stand in it, who holds it, and where its holder listens."""

import fcntl
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PAUSE = 0.01


class FolderHeldError(RuntimeError):
    """A server that was left behind does not let go of the folder."""


@dataclass(frozen=True)
class ServerFolder:
    """Where the message server keeps what is its own, under the data folder."""

    root: Path

    @classmethod
    def of(cls, data: Path) -> Self:
        return cls((data / "nats").resolve())

    @property
    def config(self) -> Path:
        return self.root / "server.conf"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    @property
    def process(self) -> Path:
        return self.root / "server.pid"

    @property
    def lock(self) -> Path:
        return self.root / "server.lock"

    @property
    def accounts(self) -> Path:
        return self.root / "accounts"

    @property
    def store(self) -> Path:
        return self.root / "store"


def address(folder: ServerFolder) -> str | None:
    """Return the URL at which the folder's server listens, or did when it was killed."""
    for path in folder.root.glob("*.ports"):
        try:
            ports = json.loads(path.read_bytes())
        except (json.JSONDecodeError, FileNotFoundError):  # still being written, or just gone
            continue
        return str(ports["nats"][0])
    return None


def free_lock(folder: ServerFolder, deadline: float) -> int:
    """Return a lock on the server's folder, after ending a server that a killed service has left behind.

    The server inherits the lock, so it holds it exactly as long as it lives. (Asking the kernel to end it
    with its parent would end it with the parent's *thread* that started it, and on Linux only.)
    """
    told = 0.0
    while (lock := _try_lock(folder)) is None:
        now = time.monotonic()
        if now > deadline:
            msg = f"another message server works on {folder.root} and does not end"
            raise FolderHeldError(msg)
        if (orphan := _pid(folder)) is not None and now > told + 5:
            _signal(orphan, signal.SIGKILL if told else signal.SIGTERM)
            told = now
        time.sleep(_PAUSE)
    return lock


def held(folder: ServerFolder) -> bool:
    """True if a server works on the folder now."""
    if not folder.lock.exists():
        return False
    if (lock := _try_lock(folder)) is None:
        return True
    os.close(lock)
    return False


def _try_lock(folder: ServerFolder) -> int | None:
    descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _pid(folder: ServerFolder) -> int | None:
    # Written by the server itself, and removed before a new one starts: so it is that of the lock's holder.
    try:
        return int(folder.process.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
