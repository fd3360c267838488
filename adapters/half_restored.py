"""A folder into which a backup is being put: nothing may start on it before all of it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.private_file import private_folder, write
from adapters.typed import typed

MARK = "restoring"


class HalfRestoredError(RuntimeError):
    """A restore is at work on the folder, or was interrupted."""


def refuse_half_restored(data: Path) -> None:
    if (data / MARK).exists():
        raise HalfRestoredError(
            f"{data} holds a backup that was not restored to its end. "
            f"Empty the folder and restore again: raccordo restore BACKUP --data {typed(data)}"
        )


@contextmanager
def marked(data: Path) -> Iterator[None]:
    """The mark stays where the work fails."""
    write(private_folder(data) / MARK, "")
    yield
    (data / MARK).unlink()
