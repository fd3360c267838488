"""The history again, for evaluators: what was recorded, in order, up to a position or a day, as all or as one saw it.

Skeletons only: no key is needed, and none is held here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, reduce
from hashlib import blake2b
from typing import Any, Literal, Protocol, assert_never

from domain.access.audience import audience
from domain.agreement import Agreement
from domain.case import Case, replay
from domain.case.about import ActCorrected
from domain.entry import Entry
from domain.naming import organisations_in, organisations_named
from domain.network import Network
from domain.obligations import Due, due_list
from domain.organisation import Organisation
from domain.record_id import Kind, kind_of
from services.recorded_clock import clock_at, end_at
from services.seen import Seen, case_of, seen_by
from services.views.plain import plain

PAGE = 1000
SHOWN, MASKED = 1, 2

Progress = Callable[[int, int], None]


class History(Protocol):
    """The record as replay reads it."""

    def page(self, after: int, limit: int) -> list[Entry]: ...
    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]: ...
    def position(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`until` is a position, `until_time` the last moment that counts on the clock that is named."""

    until: int | None = None
    until_time: datetime | None = None
    clock: Literal["recorded", "occurred"] = "recorded"
    case: str | None = None
    reader: str | None = None

    @property
    def each_by_itself(self) -> bool:
        """Whether what is said of an entry depends on no other, so that any stretch can be replayed alone."""
        return self.case is None and self.reader is None

    @property
    def whole(self) -> bool:
        """Whether every entry up to the end is told, and so each case from its first entry on."""
        return self.each_by_itself and (self.clock == "recorded" or self.until_time is None)

    def counts(self, entry: Entry) -> bool:
        """On the recorded clock the position has settled it. A day, month or year counts from its beginning."""
        return self.clock == "recorded" or self.until_time is None or entry.occurred.time <= self.until_time


@dataclass(slots=True)
class Totals:
    """What was gone through; `position` is where the replay stood at its end."""

    position: int = 0
    entries: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    _opened: int = 0
    _others: set[int] = field(default_factory=set)

    @property
    def cases(self) -> int:
        return self._opened + len(self._others)

    def count(self, seen: Seen, *, whole: bool) -> None:
        """`whole`: each case is told from its first entry on, so that none has to be kept in mind."""
        self.entries += 1
        if seen.entry.kind is Kind.CASE:
            if whole:
                self._opened += seen.entry.originator_version == 1
            else:
                self._others.add(_number(seen.entry.originator_id))
        self.by_type["masked" if seen.masked else seen.entry.act.type] += 1

    def add(self, stretch: "Totals") -> None:
        """What was counted in a stretch of it, perhaps by another process."""
        self.entries += stretch.entries
        self._opened += stretch._opened  # noqa: SLF001 (of the same class)
        self._others |= stretch._others  # noqa: SLF001
        self.by_type.update(stretch.by_type)


def replayed(
    history: History, asked: Asked, totals: Totals, progress: Progress = lambda _done, _of: None
) -> Iterator[dict[str, Any]]:
    """Each line as a plain dict, in the order of the record; to a reader, what it could read there at the end."""
    end = totals.position = end_of(history, asked)
    yield from _lines(_seen(history, asked, end, progress), asked, totals)


def stretch(history: History, asked: Asked, after: int, until: int, totals: Totals) -> Iterator[dict[str, Any]]:
    """The lines from after one position up to another, where `asked.each_by_itself`."""
    yield from _lines(_each(_pages(history, until, after=after)), asked, totals)


def _lines(seen: Iterable[Seen], asked: Asked, totals: Totals) -> Iterator[dict[str, Any]]:
    for each in seen:
        if asked.counts(each.entry):
            totals.count(each, whole=asked.whole)
            yield line(each)


def due(history: History, asked: Asked, as_of: date | None = None) -> tuple[date, tuple[Due, ...]]:
    """What was due on the case where the replay ends, as of a day, by the rules as they were known there.

    Without a day it is the one the replay goes up to, or on which the entry at its end was recorded: asked for again
    with the same position, the same comes out.
    """
    end, case = end_of(history, asked), asked.case or ""
    network = reduce(Network.after, (e for page in _pages(history, end) for e in page), Network())
    seen = [s for s in _seen(history, asked, end, lambda _done, _of: None) if asked.counts(s.entry)]
    last = asked.until_time or clock_at(history, end)
    day = as_of or (last.date() if last else date.min)
    return day, due_list(case_of(case, seen), network, day).dues


