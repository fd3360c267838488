"""Decided batches on their way to the store: in their order, many together, and each is told what became of it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.batch import Batch
from services.storing import TOGETHER, Storing
from tests.examples import NOON

SOON = 10.0


class Store:
    """Holds each batch until it is let go; says in which order and in which company they came."""

    def __init__(self) -> None:
        self.came: list[list[str]] = []
        self.begun, self.let_go = threading.Semaphore(0), threading.Semaphore(0)
        self.fails = False

    def __call__(self, batch: Batch) -> None:
        self.came.append([d.entry.originator_id for d in batch.decided.values()])
        self.begun.release()
        assert self.let_go.acquire(timeout=SOON)
        if self.fails:
            raise OSError
        batch.answers |= {i: cast("Any", d.entry.originator_id) for i, d in batch.decided.items()}


def batch(*records: str) -> Batch:
    made = Batch(cast("Any", records), NOON)
    made.decided |= {i: cast("Any", decided(record)) for i, record in enumerate(records)}
    return made


def decided(record: str) -> SimpleNamespace:
    return SimpleNamespace(entry=SimpleNamespace(originator_id=record))


def cases(name: str, number: int) -> list[str]:
    return [f"case/{name}-{n}" for n in range(number)]


class Way:
    def __init__(self) -> None:
        self.store = Store()
        self.storing = Storing(self.store)
        self.threads = ThreadPoolExecutor(5)

    def sent(self, *records: str) -> "tuple[Batch, Future[None]]":
        self.storing.add(made := batch(*records))
        return made, self.threads.submit(self.storing.until_stored, made)

    def held(self, *records: str) -> "tuple[Batch, Future[None]]":
        """It is being stored, and nothing comes of it yet."""
        sent = self.sent(*records)
        assert self.store.begun.acquire(timeout=SOON)
        return sent


@pytest.fixture
def way() -> Any:
    way = Way()
    yield way
    way.store.let_go.release(100)
    way.threads.shutdown()


def test_few_are_stored_batch_by_batch_in_their_order(way: Way) -> None:
    sent = [way.held(*cases("a", 2)), *(way.sent(*cases(name, 2)) for name in "bcd")]
    way.store.let_go.release(4)
    assert [future.result(SOON) for _, future in sent] == [None] * 4
    assert way.store.came == [cases(name, 2) for name in "abcd"]


def test_many_that_were_decided_meanwhile_are_stored_together_and_each_is_told_its_own(way: Way) -> None:
    sent = [way.held(*cases("a", 1)), way.sent(*cases("b", TOGETHER - 1)), way.sent(*cases("c", 1))]
    way.store.let_go.release(2)
    for made, future in sent:
        future.result(SOON)
        assert [made.answers[i] for i in range(len(made.told))] == list(made.told)  # type: ignore[comparison-overlap]
    assert way.store.came == [cases("a", 1), [*cases("b", TOGETHER - 1), *cases("c", 1)]]


def test_acts_of_the_network_keep_no_company(way: Way) -> None:
    many = TOGETHER
    sent = [
        way.held(*cases("a", 1)),
        way.sent(*cases("b", many)),
        way.sent("organisation/o"),
        way.sent(*cases("c", many)),
    ]
    way.store.let_go.release(4)
    assert [future.result(SOON) for _, future in sent] == [None] * 4
    assert way.store.came == [cases("a", 1), cases("b", many), ["organisation/o"], cases("c", many)]


def test_what_the_store_raises_is_raised_to_each_that_it_concerns(way: Way) -> None:
    first, others = way.held(*cases("a", 1)), [way.sent(*cases("b", TOGETHER)), way.sent(*cases("c", 1))]
    way.store.let_go.release()
    assert first[1].result(SOON) is None
    assert way.store.begun.acquire(timeout=SOON)
    way.store.fails = True
    way.store.let_go.release()
    assert [type(future.exception(SOON)) for _, future in others] == [OSError, OSError]
    way.store.fails = False
    way.store.let_go.release()
    assert way.sent(*cases("d", 1))[1].result(SOON) is None


def test_who_needs_a_record_that_is_on_its_way_waits_until_it_is_there(way: Way) -> None:
    _, stored = way.held("case/a")
    free = way.threads.submit(way.storing.until_none_of, {"case/b"})
    waiting = way.threads.submit(way.storing.until_none_of, {"case/a", "case/b"})
    assert free.result(SOON) is None
    assert not waiting.done()
    way.store.let_go.release()
    assert waiting.result(SOON) is None
    assert stored.result(SOON) is None
