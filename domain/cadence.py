"""What falls due in one matter, under the rules as they were in force, as of a day.

A chain of rules makes a sequence: the joint monitoring first, then reviews again and again. Each obligation has a time of
its own, which ends when the window of the next one opens (or, where it has none, when the next falls due). What is
held in that time fulfils it; what was not held by then is missed. So no meeting counts twice, no two obligations of
a sequence are open at once, and the order of the reports does not matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.calendar import Calendar, later
from domain.matter import Contested, Ended, Held, Known, Matter
from domain.obligation import Obligation, State, Timing
from domain.rulebook import Rule, Ruled, Timer

Chain = Sequence[tuple[Ruled, ...]]
"""The editions of each rule of a sequence, the first rule first; see `Rulebook.editions_of`."""

UNKNOWN = Calendar()


def obligations(
    chain: Chain, matter: Matter, as_of: date, calendars: Mapping[str, Calendar] | None = None
) -> tuple[Obligation, ...]:
    """All that the matter ever asked for up to that day, in order; only the last may still be expected."""
    if matter.start > as_of and not matter.foreseen:
        return ()
    return tuple(_Cadence(chain, matter, matter.known(as_of), as_of, calendars or {}).sequence())


def in_force(editions: Sequence[Ruled], day: date) -> Ruled | None:
    """What an edition says of the rule on that day, if it sets a time."""
    last = next((r for r in reversed(editions) if r.since <= day), None)
    return last if last and _timed(last) else None


@dataclass(frozen=True, slots=True)
class _Step:
    """The next obligation to be judged: the `number`th of the rule at that `place` of the chain.

    Counted from `anchor`, whose day of the month is `keep`; there since the day `made`. What is told from the day `own`
    on belongs to it, nothing as long as that day is not known.
    """

    place: int
    number: int
    anchor: date
    keep: int
    made: date
    own: date | None
    entry: int


@dataclass(frozen=True, slots=True)
class _Dates:
    base: date
    original: date
    due: date
    opens: date
    latest: date
    left: int | None


@dataclass(frozen=True, slots=True)
class _Judged:
    obligation: Obligation
    next_anchor: tuple[date, int]
    since: date | None
    """Since when the next one is there."""
    next_own: date | None = None
    next_entry: int = 0


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
            judged = self._under_the_rule(step)
            if judged is None:
                return
            yield judged.obligation
            step = self._next(step, judged)

    def _first(self) -> _Step | None:
        start, goes_on = self.matter.start, self.matter.goes_on_from
        for place, editions in enumerate(self.chain):
            ruled = in_force(editions, start)
            if ruled is None or (goes_on and not _timer(ruled).repeats):
                continue
            own = date.min
            anchor = start
            if goes_on:
                own = start
                due = self._base(ruled, goes_on, goes_on.day)
                anchor = goes_on if due >= start else start
            return _Step(place, 1, anchor, anchor.day, start, own, self.matter.entry)
        return None

    def _under_the_rule(self, step: _Step) -> _Judged | None:
        """Under the edition in force on the anchor's day; one that touches open obligations takes over those it finds open."""
        editions = self.chain[step.place]
        ruled = in_force(editions, max(step.anchor, self.matter.start))
        if ruled is None:
            return None
        judged = self._judge(step, ruled)
        for newer in editions:
            if judged is None or not ruled.since < newer.since <= self.as_of or newer.since <= step.anchor:
                continue
            if judged.since is not None and judged.since < newer.since:
                break
            if _timed(newer) and _timer(newer).touches_open:
                judged = self._judge(step, newer)
        return judged

    def _judge(self, step: _Step, ruled: Ruled) -> _Judged | None:
        dates = self._dates(ruled, step)
        end = self._end(ruled)
        if (end and end.on <= step.made) or not self.known.planned_to_reach(dates.base, step.made):
            return None
        timer = _timer(ruled)
        key = f"{_rule(ruled).id}/{step.number}"
        last = end.on if end else self.as_of
        border = self._border(step, ruled, dates)
        crossed = border if border and border <= self.as_of and (end is None or border < end.on) else None

        def its_own(on: date) -> bool:
            return step.own is not None and step.own <= on <= last and (border is None or on < border)

        held = next((h for h in self.known.held if its_own(h.on) and (h.on >= dates.opens or key in h.names)), None)
        waived = [w for w in self.known.waived if (w.names == key and w.on <= last) or (not w.names and its_own(w.on))]
        missed = [
            m
            for m in self.known.missed
            if (m.names == key and m.on <= last) or (not m.names and m.on >= dates.original and its_own(m.on))
        ]
        obligation = Obligation(
            subject=self.matter.subject,
            rule=_rule(ruled).id,
            number=step.number,
            edition=ruled.edition,
            calendar=(calendar := self._calendar(timer)).name,
            calendar_edition=calendar.edition,
            made_by=step.entry,
            anchor=step.anchor,
            original=dates.original,
            due=dates.due,
            opens=dates.opens,
            latest=dates.latest,
            state=self._pending(dates),
            convenes=timer.convenes,
            needed=timer.needed,
            merges_with=timer.merges_with,
        )
        if held:
            obligation = replace(
                obligation,
                state=self._word(held),
                resolved_by=held.entry,
                held=held.on,
                timing=_timing(held.on, dates),
                lacking=tuple(role for role in timer.needed if role not in held.present),
            )
            keep = step.keep if timer.counts == "calendar-months" and held.on == dates.base else held.on.day
            return _Judged(obligation, (held.on, keep), held.on, later(held.on, 1), held.entry)
        told = [*waived, *missed]
        keep = step.keep if timer.counts == "calendar-months" and dates.original == dates.base else dates.original.day
        due = (dates.original, keep)
        if told or crossed:
            by = told[0] if told else None
            obligation = replace(
                obligation, state="waived" if waived else "missed", resolved_by=by.entry if by else None
            )
            since = min([f.on for f in told] + ([crossed] if crossed else []))
            return _Judged(obligation, due, max(since, step.made), border, by.entry if by else step.entry)
        if end:
            gone = dates.latest < end.on and not end.also_late
            obligation = replace(obligation, state="missed" if gone else "lapsed", resolved_by=end.entry)
        elif dates.left is not None:
            obligation = replace(obligation, state="suspended", left=dates.left)
        return _Judged(obligation, due, None)

    def _next(self, step: _Step, judged: _Judged) -> _Step | None:
        ahead = self._ahead(step)
        if judged.since is None or ahead is None:
            return None
        place, number = ahead
        anchor, keep = judged.next_anchor
        if judged.obligation.held and self._keeps_rhythm(step, place):
            anchor, keep = judged.obligation.original, step.keep
        return _Step(place, number, anchor, keep, judged.since, judged.next_own, judged.next_entry)

    def _ahead(self, step: _Step) -> tuple[int, int] | None:
        """The place in the chain and the number of the one that follows."""
        ruled = in_force(self.chain[step.place], max(step.anchor, self.matter.start))
        if ruled and _timer(ruled).repeats:
            return step.place, step.number + 1
        return (step.place + 1, 1) if step.place + 1 < len(self.chain) else None

    def _keeps_rhythm(self, step: _Step, place: int) -> bool:
        ruled = in_force(self.chain[place], step.anchor)
        return place == step.place and ruled is not None and _timer(ruled).anchor == "start"

    def _border(self, step: _Step, ruled: Ruled, dates: _Dates) -> date | None:
        """The day from which on what is held belongs to the next one, as it is counted if this one is not held."""
        ahead = self._ahead(step)
        following = in_force(self.chain[ahead[0]], dates.original) if ahead else None
        if ahead is None or following is None or dates.left is not None:
            return None
        months = _timer(ruled).counts == "calendar-months" and dates.original == dates.base
        base = self._base(following, dates.original, step.keep if months else dates.original.day)
        if not self.known.planned_to_reach(base, later(dates.latest, 1)):
            return None
        earliest = _timer(following).earliest
        border = base if earliest is None else later(base, -earliest)
        for since, until in self._stops(_timer(following), dates.original):
            if since > border:
                break
            if until is None:
                return None
            border = self._moved(border, since, until, following, earliest or 0)
        return max(border, later(dates.latest, 1))

    def _dates(self, ruled: Ruled, step: _Step) -> _Dates:
        timer = _timer(ruled)
        base = original = self._base(ruled, step.anchor, step.keep)
        opens = step.anchor if timer.earliest is None else later(base, -timer.earliest)
        left = None
        for since, until in self._stops(timer, step.anchor):
            if since > self._latest(timer, original):
                break  # it was late already
            if until is None:
                left = max(0, (original - since).days)
                break
            if since <= opens and timer.earliest is not None:
                opens = self._moved(opens, since, until, ruled, timer.earliest)
            original = self._moved(original, since, until, ruled, 0)
        due = self._rolled(timer, original)
        return _Dates(base, original, due, opens, later(due, timer.latest), left)

    def _moved(self, point: date, since: date, until: date, ruled: Ruled, earliest: int) -> date:
        """Where a point of time comes to lie by a suspension: what was left then is left when it goes on."""
        timer = _timer(ruled)
        if timer.on_suspension == "restart":
            return later(self._base(ruled, until, until.day), -earliest)
        if timer.counts == "working-days":
            calendar = self._calendar(timer)
            return calendar.count(until, calendar.working_days(since, point), "working-days")
        return later(until, max(0, (point - since).days))

    def _stops(self, timer: Timer, anchor: date) -> Iterator[tuple[date, date | None]]:
        """From when to when the clock stands still, after the anchor."""
        for each in self.known.suspended if timer.on_suspension != "none" else ():
            if each.until is None or each.until > anchor:
                yield max(each.on, anchor), each.until

    def _base(self, ruled: Ruled, anchor: date, keep: int) -> date:
        timer = _timer(ruled)
        return self._calendar(timer).count(anchor, _rule(ruled).number or 0, timer.counts, keep)

    def _rolled(self, timer: Timer, day: date) -> date:
        return self._calendar(timer).roll(day, timer.rolls, self.matter.closures)

    def _latest(self, timer: Timer, original: date) -> date:
        return later(self._rolled(timer, original), timer.latest)

    def _calendar(self, timer: Timer) -> Calendar:
        return self.calendars.get(timer.calendar or "", UNKNOWN)

    def _end(self, ruled: Ruled) -> Ended | None:
        return next((e for e in self.known.ended if e.by in _timer(ruled).ends_with), None)

    def _pending(self, dates: _Dates) -> State:
        if self.as_of < dates.opens:
            return "upcoming"
        return "open" if self.as_of <= dates.latest else "late"

    def _word(self, held: Held) -> State:
        """What those who have to attest it say of it, each by their last word."""
        words = self.known.words.get(held.entry, {})
        silent = held.awaits - words.keys()
        if any(isinstance(w, Contested) for w in words.values()):
            return "contested"
        if silent - held.on_evidence:
            return "waiting-for-attestation"
        return "fulfilled-on-evidence" if silent else "fulfilled"


def _timing(on: date, dates: _Dates) -> Timing:
    if on < dates.opens:
        return "early"
    return "on-time" if on <= dates.latest else "late"


def _timed(ruled: Ruled) -> bool:
    return bool(ruled.rule and ruled.rule.timer and (ruled.rule.number or 0) > 0)


def _rule(ruled: Ruled) -> Rule:
    assert ruled.rule is not None
    return ruled.rule


def _timer(ruled: Ruled) -> Timer:
    timer = _rule(ruled).timer
    assert timer is not None
    return timer
