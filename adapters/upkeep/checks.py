"""What the doctor finds: one line a check, how it stands and what to do if that is not well."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    verdict: Verdict
    says: str


def graded(value: float, *, warn: float, fail: float) -> Verdict:
    """The larger the worse."""
    return "fail" if value >= fail else "warn" if value >= warn else "ok"


def advised(check: str, verdict: Verdict, says: str, advice: str) -> Finding:
    return Finding(check, verdict, says if verdict == "ok" else f"{says}. {advice}")
