"""Several desks on one record go by clocks of their own: one that differs too much from the others' takes nothing on.

Each desk measures how far its clock is ahead of the message server's (in seconds; negative if behind) and tells the
others. A desk alone is never doubted here, whatever its clock says.
"""

from collections.abc import Collection
from typing import Final

MOST_APART_S: Final = 1.0
"""Seconds by which the clocks of two desks may differ, so that the record goes back by no more."""


def apart(own: float, others: Collection[float]) -> float | None:
    """Seconds by which a desk differs from another, if it is the one of the two that is wrong; else None.

    Wrong is the one that is farther from the middle of all, the server's own clock counted among them.
    """
    middle = _middle([0.0, own, *others])
    wrong = [abs(own - other) for other in others if _farther(own, other, middle)]
    most = max(wrong, default=0.0)
    return most if most > MOST_APART_S else None


def _farther(own: float, other: float, middle: float) -> bool:
    return (abs(own - middle), own) > (abs(other - middle), other)


def _middle(clocks: Collection[float]) -> float:
    """Of an even number, the one of the two in the middle that is nearer to the server's."""
    ordered = sorted(clocks)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else min(ordered[half - 1 : half + 1], key=abs)
