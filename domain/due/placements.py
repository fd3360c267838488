"""What falls due on the placements of a case: joint meetings, the final evaluation, follow-ups."""

from collections.abc import Iterator
from dataclasses import field
from datetime import date
from functools import cached_property
from uuid import UUID

from domain.case.placement import (
    INTERNSHIP,
    JOBS,
    FinalEvaluationShared,
    FollowUpMade,
    PersonHired,
    PlacementAgreed,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementSuspended,
)
from domain.case.placements import Placement
from domain.due.meetings import met, waived
from domain.due.parties import parties
from domain.due.told import Told, day_of, ended, for_channel
from domain.due.words import attestations, on_one_side
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.horizon import PLACEMENTS
from domain.matter import Ended, Fact, Held, Matter, Planned, Suspended
from domain.obligation import Obligation, last_meeting


@dataclass(frozen=True)
class Placed:
    """One placement; `facts` is everything that may resolve its meetings. `all` are those of its case."""

    told: Told
    id: UUID
    placement: Placement
    all: "list[Placed]" = field(repr=False, compare=False)

    def due(self) -> Iterator[Obligation]:
        yield from self.joint
        yield from self._evaluation()
        yield from self._follow_ups()

    @cached_property
    def joint(self) -> tuple[Obligation, ...]:
        """The joint meetings of a placement that has begun."""
        if self.started is None:
            return ()
        on, entry = self.started
        matter = self._matter(on, entry, self.facts, self._goes_on_from(on))
        rules = self.told.rulebook.rules("placement-started", "meeting-held")
        return tuple(each for rule in rules for each in self._asked(rule, matter))

    def _evaluation(self) -> Iterator[Obligation]:
        if self.ended is None:
            return
        shared = [e for a, e in self.told.of(FinalEvaluationShared) if self._means(a.placement)]
        held = [self._shared(each, shared) for each in shared]
        facts = (*self._final, *waived(self.told, self.id), *held)
        for rule in self.told.rulebook.rules("placement-ended", "final-evaluation-shared"):
            yield from self._asked(rule, self._matter(self.ended.on, self.ended.entry, facts))

    def _shared(self, entry: Entry, all_: list[Entry]) -> Held:
        """With those whose word is still wanted, where one account has shared it with itself, or none of the sides."""
        roles, done = parties(self.told, self.placement, entry.occurred), _done(entry, {"sender", "host"})
        sides = frozenset().union(*roles.values())
        own = any(each.organisation in sides for each in all_) or any(attestations(self.told, all_, sides))
        if own and not on_one_side(self.told, roles, all_):
            return done
        return replace(done, awaits=sides - {entry.organisation}, one_sided=True)

    def _follow_ups(self) -> Iterator[Obligation]:
        """After the end, or after the hire where the placement goes over into a job and no end is told."""
        begun = self.ended or self._hired
        if begun is None:
            return
        made = [(a.months, e) for a, e in self.told.of(FollowUpMade) if self._means(a.placement)]
        for rule in self.told.rulebook.rules("placement-ended", "follow-up-made"):
            chain = self.told.rulebook.editions_of(rule)
            months = {r.rule.number for r in chain if r.rule}
            held = [_done(entry, set(), f"{rule}/1") for number, entry in made if number in months]
            facts = (*self._final, *waived(self.told, self.id), *held)
            yield from self._asked(rule, self._matter(begun.on, begun.entry, facts))

    @cached_property
    def started(self) -> tuple[date, int] | None:
        told = [(a.started, e.originator_version) for a, e in self.told.of_placement(PlacementStarted, self.id)]
        return None if self.placement.cancelled or not told else told[-1]

    @cached_property
    def ended(self) -> Ended | None:
        told = [
            ended(a.ended, e.originator_version, "placement-ended", a.reason_class)
            for a, e in self.told.of_placement(PlacementEnded, self.id)
        ]
        return None if self.placement.cancelled or not told else told[-1]

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        ends = (self.ended,) if self.ended else ()
        about = (*met(self.told, self.id, self.placement), *waived(self.told, self.id))
        return (*self.told.course, *ends, *self._plans(), *self._pauses(), *about)

    @property
    def _final(self) -> tuple[Fact, ...]:
        """What ends even what comes after the placement."""
        return (*self.told.course, *((self.ended,) if self.ended and self.ended.also_late else ()))

    @property
    def _hired(self) -> Ended | None:
        hired = self.told.of_placement(PersonHired, self.id)
        return next((Ended(on=a.hired_from, entry=e.originator_version) for a, e in hired), None)

    def _plans(self) -> Iterator[Planned]:
        for agreed, entry in self.told.of_placement(PlacementAgreed, self.id):
            on = min(day_of(entry), self.started[0] if self.started else date.max)
            yield Planned(on=on, entry=entry.originator_version, end=agreed.ends)
        for extended, entry in self.told.of_placement(PlacementExtended, self.id):
            yield Planned(on=day_of(entry), entry=entry.originator_version, end=extended.ends)

    def _pauses(self) -> Iterator[Suspended]:
        told = self.told.of_placement(PlacementSuspended, self.id)
        entries = {a.suspended: e.originator_version for a, e in told}
        for pause in self.placement.pauses:
            yield Suspended(on=pause.since, until=pause.until, entry=entries.get(pause.since, self.placement.agreed))

    def _goes_on_from(self, on: date) -> date | None:
        """A job after an internship at the same host goes on in its rhythm."""
        if self.placement.channel not in JOBS or self.placement.host is None:
            return None
        before = [p for p in self.all if p.id != self.id and p.placement.host == self.placement.host]
        over = [(p.ended.on, str(p.id), p) for p in before if p.ended and p.placement.channel == INTERNSHIP]
        last = max((each for each in over if each[0] <= on), default=None)
        return min(on, last_meeting(last[2].joint) or on) if last else None

    def _means(self, placement: UUID | None) -> bool:
        return placement == self.id or (placement is None and len(self.told.case.path.placements.by_id) == 1)

    def _matter(self, on: date, entry: int, facts: tuple[Fact, ...], goes_on_from: date | None = None) -> Matter:
        return Matter(
            start=on,
            entry=entry,
            subject=str(self.id),
            goes_on_from=goes_on_from,
            facts=facts,
            closures=self.told.closures(self.placement.host or ""),
        )

    def _asked(self, rule: str, matter: Matter) -> tuple[Obligation, ...]:
        chain = for_channel(self.told.rulebook.chain_of(rule), self.placement.channel)
        return self.told.asked(chain, matter, self.placement.host)


def placed(told: Told) -> list[Placed]:
    """Those of the case, in the order in which they were agreed; of very many, those that were agreed last."""
    known = sorted(told.case.path.placements.by_id.items(), key=lambda p: (p[1].agreed, str(p[0])))
    told.cut_short.update(str(id_) for id_, _ in known[:-PLACEMENTS])
    found: list[Placed] = []
    found += (Placed(told, id_, placement, found) for id_, placement in known[-PLACEMENTS:])
    return found


def _done(entry: Entry, present: set[str], *names: str) -> Held:
    return Held(on=day_of(entry), entry=entry.originator_version, present=frozenset(present), names=frozenset(names))
