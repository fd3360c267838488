"""Who keeps the network up with the record, and says so when it cannot."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from adapters.jetstream.follow_kinds import Came
from domain.network import Network
from services.network import NetworkFollower
from services.record import Record


class _Following:
    """Says that nothing is on the record, then waits."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def __iter__(self) -> Iterator[Came]:
        yield Came([], 0)
        self._ended.wait()

    def stop(self) -> None:
        self._ended.set()


class _Unreadable:
    """An empty record, not to be followed until it is mended."""

    network = Network()
    failing = True

    @contextmanager
    def following_network(self, _: int) -> Iterator[_Following]:
        if self.failing:
            raise ValueError
        yield _Following()

    def learn(self, entries: list[Any], position: int) -> None:
        assert (entries, position) == ([], 0)


def test_a_fault_is_over_when_the_record_can_be_followed_again_though_nothing_new_is_on_it() -> None:
    record = _Unreadable()
    network = NetworkFollower(cast("Record", record), pause=0.01)
    network.start()
    try:
        until(lambda: network.error == "ValueError")
        record.failing = False
        until(lambda: network.error is None)
    finally:
        network.stop()


def until(reached: Any) -> None:
    deadline = time.monotonic() + 15
    while not reached():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.01)
