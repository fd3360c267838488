"""All that is due on a caseload, by due date."""

from collections.abc import Collection
from datetime import date

from domain.obligations import Due
from domain.waiting import waiting
from services.obligations import due_shown
from services.queries.pages import MOST, Answer, cut, fitting
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
    """What still needs somebody, or what is in one of the `states`. `by` is who has to act; `mine`: the reader.

    `cut_short`: what is due on these subjects is too much to be counted to the end.
    """
    day = at.day(as_of)
    acting = {at.reader} if mine else {by} if by else set()
    found = []
    cut_short: list[dict[str, str]] = []
    for line in at.each(at.lines(case, may_be_due=True).values()):
        if line.may_be_due:
            list_ = at.dues.of(at.views, line, day)
            all_ = list_.dues
            cut_short += ({**named(line.record), "subject": subject} for subject in list_.cut_short)
            wanted = (d for d in all_ if d.state in states) if states else waiting(all_, day, within)
            found += [(line.record, d) for d in wanted if not acting or acting & d.acting]
    page, more = cut(found, _key, cursor, limit)
    persons = at.persons(record for record, _ in page)
    all_shown = [
        {**named(record), "person": persons[record], **due_shown(d), "days": (d.due - day).days} for record, d in page
    ]
    shown, next_ = fitting(page, all_shown, more, _key)
    return {"as_of": day.isoformat(), "due": shown, "cut_short": cut_short[:MOST], "next": next_}


def _key(each: tuple[str, Due]) -> str:
    record, due_ = each
    return f"{due_.due.isoformat()} {record} {due_.id}"
