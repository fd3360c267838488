"""What is due on the cases of a caseload: worked out when it is asked for, and kept as long as nothing changes it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from domain.network import Network
from domain.obligations import Due, DueList, due_list
from services.seen import case_of
from services.timetext import instant
from services.views.rows import BoardRow
from services.views.store import Snapshot


@dataclass(frozen=True, slots=True)
class _Kept:
    """It holds from the day `since` as long as nothing moves what the reader sees and the network is this one."""

    moved: int
    network: Network
    since: date
    list: DueList
    recorded: Mapping[int, str]
    """When what made each was recorded, by its version."""


class DueBook:
    """`most` bounds the cases of which it is kept."""

    def __init__(self, network: Callable[[], Network], *, most: int = 50_000) -> None:
        self._network = network
        self._most = most
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, views: Snapshot, line: BoardRow, as_of: date) -> DueList:
        """All that was ever due on the case, as its reader sees it, by due date."""
        return self._of(views, line, as_of).list

    def with_times(self, views: Snapshot, line: BoardRow, as_of: date) -> Iterator[tuple[Due, str]]:
        """Each with when that was recorded which made it due."""
        kept = self._of(views, line, as_of)
        return ((due, kept.recorded[due.made_by]) for due in kept.list.dues)

    def _of(self, views: Snapshot, line: BoardRow, as_of: date) -> _Kept:
        of, network = (line.organisation, line.record), self._network()
        with self._lock:
            kept = self._kept.get(of)
        if kept and _holds(kept, line, network, as_of):
            return kept
        case = case_of(line.record, views.of_record(line.organisation, line.record))
        found = due_list(case, network, as_of)
        made = {d.made_by: instant(case.history.entries[d.made_by].recorded_at) for d in found.dues}
        kept = _Kept(line.moved, network, as_of, found, made)
        with self._lock:
            self._kept[of] = kept
            self._kept.move_to_end(of)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept


def _holds(kept: _Kept, line: BoardRow, network: Network, as_of: date) -> bool:
    return (
        kept.moved == line.moved
        and kept.since <= as_of < kept.list.until
        and kept.network.rulebook is network.rulebook
        and kept.network.organisations is network.organisations
    )
