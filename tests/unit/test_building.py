"""While many entries are folded at once the collector of cycles rests; afterwards it looks again, whatever happened."""

import gc
from collections.abc import Sequence
from typing import cast

import pytest

from domain.entry import Entry
from services.views.building import MANY, Building
from services.views.rows import Changes, Reached
from services.views.store import ViewStore
from tests.examples import CENTRE
from tests.list_record import ListRecord
from tests.unit.given import entered


class Store:
    """Notes whether the collector looks while it writes."""

    name = "generation_1"

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails
        self.looked: list[bool] = []

    def reached(self) -> Reached:
        return Reached()

    def office(self) -> None:
        return None

    def write(self, changes: Changes, before: Reached) -> Reached:
        self.looked.append(gc.isenabled())
        if self._fails:
            raise OSError("full")
        return before._replace(position=changes.entries[-1].position)


def taken(entries: Sequence[Entry], store: Store) -> list[bool]:
    Building(ListRecord(entries), cast("ViewStore", store)).take(entries, lambda _: None)
    return store.looked


def contacts(number: int) -> list[Entry]:
    return list(entered([(CENTRE, "case-opened"), *[(CENTRE, "contact-made")] * (number - 1)]))


def test_it_rests_while_there_are_many() -> None:
    assert taken(contacts(MANY), Store()) == [False]
    assert gc.isenabled()


def test_it_looks_while_there_are_few() -> None:
    assert taken(contacts(3), Store()) == [True]


def test_it_looks_again_after_a_fault() -> None:
    store = Store(fails=True)
    with pytest.raises(OSError, match="full"):
        taken(contacts(MANY), store)
    assert store.looked[0] is False
    assert gc.isenabled()
