"""Entries on cases that the rules of authority give no effect today: an older release had let them through."""

from collections.abc import Callable, Iterator
from typing import Protocol

from domain.entry import Entry
from domain.record_id import Kind
from services.cases import Cases

PAGE = 1000


class History(Protocol):
    """The record, read in order."""

    def page(self, after: int, limit: int) -> list[Entry]: ...
    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]: ...
    def position(self) -> int: ...


def without_effect(history: History, progress: Callable[[int, int], None] = lambda _done, _of: None) -> Iterator[Entry]:
    """Each in the order of the record, with its ruling. Cases are folded in a cache of bounded size."""
    end, at = history.position(), 0

    def entries(id_: str, after: int) -> list[Entry]:
        return [e for e in history.entries_up_to(id_, end) if e.originator_version > after]

    cases = Cases(entries)
    while at < end and (page := history.page(at, min(PAGE, end - at))):
        for entry in page:
            if entry.kind is Kind.CASE:
                ruled = cases.keep(cases.before(entry).after(entry)).history.entries[entry.originator_version]
                if ruled.ruled == "none":
                    yield ruled
        at = page[-1].position
        progress(at, end)
