"""The views as another process builds them: read where they are, and waited for by looking at where they stand."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.cost import Cost
from services.views.awaited import Awaited, Call
from services.views.store import Generations, NotBuiltError, Snapshot, ViewStore, reading_of
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
        self._awaited = Awaited()
        self._looking = False
        self._looks: threading.Thread | None = None
        self._closed = False

    @property
    def status(self) -> Status:
        reached = self._store().reached()
        return Status(reached.position, reached.recorded, None)

    @contextmanager
    def reading(self, cost: Cost | None = None) -> Iterator[Snapshot]:
        """The views at one position, whatever is written meanwhile; it ends as soon as the cost is over."""
        with reading_of(self._store, cost) as snapshot:
            yield snapshot

    def wait_for(self, position: int, timeout: float) -> int:
        """Wait until the views stand at the position or later, or for so many seconds; return where they stand."""
        reached = threading.Event()
        forget = self.at(position, reached.set)
        reached.wait(timeout)
        forget()
        return self._store().reached().position

    def at(self, position: int, call: Call) -> Call:
        """Call once the views stand at the position or later, or nobody can say; return what takes that back."""
        forget = self._awaited.at(position, call)
        with self._lock:
            if not self._looking and not self._closed:
                self._looking = True
                self._looks = threading.Thread(target=self._look, name="views beside", daemon=True)
                self._looks.start()
        return forget

    def close(self) -> None:
        with self._lock:
            self._closed = True
        self._awaited.all()
        if self._looks:
            self._looks.join()  # else it would open again what is closed
        if self._held:
            self._held.close()

    def _look(self) -> None:
        """One looks for all, as long as anybody waits."""
        while True:
            try:
                self._awaited.reached(self._store().reached().position)
            except Exception:  # noqa: BLE001 (whatever it is, those who waited meet it themselves)
                self._awaited.all()
            with self._lock:
                if self._closed or not len(self._awaited):
                    self._looking = False
                    return
            time.sleep(WAIT_S)

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
