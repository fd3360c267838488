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
WAIT_S: Final = 0.003
"""How often it is looked where the views stand while somebody waits: one looks for all."""


class ViewsBeside:
    """Raises `NotBuiltError` as long as nobody has built any."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._held: ViewStore | None = None
        self._looked = float("-inf")
        self._lock = threading.Lock()
        self._stands = 0
        self._looking = False
        self._moved = threading.Condition()

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
        until = time.monotonic() + timeout
        stands = self._look()
        while stands < position and (left := until - time.monotonic()) > 0:
            with self._moved:
                if self._looking:  # somebody looks already, and says when they have moved
                    self._moved.wait(left)
                    stands = self._stands
                    continue
                self._looking = True
            try:
                stands = self._look_until(position, until)
            finally:
                with self._moved:
                    self._looking = False
                    self._moved.notify_all()  # one of those who still wait looks on
        return stands

    def close(self) -> None:
        if self._held:
            self._held.close()

    def _look_until(self, position: int, until: float) -> int:
        while (stands := self._look()) < position and time.monotonic() < until:
            time.sleep(WAIT_S)
        return stands

    def _look(self) -> int:
        stands = self._store().reached().position
        with self._moved:
            if stands != self._stands:  # also back, to that of a generation built anew
                self._stands = stands
                self._moved.notify_all()
        return stands

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
