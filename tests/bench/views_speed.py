"""How many entries a second the views take, with four organisations a case: `python -m tests.bench.views_speed`."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from adapters.mapper import read_entry
from adapters.sql.generations import generations
from adapters.sql.writing import stored
from domain.entry import Entry, SealedPart
from services.views.building import Building
from tests.examples import CENTRE, COOP, HEALTH, NOON, TRAINER, act, entry
from tests.list_record import ListRecord

BATCH = 1000
_PART = SealedPart("social", "0" * 16, "c2VhbGVk" * 20)


def load(cases: int, contacts: int, seed: int) -> Iterator[Entry]:
    """Cases of four organisations each, their entries mixed as in a busy network."""
    told = random.Random(seed)
    versions = [0] * cases
    opening = (
        (CENTRE, act("referral-sent")),
        (COOP, act("referral-accepted")),
        *((CENTRE, act("member-joined", organisation=o, past="all", past_since=None)) for o in (HEALTH, TRAINER)),
    )
    order = [n for n in range(cases) for _ in range(len(opening) + contacts)]
    told.shuffle(order)
    for position, n in enumerate(order, 1):
        version = versions[n] = versions[n] + 1
        by, done = (
            opening[version - 1]
            if version <= len(opening)
            else (told.choice((CENTRE, COOP, HEALTH, TRAINER)), act("contact-made"))
        )
        yield replace(
            entry(done, by, version, record=f"case/{UUID(int=n, version=4)}", position=position),
            act_id=UUID(int=position, version=4),
            recorded_at=NOON + timedelta(milliseconds=position),
            personal=(_PART,),
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=1000)
    options.add_argument("--contacts", type=int, default=16)
    options.add_argument("--url")
    told = options.parse_args()
    entries = [
        replace(as_read, position=e.position)
        for e in load(told.cases, told.contacts, 1)
        if (as_read := read_entry(stored(e)))
    ]
    record = ListRecord(entries)
    with tempfile.TemporaryDirectory() as folder:
        store = generations(Path(folder), told.url).fresh(record.incarnation)
        building = Building(record, store)
        began = time.perf_counter()
        for start in range(0, len(entries), BATCH):
            building.take(entries[start : start + BATCH], lambda _: None)
        took = time.perf_counter() - began
        store.close()
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
    sys.stdout.write(f"{len(entries)} entries in {took:.1f} s: {len(entries) / took:.0f} a second, {size} bytes\n")


if __name__ == "__main__":
    main()
