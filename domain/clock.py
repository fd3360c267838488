"""The dates that a rule in force sets: what it counts from an anchor, where that rolls, what suspensions do to it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from domain.calendar import Calendar, Closures, later
from domain.facts import dataclass, replace
from domain.matter import Suspended, cut_in_order
from domain.publication import Timer
from domain.rulebook import Ruled


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day from which is counted; `keep` is the day of the month that the first of them had."""

    day: date
    keep: int


@dataclass(frozen=True, slots=True)
class Dates:
    """`base` is as counted, `original` with what suspensions added, `due` rolled; the window is `opens` to `latest`.

    `left` are the days left where the clock stands still.
    """

    base: date
    original: date
    due: date
    opens: date
    latest: date
    left: int | None


@dataclass(frozen=True)
class Clock:
    rule: str
    edition: int
    since: date
    number: int
    timer: Timer
    calendar: Calendar
    closures: Closures
    suspended: Sequence[Suspended]

    def as_on(self, day: date) -> "Clock":
        """As it stood on that day: what was suspended then had no end yet."""
        return replace(self, suspended=cut_in_order(self.suspended, day))

    def base(self, anchor: Anchor) -> date:
        return self.calendar.count(anchor.day, self.number, self.timer.counts, anchor.keep)

    def dates(self, anchor: Anchor) -> Dates:
        timer = self.timer
        base = original = self.base(anchor)
        opens = anchor.day if timer.earliest is None else later(base, -timer.earliest)
        left = None
        for since, until in self._stops(anchor.day):
            if since > self._latest(original):
                break  # it was late already: a suspension makes nothing good
            if until is None:
                left = max(0, (original - since).days)
                break
            if since <= opens and timer.earliest is not None:
                opens = self._moved(opens, since, until, timer.earliest)
            original = self._moved(original, since, until)
        due = self.calendar.roll(original, timer.rolls, self.closures)
        return Dates(base, original, due, opens, later(due, timer.latest), left)

    def takes_over(self, anchor: Anchor) -> date | None:
        """The day on which its window opens, or where it has none it falls due; never, while its clock stands still."""
        earliest = self.timer.earliest or 0
        day = later(self.base(anchor), -earliest)
        for since, until in self._stops(anchor.day):
            if since > day:
                break
            if until is None:
                return None
            day = self._moved(day, since, until, earliest)
        return day

    def next_anchor(self, dates: Dates, anchor: Anchor) -> Anchor:
        """The due date as the anchor of the next; months keep the first anchor's day."""
        kept = self.timer.counts == "calendar-months" and dates.original == dates.base
        return Anchor(dates.original, anchor.keep if kept else dates.original.day)

    def _moved(self, day: date, since: date, until: date, earliest: int = 0) -> date:
        """Where a day comes to lie by a suspension: what was left then is left when it goes on."""
        if self.timer.on_suspension == "restart":
            return later(self.base(Anchor(until, until.day)), -earliest)
        if self.timer.counts == "working-days":
            left = self.calendar.working_days(since, day)
            return self.calendar.count(until, left, "working-days")
        return later(until, max(0, (day - since).days))

    def _stops(self, anchor: date) -> Iterator[tuple[date, date | None]]:
        """From when to when it stands still after the anchor."""
        if self.timer.on_suspension == "none":
            return
        first = bisect_right(self.suspended, anchor, key=_until)
        for place in range(first, len(self.suspended)):
            each = self.suspended[place]
            yield max(each.on, anchor), each.until

    def _latest(self, original: date) -> date:
        return later(self.calendar.roll(original, self.timer.rolls, self.closures), self.timer.latest)


def _until(suspended: Suspended) -> date:
    return suspended.until or date.max


def ruled_on(editions: Sequence[Ruled], day: date) -> Ruled | None:
    """What the edition in force on that day says of a rule."""
    return next((r for r in reversed(editions) if r.since <= day), None)
