"""What was recorded although a rule of practice says otherwise, as far as the reader can know it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domain.case import Case
from domain.irregularities import Irregularity, irregularities_seen
from services.queries.pages import MOST, Answer, limited
from services.queries.reading import Reading, named
from services.seen import Seen
from services.timetext import instant, told
from services.views.rows import BoardRow


def irregularities(
    at: Reading,
    *,
    limit: int = 100,
    cursor: str | None = None,
    case: str | None = None,
    rule: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Answer:
    """By case, as judged when it was recorded; the days are those on which it was. `next` stands after whole cases."""
    found: list[dict[str, Any]] = []
    lines = [row for record, row in sorted(at.lines(case).items()) if record > (cursor or "")]
    for number, row in enumerate(lines, 1):
        found += [
            {**named(row.record), **each}
            for each in _of_case(at, row)
            if (rule is None or each["rule"] == rule)
            and (since is None or since.isoformat() <= each["recorded_at"][:10])
            and (until is None or each["recorded_at"][:10] <= until.isoformat())
        ]
        if (len(found) >= limited(limit) or number == MOST) and number < len(lines):
            return {"irregularities": _with_persons(at, found), "next": row.record}
    return {"irregularities": _with_persons(at, found), "next": None}


def _with_persons(at: Reading, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    persons = at.persons(f"case/{each['case']}" for each in found)
    return [{**each, "person": persons.get(f"case/{each['case']}")} for each in found]


def _of_case(at: Reading, row: BoardRow) -> Iterator[dict[str, Any]]:
    """Entry by entry, each against the case before it as the reader sees it."""
    before, whole = Case(row.record, partial=True), True
    for seen in at.views.of_record(at.reader, row.record):
        whole = whole and seen.entry.originator_version == before.version + 1
        if not seen.masked:
            network = at.network_at(seen.entry.known_at)
            for each in irregularities_seen(seen.entry, before, network, at.reader, whole=whole):
                yield _shown(seen, each)
        whole = whole and not seen.masked
        before = before.after(seen.shown)


def _shown(seen: Seen, each: Irregularity) -> dict[str, Any]:
    entry = seen.entry
    return {
        "rule": each.rule,
        "edition": each.edition,
        "position": entry.position,
        "type": entry.act.type,
        "organisation": entry.organisation,
        "occurred_at": told(entry.occurred),
        "recorded_at": instant(entry.recorded_at),
    }
