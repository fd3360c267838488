"""What is convened and what falls due from one day to another."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from domain.obligation import EXPECTED
from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading, named
from services.views.kinds.meetings import MEETINGS, MeetingRow

LISTED = EXPECTED | {"lapsed", "waived"}
"""States of what falls due that a calendar shows; the last two as struck out."""


def agenda(
    at: Reading,
    *,
    limit: int = 100,
    cursor: str | None = None,
    since: date | None = None,
    until: date | None = None,
    as_of: date | None = None,
    mine: bool = False,
) -> Answer:
    """From today for 60 days unless it is said otherwise; `mine` keeps the reader's own meetings and dates."""
    day = at.day(as_of)
    first = since or day
    last = until or first + timedelta(days=60)
    found = [*_meetings(at, first, last, mine), *_dues(at, first, last, day, mine)]
    page, more = cut(found, _key, cursor, limit)
    persons = at.persons(item["record"] for item in page)
    shown, next_ = fitting(page, [_shown(item, persons) for item in page], more, _key)
    return {"from": first.isoformat(), "until": last.isoformat(), "agenda": shown, "next": next_}


def _key(item: dict[str, Any]) -> str:
    return " ".join((item["day"], item["at"] or "", item["id"], item["record"]))


def _shown(item: dict[str, Any], persons: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in item.items() if name != "record"}
    return {**named(item["record"]), **told, "person": persons.get(item["record"])}


def _meetings(at: Reading, first: date, last: date, mine: bool) -> Iterator[dict[str, Any]]:
    for row in at.views.rows(at.reader, MEETINGS):
        if first.isoformat() <= row.day <= last.isoformat() and (not mine or at.reader in row.organisations.split()):
            yield _meeting(row)


def _meeting(row: MeetingRow) -> dict[str, Any]:
    return {
        "record": row.record,
        "what": "meeting",
        "id": row.meeting,
        "kind": row.meeting_kind,
        "state": row.state,
        "day": row.day,
        "at": row.starts_at if row.starts_at and row.starts_at[:10] == row.day else None,
        "organisations": row.organisations.split(),
        "recorded_at": row.recorded,
        "sequence": row.told,
    }


def _dues(at: Reading, first: date, last: date, day: date, mine: bool) -> Iterator[dict[str, Any]]:
    for line in at.each(at.views.lines(at.reader, may_be_due=True)):
        for due, recorded in at.dues.with_times(at.views, line, day):
            if first <= due.due <= last and due.state in LISTED and (not mine or at.reader in due.acting):
                yield {
                    "record": line.record,
                    "what": "due",
                    "id": due.id,
                    "kind": due.rule,
                    "state": due.state,
                    "day": due.due.isoformat(),
                    "at": None,
                    "organisations": list(due.convenes),
                    "recorded_at": recorded,
                    "sequence": due.made_by,
                }
