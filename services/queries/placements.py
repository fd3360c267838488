"""The placements of a caseload: those that run, those that end soon, those at a host."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from domain.case.tenure import Pause, state_on
from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading, named
from services.views.kinds.placements import PLACEMENTS, PlacementRow

RUNNING = frozenset({"started", "suspended"})


def placements(
    at: Reading,
    *,
    limit: int = 100,
    cursor: str | None = None,
    as_of: date | None = None,
    state: str | None = None,
    running: bool = False,
    ends_within: int | None = None,
    host: str | None = None,
    case: str | None = None,
) -> Answer:
    """By the day on which they end. `ends_within` keeps what is agreed or runs and ends within so many days, also what
    should have ended before: nobody has told how it went on.
    """
    day = at.day(as_of)
    states = {state} if state else set(RUNNING) if running else set()
    found = [row for row in at.views.rows(at.reader, PLACEMENTS, at.record(case)) if row.agreed <= day.isoformat()]
    kept = [
        row
        for row in at.each(found)
        if (not states or _state(row, day) in states)
        and (host is None or row.host == host)
        and (ends_within is None or _ends_by(row, day, day + timedelta(days=ends_within)))
    ]
    page, more = cut(kept, _key, cursor, limit)
    persons = at.persons(row.record for row in page)
    all_ = [{**named(row.record), "person": persons[row.record], **placement_shown(row, day)} for row in page]
    shown, next_ = fitting(page, all_, more, _key)
    return {"as_of": day.isoformat(), "placements": shown, "next": next_}


def _key(row: PlacementRow) -> str:
    return " ".join((row.ended or row.ends or "9999", row.record, row.placement))


def _state(row: PlacementRow, day: date) -> str:
    """By what is known now."""
    return state_on(
        day,
        cancelled=row.state == "cancelled",
        started=_day(row.started),
        ended=_day(row.ended),
        pauses=_pauses(row),
    )


def _ends_by(row: PlacementRow, day: date, last: date) -> bool:
    ends = row.ended or row.ends
    return ends is not None and ends <= last.isoformat() and _state(row, day) in RUNNING | {"agreed"}


def placement_shown(row: PlacementRow, day: date) -> dict[str, Any]:
    ends = row.ended or row.ends
    return {
        "placement": row.placement,
        "state": _state(row, day),
        "channel": row.channel,
        "host": row.host,
        "agency": row.agency,
        "user_company": row.user_company,
        "promoter": row.promoter,
        "regime_class": row.regime_class,
        "planned": {"starts": row.starts, "ends": row.ends},
        "real": {"started": row.started, "ended": row.ended},
        "ended_class": row.ended_class,
        "days_left": (date.fromisoformat(ends) - day).days if ends else None,
        "tutors": [_tutor(tutor) for tutor in row.tutors.split()],
        "hours_a_week": row.hours_a_week,
        "grant_cents": row.grant_cents,
        "payer": row.payer,
        "agreement": row.agreement,
        "referral": row.referral,
        "signed_by": row.signed.split(),
        "awaits": row.awaited.split(),
        "on_one_sides_word": bool(row.one_sided),
        "pauses": [{"since": str(p.since), "until": p.until and str(p.until)} for p in _pauses(row)],
        "position": row.position,
    }


def _pauses(row: PlacementRow) -> Iterator[Pause]:
    for pause in row.pauses.split():
        since, _, until = pause.partition("/")
        yield Pause(date.fromisoformat(since), _day(until))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _tutor(text: str) -> dict[str, str | None]:
    organisation, _, practitioner = text.partition(":")
    return {"organisation": organisation, "practitioner": practitioner or None}
