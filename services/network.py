"""Keeps what is known of organisations, rules and agreements up with the record."""

import threading
from typing import Any

import structlog

from services.record import Record

log = structlog.get_logger()


class NetworkFollower:
    """Follows all but the cases in a thread of its own, so that what is known is known up to an exact position.

    That position moves only with what is written of the network, or where somebody waits for a later one.
    """

    def __init__(self, record: Record, *, pause: float = 0.5) -> None:
        self._record = record
        self._pause = pause
        self._moved = threading.Condition()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._following: Any = None
        self._reached = 0
        self.fault: Exception | None = None

    @property
    def error(self) -> str | None:
        return type(self.fault).__name__ if self.fault else None

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, position: int, timeout: float) -> bool:
        """Wait until the network is known up to there, or for so many seconds."""
        with self._moved:
            if self._reached < position and self._following:
                self._following.look_again()  # no more may have been written of the network
            return self._moved.wait_for(lambda: self._reached >= position, timeout)

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
        with self._record.following_network(self._reached) as following:
            self._following = following
            if self._stopped.is_set():
                return
            for came in following:
                self._record.learn(came.entries, came.position)
                self.fault = None
                with self._moved:
                    self._reached = came.position
                    self._moved.notify_all()
