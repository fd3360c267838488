"""What a sequence of obligations is about, in plain facts: one placement, one referral, one plan.

Facts may be told in any order and late; `known` puts them in the order of time and cuts them at a day.
`entry` is the version on the record of the entry that says it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple, TypeVar

from domain.calendar import Closure, later
from domain.facts import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    on: date
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Fact):
    """What was due was done, such as a meeting that was held.

    `present` are roles as they were on that day. `awaits` are those who have to attest it, `on_evidence` those of them
    for whom evidence stands instead. `names` are keys of obligations that it fulfils although before their window.
    `one_sided`: one account has told it for all who took part.
    """

    present: frozenset[str] = frozenset()
    awaits: frozenset[str] = frozenset()
    on_evidence: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    one_sided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(Fact):
    """It was not held. Without a name it is about what was due on that day; earlier than due it says nothing yet."""

    names: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Fact):
    """It need not be held. Without a name it is about what was expected on that day."""

    names: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(Fact):
    """From the day `on`; on the day `until` it goes on again."""

    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Fact):
    """`by` is what ended, such as the placement or the case; death and transfer lapse what was late, too."""

    by: str = "placement-ended"
    also_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Fact):
    """From the day `on` it was planned to last until `end`."""

    end: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested(Fact):
    """`by` attests the meeting of the entry `of`."""

    of: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested(Fact):
    of: int
    by: str


F = TypeVar("F", bound=Fact)
N = TypeVar("N", Missed, Waived)


class Known(NamedTuple):
    """The facts up to a day, in the order of time whatever the order of their reports; some by the name they say."""

    held: tuple[Held, ...]
    missed: Mapping[str, tuple[Missed, ...]]
    waived: Mapping[str, tuple[Waived, ...]]
    suspended: tuple[Suspended, ...]
    ended: tuple[Ended, ...]
    planned: tuple[Planned, ...]
    reach: tuple[date, ...]
    """Of each plan, the last day of it and of those after it; no end is the last day of all."""
    words: Mapping[int, Mapping[str, Attested | Contested]]

    def said_of(self, held: Held) -> dict[str, Attested | Contested]:
        """The last word of each about the meeting of that day, whichever telling of it they spoke of."""
        tellings = between(self.held, held.on, later(held.on, 1))
        words = (w for h in tellings for w in self.words.get(h.entry, {}).values())
        return {w.by: w for w in sorted(words, key=_doubt_last)}

    def planned_to_reach(self, due: date, since: date) -> bool:
        """Whether any plan that was in force from that day on lasts until the due date; no plan is no end."""
        first = max(0, bisect_right(self.planned, since, key=_on) - 1)
        return not self.planned or self.reach[first] >= due


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """`goes_on_from` is the meeting before the start, where a job only goes on after an internship at the same host.

    `foreseen` shows what will be due although it has not begun. `closures` are those of the host.
    """

    start: date
    entry: int
    subject: str = ""
    goes_on_from: date | None = None
    foreseen: bool = False
    facts: tuple[Fact, ...] = ()
    closures: tuple[Closure, ...] = ()

    def known(self, as_of: date) -> Known:
        facts = [f for f in self.facts if f.on <= as_of]
        words: dict[int, dict[str, Attested | Contested]] = {}
        for word in sorted((f for f in facts if isinstance(f, Attested | Contested)), key=_doubt_last):
            words.setdefault(word.of, {})[word.by] = word
        planned = tuple(sorted(_of(Planned, facts), key=_longest_last))
        return Known(
            tuple(sorted(_of(Held, facts), key=_fullest_first)),
            _named(_of(Missed, facts)),
            _named(_of(Waived, facts)),
            _joined(sorted(cut(_of(Suspended, facts), as_of), key=_by_time)),
            tuple(sorted(_of(Ended, facts), key=lambda e: (e.on, not e.also_late, e.entry))),
            planned,
            tuple(accumulate((p.end or date.max for p in reversed(planned)), max))[::-1],
            words,
        )


def _of(kind: type[F], facts: list[Fact]) -> list[F]:
    return [f for f in facts if isinstance(f, kind)]


def _by_time(fact: Fact) -> tuple[date, int]:
    return fact.on, fact.entry


def _fullest_first(held: Held) -> tuple[object, ...]:
    """Of a meeting told by two, the telling with most people present counts, whichever came first."""
    return held.on, -len(held.present), sorted(held.present), sorted(held.awaits), sorted(held.on_evidence), held.entry


def _doubt_last(word: Attested | Contested) -> tuple[date, bool, int]:
    return word.on, isinstance(word, Contested), word.entry


def _longest_last(planned: Planned) -> tuple[date, date, int]:
    return planned.on, planned.end or date.max, planned.entry


def cut(suspensions: Iterable[Suspended], as_of: date) -> tuple[Suspended, ...]:
    """Those that had begun by that day; what ends later has no end yet."""
    begun = (s for s in suspensions if s.on <= as_of)
    return tuple(replace(s, until=None) if s.until and s.until > as_of else s for s in begun)


def cut_in_order(suspensions: Sequence[Suspended], as_of: date) -> Sequence[Suspended]:
    """The same for those that are joined and in order, of which the last alone may end later."""
    begun = suspensions[: bisect_right(suspensions, as_of, key=_on)]
    last = begun[-1] if begun else None
    if last and last.until and last.until > as_of:
        return (*begun[:-1], replace(last, until=None))
    return begun


def between(facts: Sequence[F], since: date, before: date) -> Sequence[F]:
    """Those of that time; the facts stand in the order of time."""
    return facts[bisect_left(facts, since, key=_on) : bisect_left(facts, before, key=_on)]


def _on(fact: Fact) -> date:
    return fact.on


def _named(facts: Sequence[N]) -> Mapping[str, tuple[N, ...]]:
    named: dict[str, list[N]] = {}
    for fact in sorted(facts, key=_by_time):
        named.setdefault(fact.names, []).append(fact)
    return {name: tuple(of_name) for name, of_name in named.items()}


def _joined(suspensions: Iterable[Suspended]) -> tuple[Suspended, ...]:
    """Those that overlap as one: the case may be suspended while the placement is."""
    joined: list[Suspended] = []
    for each in suspensions:
        before = joined[-1] if joined else None
        if each.until and each.until <= each.on:
            continue
        if before is None or (before.until and before.until < each.on):
            joined.append(each)
        elif before.until:
            joined[-1] = replace(before, until=each.until and max(before.until, each.until))
    return tuple(joined)
