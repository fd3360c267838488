"""What is due on the cases of a caseload: worked out when it is asked for, and kept as long as nothing changes it."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domain.network import Network
from domain.obligations import Due, DueList, due_list
from services.seen import case_of
from services.views.rows import BoardRow
from services.views.store import Snapshot


@dataclass(frozen=True, slots=True)
class _Kept:
    """It holds from the day `since` as long as the reader sees no newer entry and the network is this one."""

    last_position: int
    network: Network
    since: date
    list: DueList


class DueBook:
    """`most` bounds the cases of which it is kept."""

    def __init__(self, network: Callable[[], Network], *, most: int = 50_000) -> None:
        self._network = network
        self._most = most
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, views: Snapshot, line: BoardRow, as_of: date) -> tuple[Due, ...]:
        """All that was ever due on the case, as its reader sees it, by due date."""
        of, network = (line.organisation, line.record), self._network()
        with self._lock:
            kept = self._kept.get(of)
        if kept and _holds(kept, line, network, as_of):
            return kept.list.dues
        case = case_of(line.record, views.of_record(line.organisation, line.record))
        found = due_list(case, network, as_of)
        with self._lock:
            self._kept[of] = _Kept(line.last_position, network, as_of, found)
            self._kept.move_to_end(of)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found.dues


def _holds(kept: _Kept, line: BoardRow, network: Network, as_of: date) -> bool:
    return (
        kept.last_position == line.last_position
        and kept.since <= as_of < kept.list.until
        and kept.network.rulebook is network.rulebook
        and kept.network.organisations is network.organisations
    )
