"""Where the message server puts an atomic batch together before it stores it: in memory, not on the disk.

On a single server each batch gets a store of its own, with keys and descriptions: ten syncs to make it, one for what is
in it, and it is removed again; storing the batch is one sync more (2.15.1). It is there so that a batch which was begun
to be stored is stored to its end after a kill. A file system in memory outlasts a kill as well as a disk does, but no
power failure: then the first entries of a batch may be on the record and the others not, while nobody has an answer to
any. So it is done for the record alone, where each entry is a decision of its own, made on those before it. (A cluster
puts batches together in memory, too.)
"""

import os
import shutil
import stat
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import structlog

from adapters.nats.folder import ServerFolder

MEMORY: Final = Path("/dev/shm")  # noqa: S108 (a folder of our own in it, which nobody else may enter)
ROOM: Final = 256 * 2**20
"""Bytes that must be free there: a batch that finds none fails."""

log = structlog.get_logger()


def stage_in_memory(folder: ServerFolder, stream: str = "RECORD") -> None:
    """For a server that runs, again and again: whenever it starts it removes the link, and a system may clean up its
    memory when somebody logs out. Where it cannot be done batches stay on the disk: it never raises.
    """
    try:
        for batches in _batches(folder, stream):
            if not (batches.is_symlink() and batches.exists()) and _has_room():
                _stage(batches, _ours(folder) / stream)
    except OSError as error:
        _say_once(type(error).__name__)


def _stage(batches: Path, target: Path) -> None:
    if batches.is_symlink():
        target.mkdir(mode=0o700)
        return
    if target.exists():
        shutil.rmtree(target)  # what a killed server left, and its successor has used
    target.mkdir(mode=0o700)
    with suppress(OSError):  # one is being put together on the disk just now: at the next look, then
        if batches.exists():
            batches.rmdir()
        batches.symlink_to(target)


def clear(folder: ServerFolder) -> None:
    """Once the server has ended in order: what is copied then has no links that lead out of it. It never raises."""
    with suppress(OSError):
        for batches in _batches(folder, "*"):
            if batches.is_symlink():
                batches.unlink()
        shutil.rmtree(_target(folder), ignore_errors=True)


def _batches(folder: ServerFolder, stream: str) -> list[Path]:
    """Where the server puts the batches of these streams together."""
    return [path / "batches" for path in folder.store.glob(f"jetstream/*/streams/{stream}")]


def _has_room() -> bool:
    return MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM


def _ours(folder: ServerFolder) -> Path:
    """Raises `OSError` where it is not ours alone: anybody may make a folder there, under any name."""
    target = _target(folder)
    target.mkdir(mode=0o700, exist_ok=True)
    found = target.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError
    return target


def _target(folder: ServerFolder) -> Path:
    """The same at each start, so that a killed server's successor finds what it began.

    By the folder itself: in two containers that share their memory it may have the same path.
    """
    store = folder.store.stat()
    return MEMORY / f"raccordo-{store.st_dev:x}-{store.st_ino:x}"


@cache
def _say_once(reason: str) -> None:
    log.warning("batches are put together on the disk: their folder in memory cannot be used", reason=reason)
