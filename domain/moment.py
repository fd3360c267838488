"""When something happened, as precisely as it is known."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from domain.refusal import Malformed, Refused

Precision = Literal["instant", "day", "month", "year"]

TOLERANCE = timedelta(minutes=5)
"""How far a partner's clock may run ahead of ours."""

# A civil date is told without its zone, so it may have begun as early as in UTC+14 and end as late as in UTC-12.
EARLIEST_ZONE = timedelta(hours=14)
LATEST_ZONE = timedelta(hours=12)

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII)

# Beyond them a zone or the end of the year would lead out of what a date can be.
_FIRST_YEAR, _LAST_YEAR = 1900, 9990


@dataclass(frozen=True, slots=True)
class Moment:
    """`time` is in UTC; for a day, month or year it is the midnight that begins it."""

    time: datetime
    precision: Precision = "instant"

    @property
    def earliest(self) -> datetime:
        return self.time if self.precision == "instant" else self.time - EARLIEST_ZONE

    @property
    def latest(self) -> datetime:
        match self.precision:
            case "instant":
                return self.time
            case "day":
                end = self.time + timedelta(days=1)
            case "month":
                end = (self.time.replace(day=1) + timedelta(days=32)).replace(day=1)
            case "year":
                end = self.time.replace(year=self.time.year + 1)
        return end + LATEST_ZONE

    def check_not_after(self, now: datetime) -> None:
        if self.earliest > now + TOLERANCE:
            raise Refused("time.in-the-future", occurred_at=self.time.isoformat())


def moment(text: str, precision: Precision | None = None) -> Moment:
    """Read `2026-03-02T12:00:00+01:00`, `2026-03-02`, `2026-03` or `2026`; `precision` may coarsen, never refine."""
    if match := _DATE.fullmatch(text):
        year, month, day = match.groups()
        told: Precision = "day" if day else "month" if month else "year"
        return _coarsened(_civil(year, month or "1", day or "1"), told, precision)
    if not _INSTANT.fullmatch(text):
        raise Malformed("form.unreadable", [("occurred_at", "time.unreadable")])
    try:
        time = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Malformed("form.unreadable", [("occurred_at", "time.unreadable")]) from None
    if time.tzinfo is None:
        raise Malformed("form.unreadable", [("occurred_at", "time.without-zone")])
    _check_year(time)
    if precision in (None, "instant"):
        return Moment(time.astimezone(UTC))
    return _coarsened(time.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC), "day", precision)


def _civil(year: str, month: str, day: str) -> datetime:
    try:
        time = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        raise Malformed("form.unreadable", [("occurred_at", "time.unreadable")]) from None
    _check_year(time)
    return time


def _check_year(time: datetime) -> None:
    if not _FIRST_YEAR <= time.year <= _LAST_YEAR:
        raise Malformed("form.unreadable", [("occurred_at", "time.unreadable")])


def _coarsened(time: datetime, told: Precision, wanted: Precision | None) -> Moment:
    order: tuple[Precision, ...] = ("instant", "day", "month", "year")
    if wanted is None or wanted == told:
        return Moment(time, told)
    if order.index(wanted) < order.index(told):
        raise Malformed("form.unreadable", [("precision", "time.finer-than-told")])
    return Moment(time.replace(day=1) if wanted == "month" else time.replace(month=1, day=1), wanted)
