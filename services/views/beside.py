"""The views as another process builds them: read where they are, and waited for by looking at where they stand."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.views.store import ClosedError, Generations, NotBuiltError, Snapshot, ViewStore
from services.views.views import Status

LOOK_S: Final = 1.0
"""How often it is asked whether a newer generation has taken the place of the one that is read."""
SOONEST_S: Final = 0.002
LATEST_S: Final = 0.05


class ViewsBeside:
    """Raises `NotBuiltError` as long as nobody has built any."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._held: ViewStore | None = None
        self._looked = float("-inf")
        self._lock = threading.Lock()

    @property
    def status(self) -> Status:
        reached = self._store().reached()
        return Status(reached.position, reached.recorded, None)

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """The views at one position, whatever is written meanwhile."""
        while True:
            reading = self._store().reading()
            try:
                snapshot = reading.__enter__()
            except ClosedError:
                continue  # a newer one has just taken its place
            break
        try:
            yield snapshot
        finally:
            reading.__exit__(None, None, None)

    def wait_for(self, position: int, timeout: float) -> int:
        """Wait until the views stand at the position or later, or for so many seconds; return where they stand."""
        until, pause = time.monotonic() + timeout, SOONEST_S
        while (stands := self._store().reached().position) < position and time.monotonic() < until:
            time.sleep(pause)
            pause = min(pause * 1.5, LATEST_S)
        return stands

    def close(self) -> None:
        if self._held:
            self._held.close()

    def _store(self) -> ViewStore:
        old = None
        with self._lock:
            if self._held is None or time.monotonic() - self._looked > LOOK_S:
                self._looked = time.monotonic()
                if self._held is None or self._generations.current_name() != self._held.name:
                    old, self._held = self._held, self._generations.current()
            held = self._held
        if old:
            threading.Thread(target=old.close, daemon=True).start()  # it waits for who still reads it
        if held is None:
            raise NotBuiltError
        return held
