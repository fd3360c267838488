"""How long a long case takes to fold: `python -m tests.bench.fold_speed [entries]`."""

import sys
import time
from itertools import cycle, islice

from adapters.mapper import read_entry
from adapters.sql.writing import stored
from domain.case import Case, replay
from domain.entry import Entry
from tests.examples import CASE, CENTRE, COOP, entry
from tests.unit.given import told

ROUNDS = 7


def long_case(length: int) -> list[Entry]:
    """One case of so many entries, as they are read from the record."""
    first = [told(1, CENTRE, "referral-sent"), told(2, COOP, "referral-accepted")]
    later = islice(cycle(["contact-made", "meeting-held", "hours-recorded", "information-asked"]), length - 2)
    entries = [*first, *(told(n, COOP, type_) for n, type_ in enumerate(later, 3))]
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
