"""Times as they are shown: an instant in UTC, a day, month or year only as precisely as it is known."""

from datetime import UTC, date, datetime

from domain.moment import Moment


def instant(time: datetime) -> str:
    """RFC 3339 in UTC, to the microsecond only where there is one."""
    if time.tzinfo is not UTC:
        time = time.astimezone(UTC)
    text = time.isoformat()[:-6]  # without +00:00; this is asked for twice a line of a whole history
    return text.rstrip("0") + "Z" if "." in text else text + "Z"


def told(moment: Moment) -> str:
    match moment.precision:
        case "instant":
            return instant(moment.time)
        case "day":
            return moment.time.date().isoformat()
        case "month":
            return moment.time.date().isoformat()[:7]
        case "year":
            return moment.time.date().isoformat()[:4]


def day_of(text: str) -> date:
    """The first day of what `told` has written."""
    year, month, day = (*text[:10].split("-"), "1", "1")[:3]
    return date(int(year), int(month), int(day))


def days_between(since: str, until: str) -> int:
    return (day_of(until) - day_of(since)).days
