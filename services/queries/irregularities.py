"""What was recorded although a rule of practice says otherwise, as far as the reader can know it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any, NamedTuple

from domain.case import Case
from domain.irregularities import Irregularity, irregularities_seen
from services.queries.pages import END, MOST, Answer, fitting, limited, page
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
    """By case, as judged when it was recorded; the days are those on which it was."""
    record, after = _told_so_far(cursor or "")
    found: list[_Found] = []
    for number, row in enumerate(_lines(at, case, record), 1):
        found += (
            each
            for each in _of_case(at, row)
            if (row.record != record or each.place > after)
            and (rule is None or each.irregularity.rule == rule)
            and (since is None or since <= each.recorded)
            and (until is None or each.recorded <= until)
        )
        if len(found) > limited(limit):
            break
        if number > MOST:  # cases without any cost as much
            return _answer(at, found, f"{row.record} {END} 0")
    kept, more = page(found, limited(limit))
    return _answer(at, kept, _cursor(kept[-1]) if more else None)


class _Found(NamedTuple):
    record: str
    seen: Seen
    irregularity: Irregularity
    number: int
    """Of those of the same entry."""

    @property
    def place(self) -> tuple[int, int]:
        return self.seen.entry.position, self.number

    @property
    def recorded(self) -> date:
        return self.seen.entry.recorded_at.astimezone(UTC).date()


def _lines(at: Reading, case: str | None, record: str) -> Iterator[BoardRow]:
    return at.each(row for of, row in sorted(at.lines(case).items()) if of >= record)


def _cursor(last: _Found) -> str:
    position, number = last.place
    return f"{last.record} {position} {number}"


def _told_so_far(cursor: str) -> tuple[str, tuple[int, int]]:
    """The record, and the place in it of the last that was told."""
    match cursor.split(" "):
        case [record, position, number] if position.isdecimal() and number.isdecimal():
            return record, (int(position), int(number))
        case _:  # as it was: after a whole case
            return cursor, (END, 0)


def _answer(at: Reading, found: Sequence[_Found], more: str | None) -> Answer:
    persons = at.persons(each.record for each in found)
    all_ = [{**named(e.record), **_shown(e.seen, e.irregularity), "person": persons.get(e.record)} for e in found]
    shown, next_ = fitting(found, all_, more, _cursor)
    return {"irregularities": shown, "next": next_}


def _of_case(at: Reading, row: BoardRow) -> Iterator[_Found]:
    """Entry by entry, each against the case before it as the reader sees it."""
    before, whole = Case(row.record, partial=True), True
    for seen in at.each(at.views.of_record(at.reader, row.record)):
        whole = whole and seen.entry.originator_version == before.version + 1
        if not seen.masked:
            network = at.network_at(seen.entry.known_at)
            judged = irregularities_seen(seen.entry, before, network, at.reader, whole=whole)
            yield from (_Found(row.record, seen, each, number) for number, each in enumerate(judged))
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
