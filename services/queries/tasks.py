"""The tasks that meetings have set: on whom, by when, done or late."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from services.queries.opening import opened
from services.queries.pages import Answer, cut, fitting
from services.queries.reading import Reading, named
from services.timetext import day_of
from services.views.kinds.tasks import TASKS, TaskRow

_WORK = frozenset({"work"})


def tasks(
    at: Reading,
    *,
    limit: int = 100,
    cursor: str | None = None,
    as_of: date | None = None,
    mine: bool = False,
    late: bool = False,
    done: bool = False,
    case: str | None = None,
) -> Answer:
    """Those that are to be done, by the day by which they are due; `done` adds those that are done or dropped.

    Of one who has left, what was late then stays missed by it; the rest is the responsible's to reassign.
    """
    day = at.day(as_of)
    found = [
        row
        for row in at.views.rows(at.reader, TASKS, at.record(case))
        if day_of(row.set_on) <= day
        and (not mine or _whose(row, day) == at.reader)
        and (done or not _over(row, day))
        and (not late or _late(row, day))
    ]
    page, more = cut(found, _key, cursor, limit)
    texts, persons = _texts(at, page), at.persons(row.record for row in page)
    all_ = [
        {
            **named(row.record),
            "person": persons.get(row.record),
            "task": row.task,
            "organisation": row.doer,
            "text": texts.get((row.position, row.task)),
            "set_on": row.set_on,
            "due": row.due,
            "done": row.done if _done(row, day) else None,
            "dropped": row.dropped if _dropped(row, day) else None,
            "late": _late(row, day),
            "to_reassign": _left(row, day) and not _missed(row, day),
            "missed": _missed(row, day),
            "position": row.position,
        }
        for row in page
    ]
    shown, next_ = fitting(page, all_, more, _key)
    return {"as_of": day.isoformat(), "tasks": shown, "next": next_}


def _key(row: TaskRow) -> str:
    return " ".join((row.due or "9999", row.record, row.task))


def _done(row: TaskRow, day: date) -> bool:
    return row.done is not None and day_of(row.done) <= day


def _dropped(row: TaskRow, day: date) -> bool:
    return row.dropped is not None and day_of(row.dropped) <= day


def _over(row: TaskRow, day: date) -> bool:
    return _done(row, day) or _dropped(row, day)


def _late(row: TaskRow, day: date) -> bool:
    return row.due is not None and row.due < day.isoformat() and not _over(row, day)


def _left(row: TaskRow, day: date) -> bool:
    """Whether who is to do it has left before it was done."""
    return row.left is not None and row.left <= day.isoformat() and not _over(row, day)


def _missed(row: TaskRow, day: date) -> bool:
    return _left(row, day) and row.due is not None and row.due < str(row.left)


def _whose(row: TaskRow, day: date) -> str | None:
    return row.responsible if _left(row, day) and not _missed(row, day) else row.doer


def _texts(at: Reading, rows: Iterable[TaskRow]) -> dict[tuple[int, str], str]:
    """What is to be done, in words, as far as the reader may open them."""
    found: dict[tuple[int, str], str] = {}
    parts = opened(at.keyring, at.views.at(at.reader, [row.position for row in rows]), _WORK)
    for position, of_entry in parts.items():
        for part in of_entry:
            fields: dict[str, Any] = part.get("fields", {})
            texts = fields.get("act", fields).get("task_texts") or ()
            found |= {(position, text["task"]): text["text"] for text in texts}
            if "erased" in part:
                found |= {(position, row.task): "erased" for row in rows if row.position == position}
    return found
