"""How much room the disk of the data folder has: for everybody, for what follows the record, for the office alone.

A reserve is kept in a file for the network office: it is let go when the office has to act, or the service to start,
on a disk that somebody else has filled. So nobody can fill the disk and then not be suspended.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

RESERVE: Final = "reserve"

log = structlog.get_logger()


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Disk:
    """`floor` and `reserve` in bytes; asking costs some microseconds."""

    folder: Path
    floor: int
    reserve: int

    def room(self) -> bool:
        """For what partners tell, also for what could not be read of it."""
        return free_bytes(self.folder) > self.floor

    def room_to_follow(self) -> bool:
        """For views and feed, which follow what is on the record already: they leave the office its reserve."""
        return free_bytes(self.folder) > min(self.floor, 2 * self.reserve)

    def room_for_office(self) -> bool:
        """The reserve is let go if it is needed."""
        least = min(self.floor, self.reserve // 4)
        return free_bytes(self.folder) > least or (self.release() and free_bytes(self.folder) > least)

    def nearly_full(self, *, before: bool) -> bool:
        """Whether the drop doors are closed: a little before the others, and opened a little after, as it takes time.

        `before` says whether they are closed already.
        """
        return free_bytes(self.folder) <= self.floor + self.floor // (4 if before else 8)

    def keep_reserve(self) -> None:
        """Where there is none, and room for it; it never raises."""
        file = self.folder / RESERVE
        with suppress(OSError):
            if self.reserve and not file.exists() and free_bytes(self.folder) > self.floor + self.reserve:
                _fill(file, self.reserve)

    def release(self) -> bool:
        """Whether there was one."""
        try:
            (self.folder / RESERVE).unlink()
        except OSError:
            return False
        log.warning("the disk is full: the reserve is let go for the network office")
        return True


def _fill(file: Path, size: int) -> None:
    part = file.with_name(f".{file.name}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, size)
    finally:
        os.close(descriptor)
    part.replace(file)
