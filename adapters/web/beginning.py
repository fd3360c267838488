"""What is sent, as it comes in: of what is longer than an act may be, the beginning and a digest of the whole."""

import hashlib

from domain.submission import LARGEST
from services.desk import Whole


class Beginning:
    """Keeps one byte more than an act may have: the desk then says that it is too large."""

    def __init__(self) -> None:
        self.bytes = 0
        self._kept = bytearray()
        self._digest = hashlib.sha256()
        self._cut = False

    def take(self, chunk: bytes) -> None:
        if not self._cut and self.bytes + len(chunk) > LARGEST + 1:
            self._digest.update(self._kept)
            self._cut = True
        self.bytes += len(chunk)
        self._kept += chunk[: max(0, LARGEST + 1 - len(self._kept))]
        if self._cut:
            self._digest.update(chunk)

    @property
    def body(self) -> bytes:
        return bytes(self._kept)

    @property
    def whole(self) -> Whole | None:
        """None where nothing is missing."""
        return Whole(self.bytes, self._digest.hexdigest()) if self._cut else None
