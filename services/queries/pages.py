"""How much one answer holds, in rows and in bytes, and where the next one goes on."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, Final, TypeVar

from pydantic_core import to_json

MOST: Final = 500
"""Rows in one answer."""
LARGEST: Final = 512 * 1024
"""Bytes of rows in one answer: a message holds twice as many."""
END: Final = 2**62

Answer = dict[str, Any]
Row = TypeVar("Row")
Cursor = TypeVar("Cursor", int, str)


def limited(limit: int) -> int:
    return max(1, min(limit, MOST))


def page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    """Of rows that were read one more than wanted: those wanted, and whether there are more."""
    return rows[:limit], len(rows) > limit


def cut(
    rows: Iterable[Row], key: Callable[[Row], str], cursor: str | None, limit: int
) -> tuple[Sequence[Row], str | None]:
    """In the order of their keys, those after the cursor, and the cursor of the next page."""
    keyed = sorted(((key(row), row) for row in rows), key=lambda each: each[0])
    found, more = page([each for each in keyed if each[0] > (cursor or "")], limited(limit))
    return [row for _, row in found], found[-1][0] if more else None


def fitting(
    rows: Sequence[Row], shown: Sequence[Answer], next_: Cursor | None, key: Callable[[Row], Cursor]
) -> tuple[list[Answer], Cursor | None]:
    """Of a page that was cut by rows, what fits by bytes, and the cursor of the next page."""
    kept = fits(shown)
    return kept, next_ if len(kept) == len(shown) else key(rows[len(kept) - 1])


def fits(shown: Sequence[Answer]) -> list[Answer]:
    """As many rows from the first as an answer holds, at least one. A row too large by itself is shortened."""
    if _size(shown) <= LARGEST:
        return list(shown)
    kept: list[Answer] = []
    size = 0
    for row in shown:
        fitting_row = shortened(row)
        size += _size(fitting_row) + 1
        if size > LARGEST and kept:
            break
        kept.append(fitting_row)
    return kept


def shortened(row: Answer, latest_first: Collection[str] = ()) -> Answer:
    """A row that fits: of its longest lists the latest items, `left_out` says of which how many are not shown."""
    left_out: dict[str, int] = {}
    while _size(row) > LARGEST and (name := _longest(row)):
        items = row[name]
        keep = len(items) // 4
        left_out[name] = left_out.get(name, 0) + len(items) - keep
        row = {**row, name: items[:keep] if name in latest_first else items[len(items) - keep :]}
    return {**row, "left_out": left_out} if left_out else row


def _longest(row: Answer) -> str | None:
    """The list of the row with the most bytes."""
    lists = {name: _size(value) for name, value in row.items() if isinstance(value, list) and value}
    return max(lists, key=lambda name: lists[name]) if lists else None


def _size(value: Any) -> int:
    return len(to_json(value))
