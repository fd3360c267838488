"""What falls due in one matter, under the rules as they were in force, as of a day.

A chain of rules makes a sequence: the joint monitoring first, then reviews again and again. Each obligation has a time
of its own, which ends when the window of the next one opens (or, where it has none, when the next falls due). What is
held in that time fulfils it; what was not held by then is missed. So no meeting counts twice, no two obligations of a
sequence are open at once, and the order of the reports does not matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import islice

from domain.calendar import Calendar, Closures, later
from domain.clock import Anchor, Clock, Dates, ruled_on
from domain.facts import dataclass, replace
from domain.horizon import SEQUENCE
from domain.matter import Contested, Ended, F, Held, Known, Matter, Missed, Waived, between
from domain.obligation import Obligation, State
from domain.rulebook import Ruled

Chain = Sequence[tuple[Ruled, ...]]
"""The editions of each rule of a sequence, the first rule first; see `Rulebook.chain_of`."""


def obligations(
    chain: Chain, matter: Matter, as_of: date, calendars: Mapping[str, Calendar] | None = None
) -> tuple[Obligation, ...]:
    """All that the matter ever asked for up to that day, in order; only the last may still be expected.

    At most `SEQUENCE` of them: if so many are there and none is expected, those that follow are not counted.
    """
    if matter.start > as_of and not matter.foreseen:
        return ()
    cadence = _Cadence(chain, matter, matter.known(as_of), as_of, calendars or {})
    return tuple(islice(cadence.sequence(), SEQUENCE))


@dataclass(frozen=True, slots=True)
class _Step:
    """The next obligation to be judged: the `number`th of the rule at that `place` of the chain.

    It is there since the day `made`. What is told from the day `own` on belongs to it, and nothing as long as that day
    is not known.
    """

    place: int
    number: int
    anchor: Anchor
    made: date
    own: date | None
    entry: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """`following` is there as soon as this one is resolved; `closed` is the day since which no rule touches it."""

    obligation: Obligation
    closed: date | None = None
    following: _Step | None = None


@dataclass(frozen=True)
class _Cadence:
    chain: Chain
    matter: Matter
    known: Known
    as_of: date
    calendars: Mapping[str, Calendar]

    def sequence(self) -> Iterator[Obligation]:
        step = self._first()
        while step is not None:
            judged = self._under_the_rules(step)
            if judged is None:
                return
            yield judged.obligation
            step = judged.following

    def _first(self) -> _Step | None:
        start, goes_on = self.matter.start, self.matter.goes_on_from
        for place in range(len(self.chain)):
            clock = self._clock(place, start)
            if clock is None or (goes_on and not clock.timer.repeats):
                continue
            anchor = Anchor(start, start.day)
            if goes_on and clock.base(before := Anchor(goes_on, goes_on.day)) >= start:
                anchor = before
            return _Step(place, 1, anchor, start, start if goes_on else date.min, self.matter.entry)
        return None

    def _under_the_rules(self, step: _Step) -> _Judged | None:
        """Under the edition in force on the day of the anchor, and under later ones that touch what they find open."""
        day = max(step.anchor.day, self.matter.start)
        clock = self._clock(step.place, day)
        judged = self._judge(step, clock) if clock else None
        for newer in self.chain[step.place]:
            if judged is None or (judged.closed and judged.closed < newer.since):
                break
            if day < newer.since <= self.as_of and (clock := self._clock_of(newer)) and clock.timer.touches_open:
                judged = self._judge(step, clock) or judged
        return judged

    def _judge(self, step: _Step, clock: Clock) -> _Judged | None:
        end = next((e for e in self.known.ended if e.by in clock.timer.ends_with), None)
        last = end.on if end else self.as_of
        clock = clock.as_on(last)
        dates = clock.dates(step.anchor)
        if (end and end.on <= step.made) or not self.known.planned_to_reach(dates.base, step.made):
            return None
        border = self._border(step, clock, dates, last)
        own = _Own(f"{clock.rule}/{step.number}", clock, step.anchor, step.own, border, last)
        if held := own.fulfilled(self.known):
            # What was suspended then and went on later does not move what was held already.
            dates = clock.as_on(held.on).dates(step.anchor)
            due = clock.next_anchor(dates, step.anchor)
            keep = due.keep if held.on == dates.original else held.on.day
            following = self._following(step, clock, due, Anchor(held.on, keep))
            following = following and replace(following, made=held.on, own=later(held.on, 1), entry=held.entry)
            return _Judged(self._held(self._expected(step, clock, dates), held), held.on, following)
        expected = self._expected(step, clock, dates)
        crossed = border if border and border <= self.as_of and (end is None or border < end.on) else None
        waived, missed = own.waived(self.known), own.missed(self.known)
        if (told := [*waived, *missed]) or crossed:
            since = max(step.made, min([f.on for f in told] + ([crossed] if crossed else [])))
            due = clock.next_anchor(dates, step.anchor)
            following = self._following(step, clock, due, due)
            entry = told[0].entry if told else None
            following = following and replace(following, made=since, own=border, entry=entry or step.entry)
            state: State = "waived" if waived else "missed"
            return _Judged(replace(expected, state=state, resolved_by=entry), since, following)
        if end:
            return _Judged(_ended(expected, end), end.on)
        return _Judged(expected)

    def _expected(self, step: _Step, clock: Clock, dates: Dates) -> Obligation:
        state: State = "late"
        if dates.left is not None:
            state = "suspended"
        elif self.as_of < dates.opens:
            state = "upcoming"
        elif self.as_of <= dates.latest:
            state = "open"
        return Obligation(
            subject=self.matter.subject,
            rule=clock.rule,
            number=step.number,
            edition=clock.edition,
            calendar=clock.calendar.name,
            calendar_edition=clock.calendar.edition,
            made_by=step.entry,
            anchor=step.anchor.day,
            original=dates.original,
            due=dates.due,
            opens=dates.opens,
            latest=dates.latest,
            state=state,
            left=dates.left,
            convenes=clock.timer.convenes,
            needed=clock.timer.needed,
            merges_with=clock.timer.merges_with,
        )

    def _held(self, expected: Obligation, held: Held) -> Obligation:
        state, silent = self._word(held)
        return replace(
            expected,
            state=state,
            left=None,
            resolved_by=held.entry,
            held=held.on,
            timing="early" if held.on < expected.opens else "on-time" if held.on <= expected.latest else "late",
            lacking=tuple(role for role in expected.needed if role not in held.present),
            silent=silent,
            one_sided=held.one_sided,
        )

    def _word(self, held: Held) -> tuple[State, tuple[str, ...]]:
        """What those who have to attest it say of it, each by their last word, and whose word is wanted."""
        words = self.known.said_of(held)
        silent = held.awaits - words.keys()
        if any(isinstance(w, Contested) for w in words.values()):
            return "contested", ()
        if wanted := silent - held.on_evidence:
            return "waiting-for-attestation", tuple(sorted(wanted))
        return "fulfilled-on-evidence" if silent else "fulfilled", ()

    def _following(self, step: _Step, clock: Clock, due: Anchor, held: Anchor) -> _Step | None:
        place = self._place_after(step, clock)
        if place is None:
            return None
        if place != step.place:
            return replace(step, place=place, number=1, anchor=held)
        return replace(step, number=step.number + 1, anchor=due if clock.timer.anchor == "start" else held)

    def _place_after(self, step: _Step, clock: Clock) -> int | None:
        if clock.timer.repeats:
            return step.place
        return step.place + 1 if step.place + 1 < len(self.chain) else None

    def _border(self, step: _Step, clock: Clock, dates: Dates, last: date) -> date | None:
        """The day from which on what is held belongs to the one that follows if this one is not held."""
        place = self._place_after(step, clock)
        following = self._clock(place, dates.original) if place is not None else None
        if following is None or dates.left is not None:
            return None
        anchor = clock.next_anchor(dates, step.anchor)
        after = later(dates.latest, 1)
        following = following.as_on(last)
        opens = following.takes_over(anchor) if self.known.planned_to_reach(following.base(anchor), after) else None
        return max(opens, after) if opens else None

    def _clock(self, place: int, day: date) -> Clock | None:
        ruled = ruled_on(self.chain[place], day)
        return self._clock_of(ruled) if ruled else None

    def _clock_of(self, ruled: Ruled) -> Clock | None:
        rule = ruled.rule
        if rule is None or rule.timer is None or rule.number is None or rule.number < rule.timer.repeats:
            return None
        calendar = self.calendars.get(rule.timer.calendar or "", Calendar())
        closures, suspended = self._closures, self.known.suspended
        return Clock(rule.id, ruled.edition, ruled.since, rule.number, rule.timer, calendar, closures, suspended)

    @cached_property
    def _closures(self) -> Closures:
        closures = self.matter.closures
        return closures if isinstance(closures, Closures) else Closures(closures)


@dataclass(frozen=True, slots=True)
class _Own:
    """What belongs to one obligation: told in the time of its own, or naming it."""

    key: str
    clock: Clock
    anchor: Anchor
    since: date | None
    border: date | None
    last: date

    def fulfilled(self, known: Known) -> Held | None:
        return next((h for h in self._in_time(known.held) if self.key in h.names or self._opened(h.on)), None)

    def waived(self, known: Known) -> list[Waived]:
        named = (w for w in known.waived.get(self.key, ()) if w.on <= self.last)
        return [*named, *self._in_time(known.waived.get("", ()))]

    def missed(self, known: Known) -> list[Missed]:
        named = (m for m in known.missed.get(self.key, ()) if m.on <= self.last)
        return [*named, *(m for m in self._in_time(known.missed.get("", ())) if self._was_due(m.on))]

    def _in_time(self, facts: Sequence[F]) -> Sequence[F]:
        after = later(self.last, 1)
        return between(facts, self.since, min(self.border or after, after)) if self.since else ()

    def _opened(self, on: date) -> bool:
        return self.clock.as_on(on).dates(self.anchor).opens <= on

    def _was_due(self, on: date) -> bool:
        dates = self.clock.as_on(on).dates(self.anchor)
        return dates.left is None and dates.original <= on


def _ended(expected: Obligation, end: Ended) -> Obligation:
    gone = expected.latest < end.on and expected.left is None and not end.also_late
    return replace(expected, state="missed" if gone else "lapsed", left=None, resolved_by=end.entry)
