"""What each organisation has used of its bytes on the record, noted beside it: known again, roughly, after a restart.

At most what was used in the last seconds before a kill is forgotten. Of several desks on a folder one notes.
"""

import asyncio
import contextlib
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.ended import ended
from adapters.folder_lock import FolderInUseError, FolderLock
from adapters.private_file import write
from services.budgets import Budget

FILE: Final = "used-today.json"
EVERY_S: Final = 10.0


class Used(BaseModel):
    """Bytes of each organisation, and when that was, in seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    at: float
    bytes: dict[str, float]


class UsedToday:
    def __init__(self, data: Path, budget: Budget, *, every: float = EVERY_S) -> None:
        self._data, self._budget, self._every = data, budget, every
        self._lock = FolderLock(data, "noting-used")
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if found := _noted(self._data):
            gone = max(0.0, time.time() - found.at) * self._budget.rate
            self._budget.begin_with({each: used - gone for each, used in found.bytes.items() if used > gone})
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task:
            await ended(self._task)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(FolderInUseError, OSError), self._lock:  # no room: the note stays older
                await self._note_on()
            await asyncio.sleep(self._every)

    async def _note_on(self) -> None:
        before: dict[str, float] = {}
        try:
            while True:
                await asyncio.sleep(self._every)
                if (used := dict(self._budget.told())) != before:
                    await asyncio.to_thread(self._note, used)
                    before = used
        finally:
            self._note(dict(self._budget.told()))

    def _note(self, used: dict[str, float]) -> None:
        write(self._data / FILE, Used(at=time.time(), bytes=used).model_dump_json() + "\n")


def _noted(data: Path) -> Used | None:
    """A damaged note is worth no more than none: a day begins anew."""
    try:
        return Used.model_validate_json((data / FILE).read_text("utf-8"))
    except (OSError, ValidationError, ValueError):
        return None
