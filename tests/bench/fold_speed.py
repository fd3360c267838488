"""How long a long case takes to fold: `python -m tests.bench.fold_speed [entries]`."""

import sys
import time
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from adapters.mapper import read_entry
from adapters.sql.writing import stored
from domain.case import Case, replay
from domain.entry import Entry
from tests.examples import CASE, CENTRE, COOP, PLACEMENT_REFERRAL
from tests.unit.given import told

ROUNDS = 7


BEFORE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (CENTRE, "referral-sent", {"referral": PLACEMENT_REFERRAL}),
    (COOP, "referral-accepted", {"referral": PLACEMENT_REFERRAL}),
    (COOP, "placement-agreed", {}),
    (COOP, "placement-started", {}),
)
AGAIN = ("contact-made", "hours-recorded", "meeting-held", "observation-recorded", "grant-paid", "information-asked")


def long_case(length: int) -> list[Entry]:
    """A placement of so many entries, as they are read from the record; each meeting is one of its own."""
    entries = [told(n, by, type_, changes) for n, (by, type_, changes) in enumerate(BEFORE, 1)]
    for n, type_ in enumerate(islice(cycle(AGAIN), length - len(BEFORE)), len(BEFORE) + 1):
        changes = {"meeting": str(UUID(int=n, version=4)), "tasks": []} if type_ == "meeting-held" else {}
        entries.append(told(n, COOP, type_, changes))
    return [read_entry(stored(e)) for e in entries]


def main() -> None:
    length = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    entries = long_case(length)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        replay(entries, onto=Case(CASE))
        took.append((time.perf_counter() - began) * 1000)
    print(f"{length} entries folded in {min(took):.1f} ms at best, {sorted(took)[ROUNDS // 2]:.1f} ms in the middle")


if __name__ == "__main__":
    main()
