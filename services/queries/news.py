"""What is new to an organisation since it last looked, case by case."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from services.queries.pages import Answer, fitting, limited
from services.queries.reading import Reading, named
from services.seen import Seen
from services.timetext import instant, told

LISTED: Final = 50
"""Entries of one case; of more, the last so many and their number."""
LARGEST: Final = 1500
"""Entries in one answer, or a few more: a message has its bounds."""


def news(at: Reading, *, since: int = 0, limit: int = 100, cursor: str | None = None) -> Answer:
    """Also what an admission has opened since. The reader keeps the position: `since_next` is to be asked from next
    time, on every page of one asking the same, so that nothing that comes in between is lost.
    """
    first, _, last_record = (cursor or "").partition(" ")
    position = int(first) if first.isdecimal() else at.views.reached().position
    moved = {row.record for row in at.views.lines(at.reader, moved_after=since)}
    agreements = _with_news(at, {s.entry.originator_id for s in at.views.agreements(at.reader)}, since)
    records = sorted(record for record in moved | agreements if record > last_record)
    asked = records[: limited(limit)]
    groups = list(_fitting(_grouped(at.views.news(at.reader, asked, since))))
    last = groups[-1][0] if groups and groups[-1][2] else asked[-1] if asked else ""
    persons = at.persons(record for record, _, _ in groups)
    all_ = [{**named(of), "person": persons.get(of), **_group(each)} for of, each, _ in groups]
    more = f"{position} {last}" if records and last < records[-1] else None
    shown, next_ = fitting(groups, all_, more, lambda group: f"{position} {group[0]}")
    shown.sort(key=lambda each: -each["last"])
    return {"since": since, "since_next": position, "news": shown, "next": next_}


def _grouped(found: Iterable[tuple[Seen, int]]) -> Iterator[tuple[str, list[tuple[Seen, int]]]]:
    ordered = sorted(found, key=lambda each: each[0].entry.originator_id)
    for of, each in groupby(ordered, key=lambda each: each[0].entry.originator_id):
        yield of, list(each)


def _fitting(
    groups: Iterable[tuple[str, list[tuple[Seen, int]]]],
) -> Iterator[tuple[str, list[tuple[Seen, int]], bool]]:
    """As many as an answer holds; the last says that it is full."""
    entries = 0
    for of, each in groups:
        entries += min(len(each), LISTED)
        yield of, each, entries >= LARGEST
        if entries >= LARGEST:
            return


def _with_news(at: Reading, agreements: Iterable[str], since: int) -> set[str]:
    return {seen.entry.originator_id for seen, _ in at.views.news(at.reader, sorted(agreements), since)}


def _group(entries: Sequence[tuple[Seen, int]]) -> dict[str, Any]:
    return {
        "count": len(entries),
        "last": max(because for _, because in entries),
        "entries": [_entry(seen, because) for seen, because in entries[-LISTED:]],
    }


def _entry(seen: Seen, because: int) -> dict[str, Any]:
    entry = seen.entry
    opened_by = because if because != entry.position else None
    if seen.masked:
        return {"position": entry.position, "masked": True, "opened_by": opened_by}
    return {
        "position": entry.position,
        "type": entry.act.type,
        "organisation": entry.organisation,
        "on_behalf_of": entry.on_behalf_of,
        "occurred_at": told(entry.occurred),
        "recorded_at": instant(entry.recorded_at),
        "opened_by": opened_by,
    }
