"""How much one answer holds, and where the next one goes on."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

MOST: Final = 500
"""Rows in one answer."""
END: Final = 2**62

Answer = dict[str, Any]
Row = TypeVar("Row")


def limited(limit: int) -> int:
    return max(1, min(limit, MOST))


def page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], bool]:
    """Of rows that were read one more than wanted: those wanted, and whether there are more."""
    return rows[:limit], len(rows) > limit


def cut(
    rows: Iterable[Row], key: Callable[[Row], tuple[str, ...]], cursor: str | None, limit: int
) -> tuple[Sequence[Row], str | None]:
    """In the order of their keys, those after the cursor, and the cursor of the next page."""
    keyed = sorted(((" ".join(key(row)), row) for row in rows), key=lambda each: each[0])
    found, more = page([each for each in keyed if each[0] > (cursor or "")], limited(limit))
    return [row for _, row in found], found[-1][0] if more else None
