"""Who finds that the message server writes no more asks, by a file, whoever runs it to start it again.

After one write that the disk refused it never writes to that stream again, although there is room, answers questions
as before and calls itself healthy (2.15.1).
"""

from pathlib import Path
from typing import Final

MARK: Final = "start-again"


def ask_start_again(data: Path) -> None:
    """Nothing happens where the server is not ours."""
    folder = data / "nats"
    if folder.is_dir():
        (folder / MARK).touch(0o600)


def asked_start_again(folder: Path) -> bool:
    """True once for each time it was asked."""
    mark = folder / MARK
    if not mark.exists():
        return False
    mark.unlink(missing_ok=True)
    return True
