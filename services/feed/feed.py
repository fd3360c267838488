"""The feed of every organisation, kept up to the record by a thread of its own."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

import structlog
from eventsourcing.persistence import Notification

from domain.access.speaker import may_speak
from domain.record_id import Kind, id_of
from services.feed.belonging import ANEW, NotTheSameError, must_be_of
from services.feed.notices import Notice, Notices, connected_since
from services.feed.outlet import Outlet, OvertakenError
from services.feed.sending import Sending, begun
from services.following import Following
from services.network import NetworkFollower
from services.record import Record

DAY: Final = 86_400.0
"""Seconds after which a cursor is written again: what lies in the feed for months is thrown away."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FeedStopped:
    """At which position, and why: the name of a fault's type or a sentence, never what an entry contains."""

    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """`standing_by`: another process publishes; this one looks on, and takes over when that one is gone."""

    position: int
    stopped: FeedStopped | None
    standing_by: bool


class NetworkBehindError(Exception):
    """Which organisations there are is not known up to the entry that is to be told."""


class Feed:
    """`pause` and `longest_pause` (seconds) bound how soon a stopped feed tries again.

    One that stands by takes over when the other has not moved for `patience`. Every `rest` it looks up from the
    record and sees to its cursor. After each telling it takes a `breath`, and then tells together what came meanwhile:
    to the message server a small batch is as dear as a large one.
    """

    def __init__(
        self,
        record: Record,
        outlet: Outlet,
        network: NetworkFollower,
        *,
        pause: float = 0.2,
        longest_pause: float = 15,
        patience: float = 5,
        rest: float = 3600,
        batch: int = 500,
        breath: float = 0.25,
    ) -> None:
        self._record, self._outlet, self._network = record, outlet, network
        self._pause, self._longest_pause = pause, longest_pause
        self._patience, self._rest, self._batch, self._breath = patience, rest, batch, breath
        self._notices = Notices(record)
        self._moved = threading.Condition()
        self._ended = threading.Event()
        self._following: Following | None = None
        self._status = FeedStatus(0, None, standing_by=False)
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        with self._moved:
            self._moved.notify_all()
            following = self._following
        if following:
            following.stop()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def status(self) -> FeedStatus:
        return self._status

    def wait_for(self, position: int, timeout: float) -> int:
        """Wait until everything up to the position is told, or for so many seconds; return how far it is."""
        with self._moved:
            self._moved.wait_for(lambda: self._status.position >= position or self._ended.is_set(), timeout)
            return self._status.position

    def _run(self) -> None:
        pause = self._pause
        while not self._ended.is_set():
            at = self._status.position
            try:
                self._publish()
                pause = self._pause
            except Exception as fault:  # noqa: BLE001 (whatever it is, it stops here, says so and tries again)
                if self._ended.is_set():
                    return
                pause = self._pause if self._status.position > at else min(pause * 2, self._longest_pause)
                self._stop_at(fault, pause)
                self._ended.wait(pause)

    def _publish(self) -> None:
        """Until it is time to look up; raises at an entry that cannot be told, with all before it told."""
        try:
            with closing(self._resumed()) as sending:
                self._await_network(sending.cursor.whole)
                self._open_to(self._record.network.organisations)
                with (
                    self._record.following(sending.cursor.whole, batch=self._batch) as following,
                    self._stoppable(following),
                ):
                    self._went(sending, standing_by=self._status.standing_by, all_told=self._record.position())
                    for notifications in following.notifications():
                        told = time.monotonic()
                        self._tell(sending, notifications)
                        if len(notifications) < self._batch:
                            self._ended.wait(max(0.0, told + self._breath - time.monotonic()))
        except OvertakenError:
            self._stand_by()

    def _resumed(self) -> Sending:
        kept = self._outlet.kept()
        if kept is None:
            if not self._outlet.untouched():
                raise NotTheSameError("The feed does not say how far it had got: its cursor was removed. " + ANEW)
            sending = Sending(self._outlet, begun(self._record.incarnation))
            sending.touch()
            return sending
        must_be_of(self._record, kept.cursor)
        sending = Sending(self._outlet, kept)
        if kept.age > DAY:
            sending.touch()
        return sending

    def _tell(self, sending: Sending, notifications: Sequence[Notification]) -> None:
        for notification in notifications:
            try:
                notices = self._notices_of(notification, sending.rulebooks)
            except Exception:
                sending.flush()
                self._went(sending, standing_by=False)
                raise
            sending.add(notification, notices)
        sending.flush()
        self._went(sending, standing_by=False)

    def _notices_of(self, notification: Notification, rulebooks: tuple[str, ...]) -> list[Notice]:
        entry = self._record.read(notification)
        if entry.kind not in (Kind.CASE, None):
            self._await_network(entry.position)
        if entry.kind is Kind.ORGANISATION:
            self._open_to([id_of(entry.originator_id)])
        return self._notices.of(entry, rulebooks)

    def _open_to(self, organisations: Iterable[str]) -> None:
        """Before they are told anything. One that may not speak does not read either."""
        network = self._record.network
        connected = [id_ for id_ in organisations if connected_since(network, id_) is not None]
        reading = [id_ for id_ in connected if may_speak(network.organisations.get(id_))]
        self._outlet.admit(reading)
        self._outlet.bar(id_ for id_ in connected if id_ not in set(reading))

    def _await_network(self, position: int) -> None:
        """Who is connected is known from elsewhere, and must be known up to the entry."""
        while not self._network.wait_for(position, 0.5):
            if self._ended.is_set() or self._network.error:
                raise NetworkBehindError

    def _stand_by(self) -> None:
        """Look on until nothing has moved for a while, though there is something to tell."""
        seen, since = 0, time.monotonic()
        while (kept := self._outlet.kept()) and not kept.ours:
            self._note(FeedStatus(kept.cursor.whole, None, standing_by=True))
            if kept.sequence != seen or self._record.position() <= kept.cursor.whole:
                seen, since = kept.sequence, time.monotonic()
            elif time.monotonic() - since > self._patience:
                return
            if self._ended.wait(self._patience / 10):
                return

    @contextmanager
    def _stoppable(self, following: Following) -> Iterator[None]:
        rest = threading.Timer(self._rest, following.stop)
        rest.daemon = True
        rest.start()
        with self._moved:
            self._following = following
        try:
            if self._ended.is_set():
                following.stop()
            yield
        finally:
            rest.cancel()
            with self._moved:
                self._following = None

    def _went(self, sending: Sending, *, standing_by: bool, all_told: int | None = None) -> None:
        """What stopped it is over only when the entry there was told, or when there is none to tell."""
        whole = sending.cursor.whole
        stopped = self._status.stopped
        over = stopped is None or whole >= stopped.position or whole == all_told
        self._note(FeedStatus(whole, None if over else stopped, standing_by))

    def _stop_at(self, fault: Exception, pause: float) -> None:
        position = self._status.position + 1
        reason = str(fault) if isinstance(fault, NotTheSameError) else type(fault).__name__
        self._note(FeedStatus(position - 1, FeedStopped(position, reason), standing_by=False))
        # no traceback: it may show what an entry contains
        log.error("feed.stopped", position=position, reason=reason, again_in=pause)

    def _note(self, status: FeedStatus) -> None:
        before = self._status
        if before.standing_by != status.standing_by:
            log.info("feed.standing-by" if status.standing_by else "feed.taken-over", position=status.position)
        if before.stopped and not status.stopped:
            log.info("feed.going-on", position=status.position)
        with self._moved:
            self._status = status
            self._moved.notify_all()
