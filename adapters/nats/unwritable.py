"""Whether the message server has met a write that its disk refused: it then writes no more until it is started again.

It answers questions as before and calls itself healthy (2.15.1); only its own log tells. So the log is read on.
"""

from pathlib import Path
from typing import Final

_TELLS: Final = (b"failed to store a msg on stream", b"no space left on device", b"read-only file system")


class ServerLog:
    """Read from where it ended when the server was started; rotated, from its beginning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._size()
        self.unwritable = False

    def look(self) -> bool:
        """Whether a write was refused since."""
        if (size := self._size()) != self._read:
            with self._path.open("rb") as log:
                log.seek(self._read if size > self._read else 0)
                new = log.read()
                self._read = log.tell()
            self.unwritable = self.unwritable or any(told in new for told in _TELLS)
        return self.unwritable

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0
