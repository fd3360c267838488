"""The network as it was known at any position of the record: what was decided there is judged by nothing later."""

import threading
from bisect import bisect_right

from domain.entry import Entry
from domain.network import Network


class NetworkPast:
    """Each entry of organisations, rules and agreements makes one more; they share what did not change."""

    def __init__(self) -> None:
        self._positions = [0]
        self._networks = [Network()]
        self._turn = threading.Lock()

    def take(self, entry: Entry) -> None:
        """In the order of the record; one that was taken before changes nothing."""
        with self._turn:
            if entry.position > self._positions[-1]:
                self._networks.append(self._networks[-1].after(entry))
                self._positions.append(entry.position)

    def at(self, position: int) -> Network:
        with self._turn:
            return self._networks[bisect_right(self._positions, position) - 1]
