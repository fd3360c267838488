"""A file of acts is handed in and its answers are gathered; how far that is can be read at any time."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from adapters.sentences import sentence
from adapters.upkeep.answered import LOOK_S, Answers
from adapters.upkeep.handing_in import WINDOW, HandingIn
from adapters.upkeep.lines import Line
from domain.submission import LARGEST


@dataclass(frozen=True, slots=True)
class RefusedLine:
    line: int
    answer: dict[str, Any]


@dataclass
class Report:
    """What became of the lines so far. `last` is the last one that was handed in."""

    lines: int = 0
    last: int = 0
    outcomes: dict[str, int] = field(default_factory=lambda: {"recorded": 0, "known already": 0, "refused": 0})
    refused: list[RefusedLine] = field(default_factory=list)
    waiting: dict[int, int] = field(default_factory=dict)
    """Number in the stream → line."""

    def note(self, line: int, answer: dict[str, Any]) -> None:
        self.outcomes[answer["outcome"]] += 1
        if answer["outcome"] == "refused":
            self.refused.append(RefusedLine(line, answer))

    def told(self) -> dict[str, Any]:
        counts = {name.replace(" ", "_"): number for name, number in self.outcomes.items() if name != "refused"}
        refused = sorted(self.refused, key=lambda r: r.line)
        return {"lines": self.lines, **counts, "refused": [{"line": r.line, **r.answer} for r in refused]}


@dataclass
class Dropping:
    """`moved` is called whenever the report has changed."""

    door: HandingIn
    answers: Answers
    report: Report
    moved: Callable[[], None]

    async def drop(self, lines: Iterable[Line], *, wait: bool) -> None:
        if wait:
            await self.answers.skip()
        for window in _windows(iter(lines)):
            await self._hand_in(window, wait=wait)
            if wait:
                await self._gather()
            self.moved()
        while self.report.waiting:
            if not await self._gather():
                await asyncio.sleep(LOOK_S)
            self.moved()

    async def _hand_in(self, window: list[Line], *, wait: bool) -> None:
        self.report.lines += len(window)
        for line in window:
            if line.too_large:
                self.report.note(line.number, _too_large())
        sent = [line for line in window if not line.too_large]
        numbers = await self.door.hand_in(sent)
        self.report.last = window[-1].number
        if wait:
            self.report.waiting |= {number: line.number for number, line in zip(numbers, sent, strict=True)}

    async def _gather(self) -> bool:
        """Whether there was anything."""
        page = await self.answers.page()
        for answer in page:
            if (line := self.report.waiting.pop(answer["dropped"], None)) is not None:
                self.report.note(line, answer["answer"])
        return bool(page)


def _windows(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while window := list(islice(lines, WINDOW)):
        yield window


def _too_large() -> dict[str, Any]:
    code = "act.too-large"
    return {"outcome": "refused", "code": code, "sentence": sentence(code, {"most": LARGEST}), "fields": []}
