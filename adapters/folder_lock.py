"""A data folder serves one process at a time."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class FolderInUseError(RuntimeError):
    """Another process works on the data folder."""


class FolderLock:
    """Held from `with` until its end, or until the process ends in whatever way: the kernel lets go."""

    def __init__(self, data: Path, name: str = "in-use") -> None:
        self.data = data
        self._name = name
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.data / self._name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode().strip() or "that is just starting"
            os.close(descriptor)
            msg = f"{self.data} is in use by process {holder}; end that one first, or choose another folder"
            raise FolderInUseError(msg) from None
        # The file stays when we go: removed, it could be locked by one and made anew by another.
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
