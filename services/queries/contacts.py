"""When each pair of organisations last spoke or met, in the cases that the reader sees."""

from collections.abc import Iterator
from datetime import date
from functools import reduce

from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading
from services.seen import case_of
from services.views.pairs import Pair, Pairs, Touch, joined, pairs_in
from services.views.rows import BoardRow


def contacts(
    at: Reading, *, limit: int = 100, cursor: str | None = None, as_of: date | None = None, case: str | None = None
) -> Answer:
    """The longest silence first."""
    day = at.day(as_of)
    last: dict[Pair, Touch] = {}
    cases: dict[Pair, int] = {}
    for row in at.each(at.lines(case).values()):
        for pair, touch in _until(at, row, day):
            last[pair] = joined(last.get(pair), touch)
            cases[pair] = cases.get(pair, 0) + 1
    page, more = cut(last.items(), _key, cursor, limit)
    found = [
        {
            "organisations": list(pair),
            "last": touch.day,
            "channel": touch.channel,
            "count": touch.times,
            "cases": cases[pair],
            "days": (day - date.fromisoformat(touch.day)).days,
        }
        for pair, touch in page
    ]
    shown, next_ = fitting(page, found, more, _key)
    return {"as_of": day.isoformat(), "contacts": shown, "next": next_}


def _key(each: tuple[Pair, Touch]) -> str:
    return " ".join((each[1].day, *each[0]))


def _until(at: Reading, row: BoardRow, day: date) -> Iterator[tuple[Pair, Touch]]:
    """Of one case; where somebody spoke after the day that is asked for, its entries are gone through again."""
    found = list(pairs_in(row.contacts))
    if all(touch.day <= day.isoformat() for _, touch in found):
        return iter(found)
    case = case_of(row.record, at.each(at.views.of_record(at.reader, row.record)))
    told = ((act, entry) for act, entry in at.each(case.effective()) if entry.occurred.time.date() <= day)
    return iter(reduce(lambda pairs, each: pairs.after(*each), told, Pairs()).by.items())
