"""Who keeps the network up with the record, and says so when it cannot."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from domain.network import Network
from services.network import NetworkFollower
from services.record import Record
from tests.list_record import ListFollowing


class _Following(ListFollowing):
    def notifications(self) -> Iterator[Any]:
        return iter(self)


class _Unreadable:
    """An empty record, not to be followed until it is mended."""

    network = Network()
    failing = True

    def position(self) -> int:
        return 0

    @contextmanager
    def following(self, _: int) -> Iterator[_Following]:
        if self.failing:
            raise ValueError
        yield _Following(threading.Condition(), lambda _: [], 0)


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
