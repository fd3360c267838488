"""What a record keeps in memory of a case is what its entries make of it when they are read again."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from adapters.bench.peers import _network
from adapters.bench.workload import Workload, interleaved
from adapters.keys import open_key_store
from domain.case import Case, replay
from services.desk import Arrival, Desk
from services.keyring import Keyring
from services.record import Record

ENVIRONMENT = {"MAPPER_TOPIC": "adapters.mapper:EntryMapper", "ORIGINATOR_ID_TYPE": "text"}


@pytest.mark.parametrize("most", [1, 7, 40])
def test_a_case_in_memory_is_the_case_on_the_record(tmp_path: Path, most: int) -> None:
    """`most` acts are decided together, some of them of the same case."""
    record = Record(ENVIRONMENT, Keyring(open_key_store(tmp_path)))
    workload, drawn = Workload(_network(record)), Random(most)
    desk = Desk(record, clock=lambda: datetime.now(UTC))
    acts = [act for _, act in interleaved(workload, 0, 12, 15, 3)]
    while acts:
        now, acts = acts[: drawn.randint(1, most)], acts[most:]
        desk.answer_many([Arrival(workload.organisations[act.by], act.body) for act in now])
    entries = record.page(0, 10_000)  # with their positions
    for id_ in {entry.originator_id for entry in entries if entry.originator_id.startswith("case/")}:
        its_own = (entry for entry in entries if entry.originator_id == id_)
        assert record._cases.latest_held(id_) == replay(its_own, onto=Case(id_))
