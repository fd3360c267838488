"""Whatever is told in whatever order, the views are the fold of what each reader may see."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sql.generations import generations
from domain.entry import Entry
from services.views.building import Building
from services.views.kinds.placements import PLACEMENTS
from services.views.kinds.tasks import TASKS
from services.views.rows import BoardRow
from services.views.store import Snapshot, ViewStore
from tests.any_record import ORGANISATIONS, any_entries, in_batches
from tests.list_record import ListRecord
from tests.naive_views import cases_at, line, lists, seen

SEEDS = st.integers(0, 2**32)
EXAMPLES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
Folders = Callable[[], Path]


def built(record: ListRecord, entries: list[list[Entry]], folder: Path, url: str | None = None) -> ViewStore:
    store = generations(folder, url).fresh(record.incarnation)
    building = Building(record, store)
    for batch in entries:
        building.take(batch, lambda _: None)
    return store


def digests(store: ViewStore) -> list[str]:
    with store.reading() as views:
        return [views.digest(reader) for reader in ORGANISATIONS]


def as_naive(views: Snapshot, row: BoardRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    referrals = views.referrals(row.organisation, before=2**62, limit=500, record=row.record, states=None)
    return {
        "role": row.role,
        "status": row.status,
        "taken_on": row.taken_on,
        "open_referrals": row.open_referrals,
        "referrals": dict(sorted((r.referral, r.state) for r in referrals)),
        "last_position": row.last_position,
        "last_type": row.last_type,
        "has_contact": row.last_contact is not None,
    }


def lists_of(views: Snapshot, reader: str, record: str) -> dict[str, dict[str, tuple[object, ...]]]:
    placements, tasks = views.rows(reader, PLACEMENTS, record), views.rows(reader, TASKS, record)
    return {
        "placement": {p.placement: (p.host, p.started, p.ended, p.state == "cancelled") for p in placements},
        "task": {t.task: (t.doer, t.due, t.done is not None) for t in tasks},
    }


def check_naive(views: Snapshot, entries: list[Entry], position: int) -> None:
    for case in cases_at(entries, position):
        for reader in ORGANISATIONS:
            read = views.of_record(reader, case.id)
            assert [(s.entry.position, tuple(sorted(s.categories)), s.masked) for s in read] == seen(case, reader)
            assert as_naive(views, views.line(reader, case.id)) == line(case, reader)
            assert lists_of(views, reader, case.id) == lists(case, reader)


@EXAMPLES
@given(seed=SEEDS)
def test_at_every_position_the_view_is_the_naive_fold(seed: int, folders: Folders) -> None:
    drawn = random.Random(seed)
    entries = any_entries(drawn, tries=50)
    record = ListRecord(entries)
    with closing(generations(folders()).fresh(record.incarnation)) as store:
        building = Building(record, store)
        for batch in in_batches(drawn, entries):
            building.take(batch, lambda _: None)
            with store.reading() as views:
                check_naive(views, entries, batch[-1].position)


@EXAMPLES
@given(seed=SEEDS)
def test_however_it_is_cut_in_batches_the_digest_is_the_same(seed: int, folders: Folders) -> None:
    drawn = random.Random(seed)
    entries = any_entries(drawn, tries=60)
    record = ListRecord(entries)
    ways = [[entries], [[e] for e in entries], list(in_batches(drawn, entries))]
    found = []
    for way in ways:
        with closing(built(record, [batch for batch in way if batch], folders())) as store:
            found.append(digests(store))
    assert found == [found[0]] * len(ways)


@EXAMPLES
@given(seed=SEEDS)
def test_a_projection_that_remembers_nothing_makes_the_same(seed: int, folders: Folders) -> None:
    drawn = random.Random(seed)
    entries = any_entries(drawn, tries=50)
    record = ListRecord(entries)
    forgetful = generations(folders()).fresh(record.incarnation)
    for entry in entries:
        Building(record, forgetful).take([entry], lambda _: None)
    with closing(forgetful), closing(built(record, [[e] for e in entries], folders())) as remembering:
        assert digests(forgetful) == digests(remembering)


@EXAMPLES
@given(seed=SEEDS)
def test_two_readers_agree_on_all_that_both_see_in_clear(seed: int, folders: Folders) -> None:
    entries = any_entries(random.Random(seed), tries=60)
    record = ListRecord(entries)
    with closing(built(record, [entries] if entries else [], folders())) as store, store.reading() as views:
        for case in cases_at(entries, len(entries)):
            read = {r: {s.entry.position: s for s in views.of_record(r, case.id)} for r in ORGANISATIONS}
            for one in ORGANISATIONS:
                for other in ORGANISATIONS:
                    both = ((read[one][at], read[other][at]) for at in read[one].keys() & read[other].keys())
                    assert all(a == b for a, b in both if not (a.masked or b.masked))
                    if read[one] == read[other]:
                        check_same_lines(views, case.id, one, other)


def check_same_lines(views: Snapshot, record: str, one: str, other: str) -> None:
    first, second = views.line(one, record), views.line(other, record)
    assert first is None or alike(first) == (second and alike(second))


def alike(row: BoardRow) -> BoardRow:
    """But for who reads, and since when it has seen it so."""
    return row._replace(organisation="", role="", moved=0)


@pytest.mark.parametrize("seed", range(4))
def test_sqlite_and_postgres_make_the_same(seed: int, folders: Folders, postgres_url: str) -> None:
    entries = any_entries(random.Random(seed), tries=150)
    record = ListRecord(entries)
    batches = list(in_batches(random.Random(seed), entries, most=40))
    with (
        closing(built(record, batches, folders())) as one,
        closing(built(record, batches, folders(), postgres_url)) as two,
    ):
        assert digests(one) == digests(two)
        with two.reading() as views:
            check_naive(views, entries, len(entries))