def end_of(history: History, asked: Asked) -> int:
    """The last position that counts."""
    last = history.position()
    end = last if asked.until is None else min(asked.until, last)
    if asked.until_time is None or asked.clock == "occurred":
        return end
    return end_at(history, asked.until_time, end)


def _seen(history: History, asked: Asked, end: int, progress: Progress) -> Iterator[Seen]:
    match asked:
        case Asked(case=str() as case, reader=str() as reader):
            yield from seen_by(replay(history.entries_up_to(case, end), onto=Case(case)), reader)
        case Asked(case=str() as case):
            yield from (Seen(e, e.categories) for e in history.entries_up_to(case, end))
        case Asked(reader=str() as reader):
            yield from _available(history, reader, end, progress)
        case _:
            for page in _pages(history, end):
                yield from _each([page])
                progress(page[-1].position, end)


def _each(pages: Iterable[list[Entry]]) -> Iterator[Seen]:
    return (Seen(e, e.categories) for page in pages for e in page if e.kind is not None)


def _available(history: History, reader: str, end: int, progress: Progress) -> Iterator[Seen]:
    """Who may read an entry is decided where the replay ends, so before the first is given.

    Read twice; in between stands one byte for each position, and no case but the one being folded.
    """
    if not history.entries_up_to(f"organisation/{reader}", end):
        return  # not in the network yet
    how = bytearray(end + 1)
    concerned: dict[str, None] = {}
    office: str | None = None
    for page in _pages(history, end):
        for entry in page:
            match entry.kind:
                case Kind.CASE | Kind.AGREEMENT:
                    if _names(entry, reader):
                        concerned[entry.originator_id] = None
                case Kind.ORGANISATION | Kind.RULEBOOK:
                    office = office or _founder(entry)
                    how[entry.position] = SHOWN if reader in audience(entry, office=office) else 0
                case None:
                    pass
                case kind:
                    assert_never(kind)
        progress(page[-1].position, 2 * end)
    for id_ in concerned:
        for seen in _seen_of(id_, history.entries_up_to(id_, end), reader):
            how[seen.entry.position] = MASKED if seen.masked else SHOWN
    for page in _pages(history, end, how):
        for entry in page:
            if how[entry.position]:
                yield Seen(entry, entry.categories, masked=how[entry.position] == MASKED)
        progress(end + page[-1].position, 2 * end)


def _seen_of(id_: str, entries: Iterable[Entry], reader: str) -> Iterator[Seen]:
    """Of a case or an agreement."""
    if kind_of(id_) is Kind.CASE:
        return seen_by(replay(entries, onto=Case(id_)), reader)
    agreement = reduce(Agreement.after, entries, Agreement(id_))
    found = agreement.history.entries.values()
    return (Seen(e, e.categories) for e in found if reader in audience(e, state=agreement))


def _pages(history: History, end: int, wanted: bytearray | None = None, *, after: int = 0) -> Iterator[list[Entry]]:
    """Page after page; where `wanted` is given, stretches in which nothing is wanted are left out."""
    while after < end:
        if wanted is not None:
            found = [at for mark in (SHOWN, MASKED) if (at := wanted.find(mark, after + 1)) > 0]
            if not found:
                return
            after = min(found) - 1
        page = history.page(after, min(PAGE, end - after))
        if not page:
            return
        yield page
        after = page[-1].position


def _names(entry: Entry, reader: str) -> bool:
    """Nobody sees anything of a record that never names it: as who tells, or in an act or in what corrects one."""
    if reader == entry.organisation or reader in organisations_named(entry):
        return True
    return isinstance(entry.act, ActCorrected) and reader in organisations_in(entry.act.act)


def _founder(entry: Entry) -> str | None:
    if entry.originator_version == 1 and Organisation(entry.originator_id).after(entry).founder:
        return entry.organisation
    return None


@lru_cache(10_000)
def _number(record: str) -> int:
    """The same in every process, which `hash` is not. Entries of a case stand near one another."""
    return int.from_bytes(blake2b(record.encode(), digest_size=8).digest())


def line(seen: Seen) -> dict[str, Any]:
    """One entry as an evaluator reads it: the skeleton in clear, of the rest the categories."""
    said = plain(seen)
    if not seen.masked:
        said["practitioner"] = str(seen.entry.practitioner)
        said["known_at"] = seen.entry.known_at
        said["categories"] = sorted(seen.categories)
    return said
