"""A long replay read by several processes: each takes stretches of the record over a connection of its own."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from eventsourcing.persistence import OperationalError, PersistenceError

from adapters.mapper import UnreadableEntryError
from adapters.runtime import settle
from adapters.upkeep.history import Access, RecordHistory, history_at
from adapters.upkeep.shared_out import ProcessEndedError, in_order
from services.position import Position
from services.replay import Asked, Progress, Totals, end_of, replayed, stretch

Text = Callable[[dict[str, Any]], str]
"""Makes a line of what replay says of an entry; a function of a module, so that another process finds it."""

Stretch = tuple[int, int]
"""After one position up to another."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """How many processes, after how many entries they are worth their start, and how many each takes at a time."""

    processes: int = field(default_factory=lambda: min(_cores(), 4))
    long: int = 20_000
    stretch: int = 2_000

    def stretches(self, end: int) -> Iterator[Stretch]:
        return ((after, min(after + self.stretch, end)) for after in range(0, end, self.stretch))


@dataclass(slots=True)
class Part:
    """What a process made of a stretch; `unreadable` and `failed` say what ended it early."""

    until: int = 0
    text: str = ""
    totals: Totals = field(default_factory=Totals)
    unreadable: str = ""
    failed: str = ""

    def check(self) -> None:
        if self.unreadable:
            raise UnreadableEntryError(self.unreadable)
        if self.failed:
            raise OperationalError(self.failed)


def told(
    history: RecordHistory, asked: Asked, text: Text, totals: Totals, progress: Progress, several: Several
) -> Generator[str]:
    """The replay as text, a line or many at a time. Who stops before its end closes it."""
    end = end_of(history, asked) if asked.each_by_itself else 0
    if end <= several.long or several.processes < 2:
        yield from map(text, replayed(history, asked, totals, progress))
        return
    totals.position = end
    work = partial(_parts, history.access, history.known_at(end), asked, text)
    with closing(in_order(work, several.stretches(end), several.processes)) as parts:
        try:
            for part in parts:
                yield part.text
                part.check()
                totals.add(part.totals)
                progress(part.until, end)
        except ProcessEndedError as error:
            raise OperationalError(str(error)) from error


def _parts(
    access: Access, known: Position | None, asked: Asked, text: Text, stretches: Iterator[Stretch]
) -> Iterator[Part]:
    """In a process of its own."""
    settle()
    try:
        with history_at(access) as history:
            if known:
                history.expect(known)
            for each in stretches:
                yield _part(history, asked, text, each)
    except PersistenceError as error:
        yield Part(failed=str(error))


def _part(history: RecordHistory, asked: Asked, text: Text, found: Stretch) -> Part:
    after, until = found
    part = Part(until)
    lines: list[str] = []
    try:
        lines.extend(map(text, stretch(history, asked, after, until, part.totals)))
    except UnreadableEntryError as error:
        part.unreadable = str(error)
    except PersistenceError as error:
        part.failed = str(error)
    part.text = "".join(lines)
    return part
