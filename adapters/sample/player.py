"""Tells a simulation to a running service, each organisation over its own connection, each act at its moment."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from adapters.sample.clock import PlayedClock
from adapters.sample.members import Members
from adapters.sample.report import Report
from adapters.simulation.step import Step
from domain.record_id import Kind, kind_of

Say = Callable[[str], None]

TICK_HOURS = 6
"""What is told within so many hours is told at once: cases side by side, the acts of one case in their order."""


@dataclass
class Player:
    members: Members
    clock: PlayedClock
    say: Say
    report: Report = field(default_factory=Report)

    async def play(self, steps: Iterable[Step]) -> Report:
        """Told again after an interruption, what is on the record already is answered as the first time."""
        began, month = time.monotonic(), ""
        for tick in ticks(steps):
            if (now := f"{tick[-1].at:%Y-%m}") != month:
                month = now
                self.say(f"  {month} {self.report.told:6} acts told")
            await self._tick(tick)
        self.report.seconds = time.monotonic() - began
        return self.report

    async def _tick(self, tick: Sequence[Step]) -> None:
        self.clock.move(tick[-1].at)
        # Organisations and agreements first: what is told of a case may name what was told of them on the same day.
        for shared in (True, False):
            records: dict[str, list[Step]] = {}
            for step in tick:
                if (kind_of(step.record) is Kind.CASE) != shared:
                    records.setdefault(step.record, []).append(step)
            await asyncio.gather(*(self._in_order(each) for each in records.values()))

    async def _in_order(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self.report.note(step, await self._told(step))

    async def _told(self, step: Step) -> dict[str, Any]:
        speaks, act = self.members.speaking[step.organisation], step.addressed(self.members.ids)
        # As long as the service says, and as often.
        while (answer := await speaks.act(act))["outcome"] == "try later":  # noqa: ASYNC110
            await asyncio.sleep(answer["after_s"])
        return answer


def ticks(steps: Iterable[Step]) -> Iterator[list[Step]]:
    for _, tick in groupby(steps, key=lambda step: (step.at.date(), step.at.hour // TICK_HOURS)):
        yield list(tick)
