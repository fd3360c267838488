"""What the acts that hold tell of, read once for all that may be due on a case."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar, cast
from uuid import UUID

from domain.cadence import Chain, obligations
from domain.calendar import Calendar, Closure, Closures, calendar, later
from domain.case import Case
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed, CaseSuspended
from domain.case.leaving import left_at
from domain.case.meeting import MeetingHeld
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.horizon import OF_CASE, SEQUENCE
from domain.matter import Ended, Fact, Matter, Suspended
from domain.network import Network
from domain.obligation import EXPECTED, Obligation
from domain.publication import Rule, Timer
from domain.rulebook import Rulebook, Ruled

A = TypeVar("A", bound=Act)

_FINAL = {"death": "person-died", "transferred": "case-transferred"}
"""Classes of a reason after which even what is late already need not be done."""


@dataclass(frozen=True)
class Told:
    """A case as of a day: nothing that happened after it counts.

    `turns` are later days on which what is told already changes what is due, collected while it is asked for; so are
    the subjects `cut_short`, whose obligations are too many to be counted to the end.
    """

    case: Case
    network: Network
    as_of: date
    turns: set[date] = field(default_factory=set)
    only: tuple[int, ...] | None = None
    """The versions of the entries that count, where only one thing of the case is asked for."""
    cut_short: set[str] = field(default_factory=set)
    _counted: list[int] = field(default_factory=lambda: [0])
    _by_kind: dict[type[Act], tuple[tuple[Act, Entry], ...]] = field(default_factory=dict)
    _by_placement: dict[type[Act], Mapping[UUID, Sequence[tuple[Act, Entry]]]] = field(default_factory=dict)
    _calendars: dict[str | None, Mapping[str, Calendar]] = field(default_factory=dict)
    _closures: dict[str, Closures] = field(default_factory=dict)
    _left: dict[str, date | None] = field(default_factory=dict)

    @cached_property
    def acts(self) -> tuple[tuple[Act, Entry], ...]:
        if self.only is None:
            held = self.case.effective()
        else:
            held = (found for version in self.only if (found := self.case.holds(version)))
        return tuple((act, entry) for act, entry in held if day_of(entry) <= self.as_of)

    def of(self, kind: type[A]) -> Iterator[tuple[A, Entry]]:
        if (known := self._by_kind.get(kind)) is None:
            known = self._by_kind[kind] = tuple(told for told in self.acts if isinstance(told[0], kind))
        return iter(cast("tuple[tuple[A, Entry], ...]", known))

    def of_placement(self, kind: type[A], placement: UUID) -> Iterator[tuple[A, Entry]]:
        """Those of acts with a `placement` that name this one."""
        if (known := self._by_placement.get(kind)) is None:
            found: dict[UUID, list[tuple[Act, Entry]]] = {}
            for act, entry in self.of(kind):
                found.setdefault(cast("Any", act).placement, []).append((act, entry))
            known = self._by_placement[kind] = found
        return iter(cast("Sequence[tuple[A, Entry]]", known.get(placement, ())))

    @cached_property
    def meetings(self) -> list[list[tuple[MeetingHeld, Entry]]]:
        """All that was told of each meeting, what was told first in front."""
        by_meeting = sorted(self.of(MeetingHeld), key=lambda t: (str(t[0].meeting), t[1].originator_version))
        return [list(group) for _, group in groupby(by_meeting, key=lambda t: t[0].meeting)]

    @cached_property
    def rulebook(self) -> Rulebook:
        return self.network.rulebook or Rulebook("")

    @cached_property
    def course(self) -> tuple[Fact, ...]:
        """When the case stood still and when it ended. Closed and taken up again, it only stood still."""
        facts: list[Fact] = []
        stopped: Fact | None = None
        turns = (CaseSuspended, CaseResumed, CaseClosed, CaseReopened)
        for act, entry in sorted((t for t in self.acts if isinstance(t[0], turns)), key=_in_time):
            on, version = day_of(entry), entry.originator_version
            match act:
                case CaseClosed(reason_class=reason):
                    if isinstance(stopped, Suspended):
                        facts.append(stopped)
                    stopped = ended(on, version, "case-closed", reason)
                case CaseSuspended() if stopped is None:
                    stopped = Suspended(on=on, entry=version)
                case CaseResumed() | CaseReopened() if stopped:
                    facts.append(Suspended(on=stopped.on, until=on, entry=stopped.entry))
                    stopped = None
                case _:
                    pass
        return (*facts, stopped) if stopped else tuple(facts)

    def asked(self, chain: Chain, matter: Matter, at: str | None) -> tuple[Obligation, ...]:
        """`at` is the organisation by whose calendar dates roll: that of its town."""
        if self._counted[0] >= OF_CASE:
            self.cut_short.add(matter.subject)
            return ()
        found = obligations(chain, matter, self.as_of, self._calendars_of(at))
        self._counted[0] += len(found)
        if len(found) == SEQUENCE and found[-1].state not in EXPECTED:
            self.cut_short.add(matter.subject)
        self.turns.update(day for day in (matter.start, *_days(matter.facts)) if day > self.as_of)
        self.turns.update(day for each in found if each.state in EXPECTED for day in _turns(each, self.as_of))
        return found

    def closures(self, host: str) -> Closures:
        if (known := self._closures.get(host)) is None:
            declared = self.network.organisation(host).closed
            known = self._closures[host] = Closures(Closure(*each) for each in declared)
        return known

    def left_on(self, organisation: str) -> date | None:
        """The day on which it left, if it had by then; None if it is there, or never was."""
        if organisation not in self._left:
            moment = left_at(self.case.path, organisation)
            day = moment.time.date() if moment else None
            self._left[organisation] = day if day and day <= self.as_of else None
        return self._left[organisation]

    def _calendars_of(self, organisation: str | None) -> Mapping[str, Calendar]:
        place = self.network.organisation(organisation).place if organisation else None
        if (known := self._calendars.get(place)) is None:
            published = self.rulebook.calendars.items()
            known = self._calendars[place] = {name: calendar(each, place) for name, each in published}
        return known

    def timer(self, obligation: Obligation) -> Timer | None:
        rule = self.rule(obligation.rule, obligation.edition)
        return rule.timer if rule else None

    def rule(self, id_: str, edition: int) -> Rule | None:
        return next((r.rule for r in self.rulebook.editions_of(id_) if r.edition == edition), None)


def day_of(entry: Entry) -> date:
    return entry.occurred.time.date()


def ended(on: date, entry: int, by: str, reason: str) -> Ended:
    """As the act says, or as its reason does where that is final."""
    return Ended(on=on, entry=entry, by=_FINAL.get(reason, by), also_late=reason in _FINAL)


def for_channel(chain: Chain, channel: str) -> Chain:
    """Without what the rules say of other channels only."""
    return [tuple(r if _asks(r, channel) else replace(r, rule=None) for r in editions) for editions in chain]


def _asks(ruled: Ruled, channel: str) -> bool:
    timer = ruled.rule.timer if ruled.rule else None
    return timer is None or not timer.channels or channel in timer.channels


def _days(facts: Iterable[Fact]) -> Iterator[date]:
    for fact in facts:
        yield fact.on
        if isinstance(fact, Suspended) and fact.until:
            yield fact.until


def _turns(obligation: Obligation, as_of: date) -> Iterator[date]:
    """When time alone moves it on. Of what is late, or stands still, the day is not looked for: it may be the next."""
    match obligation.state:
        case "upcoming":
            yield obligation.opens
        case "open":
            yield later(obligation.latest, 1)
        case _:
            yield later(as_of, 1)


def _in_time(told: tuple[Act, Entry]) -> tuple[date, int]:
    return day_of(told[1]), told[1].originator_version
