"""The caseload: a line a case, what moved last first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.obligations import Due
from domain.waiting import next_waiting
from services.queries.names import persons
from services.queries.pages import END, MOST, Answer, fitting, limited, page
from services.queries.person_shown import matches
from services.queries.reading import Reading
from services.queries.rows_shown import line_shown
from services.views.rows import BoardRow


def board(
    at: Reading,
    *,
    limit: int = 100,
    cursor: int | None = None,
    status: str | None = None,
    name: str | None = None,
    due: bool = False,
    as_of: date | None = None,
) -> Answer:
    """`name` keeps the persons with words that begin so; `due` says of each what is due next, as of the day."""
    found, before, wanted = [], END if cursor is None else cursor, limited(limit)
    size = wanted if name is None else MOST
    while True:
        at.cost.check()
        rows, more = page(at.views.board(at.reader, before=before, limit=size + 1, status=status), size)
        for row, person in zip(rows, persons(at.keyring, at.views, at.reader, rows), strict=True):
            before = row.last_position
            if name is None or matches(person, name):
                found.append((row, person))
            if len(found) == wanted:
                rest = more or row is not rows[-1]
                return _answer(at, found, due, as_of, before if rest else None)
        if not more:
            return _answer(at, found, due, as_of, None)


def _answer(
    at: Reading, found: Sequence[tuple[BoardRow, dict[str, Any]]], due: bool, as_of: date | None, before: int | None
) -> Answer:
    shown, next_ = fitting(found, _shown(at, found, due, as_of), before, lambda each: each[0].last_position)
    return {"cases": shown, "next": next_}


def _shown(
    at: Reading, found: Sequence[tuple[BoardRow, dict[str, Any]]], due: bool, as_of: date | None
) -> list[Answer]:
    known = at.known_elsewhere(row for row, _ in found)
    lines = [line_shown(row, person, at.now, known_elsewhere=row.record in known) for row, person in found]
    if due:
        for line, (row, _) in at.each(zip(lines, found, strict=True)):
            line["next_due"] = _next(at.dues.of(at.views, row, at.day(as_of)).dues) if row.may_be_due else None
    return lines


def _next(dues: Sequence[Due]) -> dict[str, Any] | None:
    first = next_waiting(dues)
    if first is None:
        return None
    shown = {"due": first.due.isoformat(), "state": first.state, "obligation": first.id}
    return {**shown, "on_one_sides_word": first.obligation.one_sided}
