"""When each pair of organisations last spoke or met on a case, how, and how often."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from immutables import Map

from domain.case.assessment import VisitHeld
from domain.case.contact import ContactMade
from domain.case.meeting import MeetingHeld
from domain.entry import Act, Entry
from domain.facts import dataclass

Pair = tuple[str, str]
"""Two organisations in the order of their ids."""


class Touch(NamedTuple):
    """The last day, the channel on that day, and the number of contacts."""

    day: str
    channel: str
    times: int


@dataclass(frozen=True, slots=True)
class Pairs:
    by: Map[Pair, Touch] = Map()
    told: Map[tuple[object, Pair], None] = Map()
    """A meeting that two have told is one."""

    def after(self, act: Act, entry: Entry) -> "Pairs":
        match act:
            case ContactMade(with_organisation=str(other)) if other != entry.actor:
                return Pairs(_with(self.by, _pair(entry.actor, other), entry, act.channel, act.count), self.told)
            case MeetingHeld():
                return self._met(act.meeting, set(act.organisations), entry, "meeting")
            case VisitHeld():
                return self._met(entry.act_id, {act.host, *act.accompanied_by, entry.actor}, entry, "visit")
            case _:
                return self

    def _met(self, meeting: object, present: set[str], entry: Entry, channel: str) -> "Pairs":
        new = [pair for pair in combinations(sorted(present), 2) if (meeting, pair) not in self.told]
        by, told = self.by, self.told
        for pair in new:
            by, told = _with(by, pair, entry, channel, 1), told.set((meeting, pair), None)
        return Pairs(by, told) if new else self

    @property
    def text(self) -> str:
        """In one column of a board: a line a pair."""
        return "\n".join(f"{one} {other} {t.day} {t.channel} {t.times}" for (one, other), t in sorted(self.by.items()))


def pairs_in(text: str) -> Iterator[tuple[Pair, Touch]]:
    """What `Pairs.text` has written."""
    for line in text.splitlines():
        one, other, day, channel, count = line.split(" ")
        yield (one, other), Touch(day, channel, int(count))


def joined(one: Touch | None, other: Touch) -> Touch:
    """Of the same pair on two cases."""
    if one is None:
        return other
    last = max(one, other, key=lambda touch: touch.day)
    return last._replace(times=one.times + other.times)


def _with(by: Map[Pair, Touch], pair: Pair, entry: Entry, channel: str, count: int) -> Map[Pair, Touch]:
    day = entry.occurred.time.date().isoformat()
    before = by.get(pair)
    if before is None:
        return by.set(pair, Touch(day, channel, count))
    total = before.times + count
    return by.set(pair, Touch(day, channel, total) if before.day <= day else before._replace(times=total))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
