"""One line of the table: what was measured, beside whom, and whether it is what we want."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked of the value, or of its ratio to the peer's."""

    of: Literal["value", "ratio"]
    at: Literal["least", "most"]
    bound: float

    def met(self, row: "Row") -> bool | None:
        told = row.value if self.of == "value" else row.ratio
        if told is None:
            return None
        return told >= self.bound if self.at == "least" else told <= self.bound

    def told(self, unit: str) -> str:
        sign = "≥" if self.at == "least" else "≤"
        return f"{sign} {number(self.bound)} {unit}" if self.of == "value" else f"{sign} {number(self.bound)} ×"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`settings` says with what it was measured and how durable it is, `notes` what else was seen."""

    name: str
    work: str
    value: float | None
    unit: str
    peer: str = ""
    peer_value: float | None = None
    target: Target | None = None
    settings: str = ""
    durability: str = ""
    notes: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer_value if self.value is not None and self.peer_value else None

    @property
    def met(self) -> bool | None:
        return self.target.met(self) if self.target else None

    def told(self) -> dict[str, Any]:
        """As one JSON object."""
        return {
            **asdict(self),
            "ratio": self.ratio,
            "target": self.target.told(self.unit) if self.target else None,
            "met": self.met,
        }


def why(error: Exception) -> str:
    """In a line that fits in a table's notes."""
    return f"{type(error).__name__}: {str(error).strip()[-200:]}"


def unmeasured(name: str, because: str) -> Row:
    return Row(name=name, work=name, value=None, unit="", notes=f"failed: {because}")


def percentile(sorted_: Sequence[float], part: float) -> float:
    """Of values in order: the smallest below or at which so large a part of them lies."""
    return sorted_[max(0, math.ceil(part * len(sorted_)) - 1)]


def number(value: float | None) -> str:
    """Three figures that count, no more."""
    if value is None:
        return "-"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}".rstrip("0").rstrip(".")
