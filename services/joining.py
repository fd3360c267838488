"""Whom an act brings into a case or an agreement, and how often one organisation may do that to another."""

from collections.abc import Iterator
from typing import Final

from domain.case.about import ActCorrected
from domain.entry import Act
from services.budgets import DAY_S, Budget

BRINGS_IN: Final = {
    "member-joined": ("organisation",),
    "referral-sent": ("to",),
    "handover-proposed": ("to",),
    "placement-agreed": ("host", "agency", "user_company", "promoter"),
    "teller-named": ("teller",),
    "agreement-proposed": ("parties",),
    "agreement-amended": ("joining",),
}
"""Acts that open something to somebody, who need not have asked for it, and the fields that name whom."""


class Joins:
    """`each_day` for each pair of who brings in and who is brought in."""

    def __init__(self, each_day: float) -> None:
        self.budget = Budget(most=each_day, rate=each_day / DAY_S)

    def wait(self, teller: str, act: Act) -> float:
        """Count it and return 0; or count nothing and return in how many seconds it may be."""
        if act.type not in BRINGS_IN and not isinstance(act, ActCorrected):
            return 0.0
        pairs = [f"{teller} {each}" for each in brought_in(act) if each != teller]
        if not pairs:
            return 0.0
        if wait := max(map(self.budget.wait, pairs)):
            self.budget.take(max(pairs, key=self.budget.wait))  # noted as used up
            return wait
        for pair in pairs:
            self.budget.use(pair)
        return 0.0

    def give_back(self, teller: str, act: Act) -> None:
        """It brought nobody in."""
        for each in brought_in(act):
            if each != teller:
                self.budget.use(f"{teller} {each}", -1.0)


def brought_in(act: Act) -> Iterator[str]:
    if isinstance(act, ActCorrected):
        act = act.act
    for field in BRINGS_IN.get(act.type, ()):
        match getattr(act, field):
            case str(named):
                yield named
            case tuple(several):
                yield from several
            case _:
                pass
