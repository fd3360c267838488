"""What is told on one record. A script says what happens on which day, in any order; here it gets its place in time."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from adapters.simulation.calendar import days_on, working_from
from adapters.simulation.network import Network, new_id
from adapters.simulation.step import Step

EVIDENCE = ("phone", "e-mail", "paper")
OLD_REGISTER = "vecchio-registro"


@dataclass(frozen=True, slots=True)
class EntryOf:
    """Stands for the version that an act will have on its record."""

    act_id: str


@dataclass(frozen=True, slots=True)
class _Draft:
    on: date
    by: str
    act: Mapping[str, Any]
    late: int
    by_day: bool


@dataclass
class Telling:
    """`voice` tells for those who have no system. What happened before the year began is taken over from a register."""

    kind: str
    id: str
    chance: random.Random
    network: Network
    begins: date
    voice: str
    _drafts: list[_Draft] = field(default_factory=list)
    _practitioners: dict[str, str] = field(default_factory=dict)

    def tell(self, by: str, type_: str, on: date, *, late: int = 0, by_day: bool = False, **fields: Any) -> EntryOf:
        """`late` are the days after which it is told; `by_day`: only the day is known."""
        speaker = by if self.network.connected(by) else self.voice
        act_id = new_id(self.chance)
        act: dict[str, Any] = {"type": type_, self.kind: self.id, "act_id": act_id}
        act["practitioner"] = self._practitioner(speaker)
        if speaker != by:
            act |= {"on_behalf_of": by, "evidence": self.chance.choice(EVIDENCE)}
        if on < self.begins:
            act["imported_from"] = OLD_REGISTER
        self._drafts.append(_Draft(on, speaker, act | fields, late, by_day or on < self.begins))
        return EntryOf(act_id)

    def new_id(self) -> str:
        return new_id(self.chance)

    def cut(self, after: date) -> None:
        """Nothing of what was to happen after that day does."""
        self._drafts = [draft for draft in self._drafts if draft.on <= after]

    def steps(self, ends: date) -> list[Step]:
        """In the order in which they are told; what would be told after the last day is not told."""
        found = sorted(self._placed(), key=attrgetter("at"))
        end = datetime.combine(ends, time(), UTC)
        return list(_numbered(step for step in found if step.at < end))

    def _placed(self) -> Iterator[Step]:
        """Each at an hour of its day, and told soon after: never before what happened before it."""
        told = datetime.combine(self.begins, time(8), UTC)
        if self.kind == "case":
            told += timedelta(days=4, minutes=self.chance.randrange(480))
        for day, drafts in groupby(sorted(self._drafts, key=attrgetter("on")), key=attrgetter("on")):
            happened = datetime.combine(day, time(7, 30), UTC) + timedelta(minutes=self.chance.randrange(420))
            for draft in drafts:
                happened += timedelta(minutes=self.chance.randint(2, 20))
                occurred = day.isoformat() if draft.by_day else happened.isoformat()
                at = max(told, self._told(happened, draft.late))
                told = told if draft.late else at
                yield Step(at, draft.by, {**draft.act, "occurred_at": occurred})

    def _told(self, happened: datetime, late: int) -> datetime:
        """Mostly the same day, often the next, now and then after some days; of a case always on a working day."""
        soon = happened + timedelta(minutes=self.chance.randint(3, 120))
        if self.kind != "case":
            return soon
        day = days_on(happened.date(), late or self.chance.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 5)))
        return datetime.combine(working_from(day), soon.time(), UTC)

    def _practitioner(self, speaker: str) -> str:
        known = self._practitioners.get(speaker)
        if known is None:
            known = self.chance.choice(self.network.by_short[speaker].practitioners)
            self._practitioners[speaker] = known
        return known


def _numbered(steps: Iterator[Step]) -> Iterator[Step]:
    """With versions where acts are meant; an act about one that was not told yet is not told."""
    versions: dict[str, int] = {}
    for step in steps:
        act = _resolved(step.act, versions)
        if act.get("entry", act.get("change", 0)) is not None:
            versions[act["act_id"]] = len(versions) + 1
            yield Step(step.at, step.organisation, act)


def _resolved(value: Any, versions: Mapping[str, int]) -> Any:
    match value:
        case EntryOf(act_id=act_id):
            return versions.get(act_id)
        case dict():
            return {name: _resolved(each, versions) for name, each in value.items()}
        case list():
            return [each for each in (_resolved(v, versions) for v in value) if each is not None]
        case _:
            return value
