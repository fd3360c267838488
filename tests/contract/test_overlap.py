"""While some acts are being stored the next are decided; they are stored in the order in which they were decided."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic_core import to_json

from domain.submission import submission
from services.answers import Answer, Recorded
from services.batch import Told
from tests.examples import CENTRE, body
from tests.feeds import Rig, made_streams
from tests.servers import NatsServer
from tests.unit.given import sealed, story
from tests.unit.test_defaults import shipped_rules

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
SOON = 10.0
Entering = tuple[Future[list[Answer]], threading.Event]


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        told = (e for e in story() if e.originator_id.startswith("organisation/"))
        rig.enter(sealed(e, {}) for e in [*told, *shipped_rules()])
        rig.record.enter_many([opened()], NOW)  # from now on it knows what time the record has reached
        yield rig


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as threads:
        yield threads


def told(type_: str, case: str) -> Told:
    act = body(type_) | {"case": case, "act_id": str(uuid4()), "occurred_at": "2026-10-19"}
    return Told(CENTRE, submission(to_json(act)))


def opened() -> Told:
    return told("case-opened", str(uuid4()))


def entering(threads: ThreadPoolExecutor, rig: Rig, now: datetime, told: Told) -> Entering:
    decided = threading.Event()
    return threads.submit(rig.record.enter_many, [told], now, decided=decided.set), decided


def test_the_next_are_decided_meanwhile_and_stored_after(
    rig: Rig, own_server: NatsServer, threads: ThreadPoolExecutor
) -> None:
    own_server.freeze()
    first, decided = entering(threads, rig, NOW, opened())
    assert decided.wait(SOON)
    # A clock that goes back between the two must not make the record go back.
    second, also_decided = entering(threads, rig, NOW - timedelta(hours=1), opened())
    assert not also_decided.wait(0.3), "it waits until the first is stored"
    assert not first.done()
    own_server.thaw()
    answers = [*first.result(SOON), *second.result(SOON)]
    assert all(isinstance(answer, Recorded) for answer in answers)
    entries = rig.record.page(after=answers[0].position - 1, limit=10)  # type: ignore[union-attr]
    assert [e.position for e in entries] == [a.position for a in answers]  # type: ignore[union-attr]
    assert entries[0].recorded_at <= entries[1].recorded_at


def test_an_act_on_a_record_that_is_being_stored_is_decided_on_what_came_of_it(
    rig: Rig, own_server: NatsServer, threads: ThreadPoolExecutor
) -> None:
    case = str(uuid4())
    own_server.freeze()
    first, decided = entering(threads, rig, NOW, told("case-opened", case))
    assert decided.wait(SOON)
    second, _ = entering(threads, rig, NOW, told("contact-made", case))
    own_server.thaw()
    answers = [*first.result(SOON), *second.result(SOON)]
    assert [a.version for a in answers] == [1, 2]  # type: ignore[union-attr]


def test_what_could_not_be_stored_does_not_keep_the_next_waiting(
    rig: Rig, own_server: NatsServer, threads: ThreadPoolExecutor
) -> None:
    own_server.freeze()
    first, _ = entering(threads, rig, NOW, opened())
    failed = first.exception(2 * SOON)
    own_server.thaw()
    assert failed is not None
    second, decided = entering(threads, rig, NOW, opened())
    assert isinstance(second.result(SOON)[0], Recorded)
    assert decided.is_set()
