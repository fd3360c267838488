"""All that is due on a caseload, by due date."""

from collections.abc import Collection
from datetime import date

from domain.waiting import waiting
from services.obligations import due_shown
from services.queries.pages import Answer, cut
from services.queries.reading import Reading, named


def due(
    at: Reading,
    *,
    limit: int = 100,
    cursor: str | None = None,
    as_of: date | None = None,
    within: int = 60,
    states: Collection[str] = (),
    mine: bool = False,
    by: str | None = None,
    case: str | None = None,
) -> Answer:
    """What still needs somebody, or what is in one of the `states`. `by` is who has to act; `mine`: the reader."""
    day = at.day(as_of)
    acting = {at.reader} if mine else {by} if by else set()
    found = []
    for line in at.lines(case, may_be_due=True).values():
        if line.may_be_due:
            all_ = at.dues.of(at.views, line, day)
            wanted = (d for d in all_ if d.state in states) if states else waiting(all_, day, within)
            found += [(line.record, d) for d in wanted if not acting or acting & d.acting]
    page, next_ = cut(found, lambda each: (each[1].due.isoformat(), each[0], each[1].id), cursor, limit)
    persons = at.persons(record for record, _ in page)
    shown = [
        {**named(record), "person": persons[record], **due_shown(d), "days": (d.due - day).days} for record, d in page
    ]
    return {"as_of": day.isoformat(), "due": shown, "next": next_}
