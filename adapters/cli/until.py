"""A day or an instant as it is put on the command line: up to and with it."""

from datetime import UTC, datetime, timedelta

from domain.moment import moment
from domain.refusal import Malformed


class NoTimeError(ValueError):
    """The text names no time that can be used."""


def end_of(text: str) -> datetime:
    """The last moment that belongs to an instant, a day, a month or a year (these in UTC)."""
    try:
        told = moment(text)
    except Malformed as malformed:
        without_zone = ("occurred_at", "time.without-zone") in malformed.fields
        why = "has no zone: add Z or, say, +01:00" if without_zone else "is not a date or an instant"
        raise NoTimeError(f"{text} {why}. Write 2026-03-02, 2026-03 or 2026-03-02T12:00:00+01:00") from None
    match told.precision:
        case "instant":
            return told.time
        case "day":
            next_ = told.time + timedelta(days=1)
        case "month":
            next_ = (told.time.replace(day=1) + timedelta(days=32)).replace(day=1)
        case "year":
            next_ = told.time.replace(year=told.time.year + 1)
    return next_.astimezone(UTC) - timedelta(microseconds=1)
