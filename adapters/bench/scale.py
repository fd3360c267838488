"""How much is done for each row: all of it, quickly, or just enough to see that it works."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """`grown` is the length of the record, in entries, at its two stages; `beside`, of the one that does not grow.

    `touched`: cases on which an act is told before memory is measured; in a full run more entries than any cache holds.
    """

    name: str
    acts: int
    peer_acts: int
    idle: int
    visible: int
    cold: int
    raw_batches: int
    grown: tuple[int, int]
    beside: int
    touched: int
    queries: int
    open_cases: int = 2_000
    warmed: bool = True
    threads: tuple[int, ...] = (4, 8, 16, 32)
    long_case: int = 2_000
    """Entries of the case that is corrected again and again."""


FULL: Final = Scale(
    name="full",
    acts=100_000,
    peer_acts=20_000,
    idle=1_000,
    visible=6_000,
    cold=1_000,
    raw_batches=1_000,
    grown=(100_000, 1_000_000),
    beside=10_000,
    touched=25_000,
    queries=2_000,
)
QUICK: Final = Scale(
    name="quick",
    acts=3_000,
    peer_acts=1_000,
    idle=100,
    visible=400,
    cold=50,
    raw_batches=100,
    grown=(10_000, 100_000),
    beside=10_000,
    touched=2_500,
    queries=100,
    threads=(8,),
    long_case=500,
)
TINY: Final = Scale(
    name="tiny",
    acts=200,
    peer_acts=40,
    idle=10,
    visible=20,
    cold=4,
    raw_batches=3,
    grown=(200, 200),
    beside=100,
    touched=20,
    queries=5,
    open_cases=10,
    warmed=False,
    threads=(2,),
    long_case=20,
)
SCALES: Final = {scale.name: scale for scale in (FULL, QUICK, TINY)}

Said = Callable[[str], None]
"""Tells whoever looks what is being done."""
