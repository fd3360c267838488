"""Keeps the desk's knowledge of organisations and rules up with the record."""

import threading

import structlog

from services.following import Following
from services.record import Record

log = structlog.get_logger()


class NetworkFollower:
    """Follows the whole record in a thread of its own, so that what is known is known up to an exact position."""

    def __init__(self, record: Record, *, pause: float = 0.5) -> None:
        self._record = record
        self._pause = pause
        self._moved = threading.Condition()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._following: Following | None = None
        self.fault: Exception | None = None

    @property
    def error(self) -> str | None:
        return type(self.fault).__name__ if self.fault else None

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, position: int, timeout: float) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: self._record.network.position >= position, timeout)

    def stop(self) -> None:
        self._stopped.set()
        if self._following:
            self._following.stop()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._follow()
            except Exception as error:
                self.fault = error
                log.error("network not followed", exc_info=error, position=self._record.network.position)  # noqa: TRY400
            self._stopped.wait(self._pause)

    def _follow(self) -> None:
        with self._record.following(self._record.network.position) as following:
            self._following = following
            if self._stopped.is_set():
                return
            if self.fault and self._record.position() <= self._record.network.position:
                self.fault = None  # it could not follow, but nothing is left undone
            for notifications in following.notifications():
                self._record.learn(notifications)
                self.fault = None
                with self._moved:
                    self._moved.notify_all()
