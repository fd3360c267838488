"""The record's own clock never goes back, whatever the machine's does between two starts."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic_core import to_json

from adapters.keys import open_key_store
from domain.submission import submission
from services.batch import Told
from services.keyring import Keyring
from services.record import Record
from tests.examples import OFFICE
from tests.record_streams import FreshStream

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


def told(type_: str, **fields: str) -> Told:
    envelope = {"act_id": str(uuid.uuid4()), "occurred_at": "2025-01-02", "practitioner": str(uuid.uuid4())}
    return Told(OFFICE, submission(to_json({"type": type_, "organisation": OFFICE, **envelope, **fields})))


@contextmanager
def started(fresh: FreshStream, folder: Path) -> Iterator[Record]:
    with closing(open_key_store(folder)) as keys:
        environment = {**fresh.env, "MAPPER_TOPIC": "adapters.mapper:EntryMapper"}
        with closing(Record(environment, Keyring(keys))) as record:
            yield record


def test_a_start_with_a_clock_that_went_back_goes_on_from_the_last_entry(fresh: FreshStream, tmp_path: Path) -> None:
    with started(fresh, tmp_path) as record:
        record.enter_many([told("organisation-registered", name="Office", organisation_kind="network-office")], NOON)
    with started(fresh, tmp_path) as record:
        record.learn(list(record.recorder.select_notifications(1, 10)), record.position())
        record.enter_many([told("organisation-updated", country="SI")], NOON - timedelta(days=90))
        assert [entry.recorded_at for entry in record.page(0, 10)] == [NOON, NOON]
