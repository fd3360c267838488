"""The views of every organisation, kept up to the record by a thread of their own."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from domain.entry import Entry
from services.cost import Cost
from services.views.awaited import Awaited, Call
from services.views.building import Building
from services.views.followed import FollowedRecord, Following, check_same
from services.views.gathered import LARGEST_BATCH, Pace, gathered
from services.views.rows import Reached
from services.views.store import ClosedError, Generations, Snapshot, reading_of

READ_AT_ONCE: Final = 1000
BREATH_S: Final = 0.05

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stopped:
    """At which position, and the name of the fault's type: never what an entry contains."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Status:
    position: int
    recorded: str
    stopped: Stopped | None


class Views:
    """`pause` and `longest_pause` (seconds) bound how soon a stopped projection tries again."""

    def __init__(
        self, record: FollowedRecord, generations: Generations, *, pause: float = 0.2, longest_pause: float = 15
    ) -> None:
        self._record = record
        self._generations = generations
        self._pause, self._longest_pause = pause, longest_pause
        self._moved = threading.Lock()
        self._awaited = Awaited()
        self._turn = threading.Lock()
        self._rebuilding = threading.Lock()
        self._ended = threading.Event()
        self._building: Building | None = None
        self._stale = False
        self._stopped: Stopped | None = None
        self._followed: set[Following] = set()
        self._thread = threading.Thread(target=self._run, name="views", daemon=True)

    def start(self, *, anew: bool = False) -> None:
        """Raises `RecordChanged` where the record is not the one the views had followed; `anew` builds new ones."""
        store = None if anew else self._generations.current()
        if store is None:
            store = self._generations.fresh(self._record.incarnation)
            self._stale = True
        building = self._building = Building(self._record, store)
        try:
            check_same(self._record, building.store)
        except BaseException:
            store.close()
            raise
        if self._record.position() == 0:
            self._promote()
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        with self._moved:
            followed = tuple(self._followed)
        self._awaited.all()
        for following in followed:
            following.stop()
        if self._thread.is_alive():
            self._thread.join()
        if self._building:
            self._building.store.close()

    @property
    def status(self) -> Status:
        reached = self._reached()
        return Status(reached.position, reached.recorded, self._stopped)

    def wait_for(self, position: int, timeout: float) -> int:
        """Wait until the views stand at the position or later, or for so many seconds; return where they stand."""
        reached = threading.Event()
        forget = self.at(position, reached.set)
        reached.wait(timeout)
        forget()
        return self._reached().position

    def at(self, position: int, call: Call) -> Call:
        """Call once the views stand at the position or later, or end; return what takes that back."""
        forget = self._awaited.at(position, call)
        if self._reached().position >= position or self._ended.is_set():
            self._awaited.reached(self._reached().position)
            if self._ended.is_set():
                self._awaited.all()
        return forget

    @contextmanager
    def reading(self, cost: Cost | None = None) -> Iterator[Snapshot]:
        """The views at one position, whatever is written meanwhile; it ends as soon as the cost is over."""
        with reading_of(lambda: self._now().store, cost) as snapshot:
            yield snapshot

    def digest(self, *, organisation: str) -> str:
        """Of all that the organisation may see: of the position alone, the same after a rebuild."""
        with self.reading() as snapshot:
            return snapshot.digest(organisation)

    def rebuild(self, progress: Callable[[int, int], None] = lambda _done, _of: None) -> int:
        """Build all anew beside what is read meanwhile, and switch when it has caught up; return the position.

        `progress` is told how far it is, of how much.
        """
        with self._rebuilding:
            building = Building(self._record, self._generations.fresh(self._record.incarnation))
            try:
                states: dict[int, bytes] = {}
                followed = self._record.following(0, batch=READ_AT_ONCE, states=states)
                with followed as batches, self._stoppable(batches):
                    old = self._caught_up(building, batches, states, progress)
            except BaseException:
                self._generations.drop(building.store)
                raise
        old.store.close()
        log.info("views.switched", generation=building.store.name, position=building.reached.position)
        return building.reached.position

    def _caught_up(
        self, building: Building, following: Following, states: dict[int, bytes], progress: Callable[[int, int], None]
    ) -> Building:
        def take() -> None:
            if (batch := next(batches, None)) is None:
                raise ClosedError("the views were stopped while they were built anew")
            building.take(batch, lambda _: None, states)
            _let_go(states, batch)
            progress(building.reached.position, max(goal, self._reached().position))

        goal = self._record.position()
        batches = gathered(following, goal)
        while building.reached.position < max(goal, self._reached().position - LARGEST_BATCH):
            take()
        with self._turn:  # the old one stands still now, so this ends
            while building.reached.position < self._reached().position:
                take()
            old = self._now()
            self._generations.switch(building.store)
            with self._moved:
                self._building, self._stale = building, False
            self._awaited.reached(building.reached.position)
            return old

    @contextmanager
    def _stoppable(self, following: Following) -> Iterator[None]:
        with self._moved:
            self._followed.add(following)
        try:
            if self._ended.is_set():
                following.stop()
            yield
        finally:
            with self._moved:
                self._followed.discard(following)

    def _run(self) -> None:
        pause = self._pause
        while not self._ended.is_set():
            began = self._reached().position
            try:
                self._follow()
            except Exception as fault:  # noqa: BLE001 (whatever it is, it stops here, says so and tries again)
                reached = self._reached().position
                pause = self._pause if reached > began else min(pause * 2, self._longest_pause)
                self._stopped = Stopped(reached + 1, type(fault).__name__)
                log.error(  # noqa: TRY400 (a traceback may show what an entry contains)
                    "views.stopped", position=reached + 1, reason=type(fault).__name__, again_in=pause
                )
                self._ended.wait(pause)

    def _follow(self) -> None:
        check_same(self._record, self._now().store)
        since, states = self._reached().position, dict[int, bytes]()
        followed = self._record.following(since, batch=READ_AT_ONCE, states=states)
        with followed as batches, self._stoppable(batches):
            if self._stopped and self._record.position() <= since:
                self._stopped = None  # it could not follow, but nothing is left undone
            pace = Pace(time.monotonic())
            for batch in gathered(batches, self._record.position()):
                began = time.monotonic()
                with self._turn:
                    self._now().take(batch, self._noted, states)
                    if self._stale and self._reached().position >= self._record.position():
                        self._promote()
                _let_go(states, batch)
                if pace.busy(len(batch), began):
                    self._ended.wait(max(0.0, began + BREATH_S - time.monotonic()))

    def _noted(self, _: Reached) -> None:
        if self._stopped:
            log.info("views.going-on", position=self._reached().position)
        self._stopped = None
        self._awaited.reached(self._reached().position)

    def _promote(self) -> None:
        """Make the generation that was built from nothing the current one, now that it has caught up."""
        if self._stale:
            self._generations.switch(self._now().store)
            self._stale = False

    def _now(self) -> Building:
        if self._building is None:
            raise RuntimeError("the views are not started")
        return self._building

    def _reached(self) -> Reached:
        return self._now().reached


def _let_go(states: dict[int, bytes], batch: Sequence[Entry]) -> None:
    for entry in batch:
        states.pop(entry.position, None)
