"""The last entry known, noted outside the message server's store: so a store that lost its end is found at the start.

The server itself may cut a damaged log without a word, and the views need not run where the desk does.
"""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from eventsourcing.persistence import PersistenceError
from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.folder_lock import FolderInUseError, FolderLock
from adapters.private_file import write

FILE: Final = "last-entry.json"
EVERY_S: Final = 1.0


class LastKnown(BaseModel):
    """Position and digest of an entry that is on disk, and of which record."""

    model_config = ConfigDict(frozen=True)

    incarnation: str
    position: int
    digest: str


class UnreadableNoteError(RuntimeError):
    """The note of the last entry was damaged: nobody can say whether the record is whole."""


def last_known(data: Path) -> LastKnown | None:
    file = data / FILE
    try:
        return LastKnown.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (ValidationError, ValueError):
        raise UnreadableNoteError(
            f"{file} cannot be read: it says where the record ended. Look with raccordo doctor whether the record "
            "is whole; if it is, remove that file"
        ) from None


def forget(data: Path) -> None:
    """Remove the note: the record of the folder becomes another one."""
    (data / FILE).unlink(missing_ok=True)


class Noting:
    """A thread that notes it, at most once a second and at the end; of several processes on a folder one does.

    `look` asks for what others have written, as long as the record answers; `known` says what is known, without asking.
    """

    def __init__(
        self,
        data: Path,
        known: Callable[[], LastKnown | None],
        look: Callable[[], object],
        *,
        every: float = EVERY_S,
    ) -> None:
        self._data = data
        self._known = known
        self._look = look
        self._every = every
        self._lock = FolderLock(data, "noting")
        self._ended = threading.Event()
        self._noted: LastKnown | None = None
        self._thread = threading.Thread(target=self._run, name="last-known", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with self._lock:
                    self._note_on()
            except FolderInUseError:
                self._ended.wait(self._every)
            except OSError:  # no room, or not writable for a while: the note stays older
                self._ended.wait(self._every)

    def _note_on(self) -> None:
        # What is seen may be a moment from being on disk; what was seen a second ago is there.
        before = self._known()
        while not self._ended.wait(self._every):
            self._note(before)
            with contextlib.suppress(PersistenceError):
                self._look()
            before = self._known()
        self._note(self._known())

    def _note(self, known: LastKnown | None) -> None:
        if known is not None and known != self._noted:
            write(self._data / FILE, known.model_dump_json() + "\n")
            self._noted = known
