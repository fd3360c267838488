"""A process that keeps views up with a record, in small batches, until it is killed: `… FOLDER [URL]`."""

import json
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from eventsourcing.persistence import Notification

from adapters.mapper import read_entry
from adapters.sql.generations import generations
from adapters.sql.writing import stored
from domain.entry import Entry
from services.views.building import Building
from tests.list_record import ListRecord


def write_entries(file: Path, entries: Iterable[Entry]) -> None:
    kept = ((stored(e), e.position) for e in entries)
    lines = (json.dumps([s.originator_id, s.originator_version, s.topic, s.state.decode(), n]) for s, n in kept)
    file.write_text("\n".join(lines), "utf-8")


def read_entries(file: Path) -> list[Entry]:
    kept = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return [read_entry(Notification(id_, version, topic, state.encode(), n)) for id_, version, topic, state, n in kept]


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2] or None
    entries = read_entries(folder / "entries")
    record = ListRecord(entries)
    places = generations(folder, url)
    store = places.current()
    if store is None:
        store = places.fresh(record.incarnation)
        places.switch(store)
    building = Building(record, store)
    sys.stdout.write("started\n")
    sys.stdout.flush()
    for start in range(building.reached.position, len(entries), 3):
        building.take(entries[start : start + 3], lambda _: None)
        sys.stdout.write(f"{start}\n")
        sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
