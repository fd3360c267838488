"""The views as they run: followed, waited for, stopped by what they cannot process, built anew, killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from adapters.sql.generations import generations
from adapters.sql.store import SqlViewStore
from adapters.sql.writing import OtherWriterError
from domain.entry import Entry
from services.views.building import Building
from services.views.followed import RecordChanged
from services.views.store import SCHEMA, ViewStore
from services.views.views import Views
from tests.any_record import ORGANISATIONS, any_entries
from tests.contract.views_process import write_entries
from tests.examples import AGREEMENT, CASE, CENTRE, COOP, HANDOVER, HEALTH, OFFICE, ORPHAN_CASE
from tests.list_record import ListRecord
from tests.unit.given import entered, story

SOON = 10.0


@contextmanager
def running(record: ListRecord, folder: Path, url: str | None = None, *, anew: bool = False) -> Iterator[Views]:
    views = Views(record, generations(folder, url), pause=0.01, longest_pause=0.05)
    views.start(anew=anew)
    try:
        yield views
    finally:
        views.stop()


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < ends, "it did not come about in time"
        time.sleep(0.005)


def positions(views: Views, reader: str, record: str = CASE) -> list[int]:
    with views.reading() as snapshot:
        return [s.entry.position for s in snapshot.of_record(reader, record)]


def digests(views: Views) -> list[str]:
    return [views.digest(organisation=organisation) for organisation in ORGANISATIONS]


def test_the_story_is_there_for_who_may_see_it(tmp_path: Path, database: str | None) -> None:
    record = ListRecord(story())
    with running(record, tmp_path, database) as views:
        assert views.wait_for(record.position(), SOON) == record.position()
        with views.reading() as snapshot:
            board = snapshot.board(CENTRE, before=2**62, limit=10, status=None)
            assert [row.status for row in board] == ["open"] * 4
            agreement = {o: len(snapshot.of_record(o, AGREEMENT)) for o in (COOP, CENTRE, HEALTH, OFFICE)}
            assert agreement == {COOP: 11, CENTRE: 11, HEALTH: 11, OFFICE: 0}
            own = snapshot.board(OFFICE, before=2**62, limit=10, status=None)
            assert [(row.record, row.role, row.person) for row in own] == [(ORPHAN_CASE, None, "")]
            assert len(snapshot.organisations()) == 7


def test_an_admission_brings_its_past_and_an_end_takes_it_away_but_for_own_acts(
    tmp_path: Path, database: str | None
) -> None:
    steps = (
        (CENTRE, "case-opened"),
        (CENTRE, "case-taken-on"),
        (CENTRE, "member-joined", {"organisation": HEALTH, "past": "all", "past_since": None}),
        (HEALTH, "contact-made"),
        (CENTRE, "member-left", {"organisation": HEALTH}),
    )
    entries = list(entered(steps))
    record = ListRecord(entries[:2])
    with running(record, tmp_path, database) as views:
        views.wait_for(2, SOON)
        assert positions(views, HEALTH) == []
        record.append(entries[2:4])
        views.wait_for(4, SOON)
        assert positions(views, HEALTH) == [1, 2, 3, 4]
        record.append(entries[4:])
        views.wait_for(5, SOON)
        assert positions(views, HEALTH) == [4]
        with views.reading() as snapshot:
            line = snapshot.line(HEALTH, CASE)
            assert line is not None
            assert (line.role, line.last_position) == (None, 4)


def test_who_hands_over_what_it_wrote_alone_is_told_that_it_no_longer_belongs(tmp_path: Path) -> None:
    steps = (
        (CENTRE, "case-opened"),
        (CENTRE, "handover-proposed", {"to": COOP, "handover": HANDOVER}),
        (COOP, "handover-accepted", {"handover": HANDOVER}),
    )
    entries = list(entered(steps))
    record = ListRecord(entries[:2])
    with running(record, tmp_path) as views:
        views.wait_for(2, SOON)
        record.append(entries[2:])
        views.wait_for(3, SOON)
        assert positions(views, CENTRE) == [1, 2]  # as before: only its standing is another
        with views.reading() as snapshot:
            lines = [snapshot.line(organisation, CASE) for organisation in (CENTRE, COOP)]
        assert [line.role for line in lines if line] == [None, "responsible"]


def test_who_leaves_keeps_no_referral_of_which_it_sees_the_sending_no_more(tmp_path: Path) -> None:
    steps = ((CENTRE, "referral-sent"), (COOP, "referral-accepted"), (CENTRE, "member-left", {"organisation": COOP}))
    entries = list(entered(steps))
    record = ListRecord(entries[:2])
    with running(record, tmp_path) as views:
        for number, kept in ((2, 1), (3, 0)):
            record.append(entries[record.position() : number])
            views.wait_for(number, SOON)
            with views.reading() as snapshot:
                rows = snapshot.referrals(COOP, before=2**62, limit=10, record=None, states=None)
            assert len(rows) == kept


def test_waiting_ends_with_the_entry_and_else_says_where_the_view_stands(tmp_path: Path) -> None:
    entries = list(entered([(CENTRE, "case-opened"), (CENTRE, "case-taken-on")]))
    record = ListRecord(entries[:1])
    with running(record, tmp_path) as views:
        assert views.wait_for(2, 0.05) == 1
        threading.Timer(0.05, record.append, [entries[1:]]).start()
        assert views.wait_for(2, SOON) == 2


def test_an_unreadable_entry_stops_it_there_and_it_goes_on_when_mended(tmp_path: Path, database: str | None) -> None:
    record = ListRecord(any_entries(Random(1), tries=60))
    record.unreadable.add(7)
    with running(record, tmp_path, database) as views:
        until(lambda: views.status.stopped is not None and views.status.position == 6)
        stopped = views.status.stopped
        assert stopped is not None
        assert (stopped.position, stopped.reason) == (7, "UnreadableEntryError")
        record.mend()
        assert views.wait_for(record.position(), SOON) == record.position()
        assert views.status.stopped is None


FUNCTION = "$$ BEGIN IF NEW.position = 7 THEN RAISE 'no'; END IF; RETURN NEW; END $$"
POISON = {
    "sqlite": [
        "CREATE TRIGGER poison BEFORE INSERT ON entry WHEN NEW.position = 7 BEGIN SELECT RAISE(ABORT, 'no'); END"
    ],
    "postgresql": [
        f"CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS {FUNCTION}",
        "CREATE TRIGGER poison BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION poison()",
    ],
}
MENDING = {"sqlite": "DROP TRIGGER poison", "postgresql": "DROP TRIGGER poison ON entry"}


def test_an_entry_the_database_refuses_stops_it_with_all_before_stored(tmp_path: Path, database: str | None) -> None:
    entries = any_entries(Random(2), tries=60)
    record = ListRecord()
    with running(record, tmp_path, database) as views:
        store = views._now().store
        assert isinstance(store, SqlViewStore)
        with store._writer.begin() as connection:
            for statement in POISON[connection.dialect.name]:
                connection.exec_driver_sql(statement)
        record.append(entries)
        until(lambda: views.status.stopped is not None and views.status.position == 6)
        with views.reading() as snapshot:
            seen = {s.entry.position for r in ORGANISATIONS for s in snapshot.at(r, range(1, len(entries) + 1))}
        assert seen == set(range(1, 7))
        with store._writer.begin() as connection:
            connection.execute(text(MENDING[connection.dialect.name]))
        assert views.wait_for(len(entries), SOON) == len(entries)
        after_mending = digests(views)
    with running(ListRecord(entries), tmp_path / "clean") as views:
        views.wait_for(len(entries), SOON)
        assert digests(views) == after_mending


def test_it_starts_again_where_it_stood(tmp_path: Path, database: str | None) -> None:
    entries = any_entries(Random(3), tries=80)
    with running(ListRecord(entries[:20]), tmp_path, database) as views:
        views.wait_for(20, SOON)
    with running(ListRecord(entries), tmp_path, database) as views:
        assert views.status.position >= 20
        views.wait_for(len(entries), SOON)
        again = digests(views)
    with running(ListRecord(entries), tmp_path / "clean") as views:
        views.wait_for(len(entries), SOON)
        assert digests(views) == again


def changed_records() -> dict[str, ListRecord]:
    entries = any_entries(Random(4), tries=80)
    other = any_entries(Random(5), tries=80)
    return {
        "cut and written anew": ListRecord(other),
        "shorter": ListRecord(entries[:10]),
        "restored": ListRecord(entries, incarnation="second"),
    }


@pytest.mark.parametrize("how", ["cut and written anew", "shorter", "restored"])
def test_another_record_is_not_followed_until_the_views_are_built_anew(
    tmp_path: Path, database: str | None, how: str
) -> None:
    with running(ListRecord(any_entries(Random(4), tries=80)), tmp_path, database) as views:
        views.wait_for(20, SOON)
    changed = changed_records()[how]
    with pytest.raises(RecordChanged, match="ebuild the views"), running(changed, tmp_path, database):
        pass
    with running(changed, tmp_path, database, anew=True) as views:
        assert views.wait_for(changed.position(), SOON) == changed.position()


def test_a_rebuild_makes_the_same_and_is_switched_under_readers(tmp_path: Path, database: str | None) -> None:
    entries = any_entries(Random(6), tries=120)
    record = ListRecord(entries[:-3])
    told: list[tuple[int, int]] = []
    with running(record, tmp_path, database) as views:
        views.wait_for(record.position(), SOON)
        before = digests(views)
        with views.reading() as old:
            closing = threading.Thread(target=views.rebuild, args=[lambda done, of: told.append((done, of))])
            closing.start()
            until(lambda: views._now().store.name == "generation_2")
            assert old.digest(CENTRE) == before[0]  # still read, so it is not taken away
        closing.join(SOON)
        assert digests(views) == before
        assert told[-1] == (record.position(), record.position())
        record.append(entries[-3:])
        assert views.wait_for(len(entries), SOON) == len(entries)
    with running(record, tmp_path, database) as views:
        assert views._now().store.name == "generation_2"


def test_a_rebuild_that_fails_leaves_what_is_there(tmp_path: Path, database: str | None) -> None:
    record = ListRecord(any_entries(Random(7), tries=80))
    with running(record, tmp_path, database) as views:
        views.wait_for(record.position(), SOON)
        record.unreadable.add(3)
        with pytest.raises(Exception, match="entry 3"):
            views.rebuild()
        assert views.status.position == record.position()
        assert views._now().store.name == "generation_1"


def test_another_schema_is_built_beside_and_switched_when_it_has_caught_up(
    tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ListRecord(any_entries(Random(8), tries=80))
    with running(record, tmp_path, database) as views:
        views.wait_for(record.position(), SOON)
        before = digests(views)
    monkeypatch.setattr("adapters.sql.store.SCHEMA", SCHEMA + 1)
    monkeypatch.setattr("adapters.sql.generations.SCHEMA", SCHEMA + 1)
    with running(record, tmp_path, database) as views:
        views.wait_for(record.position(), SOON)
        assert digests(views) == before
    again = generations(tmp_path, database).current()
    assert again is not None
    assert again.name == "generation_2"
    again.close()


def test_two_writers_do_not_both_move_a_view(tmp_path: Path, database: str | None) -> None:
    record = ListRecord(any_entries(Random(9), tries=40))
    places = generations(tmp_path, database)
    store = places.fresh(record.incarnation)
    places.switch(store)
    other = generations(tmp_path, database).current()
    assert other is not None
    first, second = Building(record, store), Building(record, other)
    first.take(record._all[:5], lambda _: None)
    with pytest.raises(OtherWriterError):
        second.take(record._all[:1], lambda _: None)
    second.take(record._all[:8], lambda _: None)  # it has looked again
    assert store.reached().position == 8
    store.close()
    other.close()


@pytest.mark.kills
def test_killed_in_the_middle_of_batches_it_has_each_entry_once(tmp_path: Path, database: str | None) -> None:
    entries = any_entries(Random(10), tries=600, cases=12)
    write_entries(tmp_path / "entries", entries)
    arguments = [sys.executable, "-m", "tests.contract.views_process", str(tmp_path), database or ""]
    drawn = Random(11)
    reached, stood = 0, set()
    for _ in range(4):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "."}) as process:
            assert process.stdout is not None
            for _ in range(drawn.randint(2, 7)):  # each batch says so when it is in; the next is under way
                process.stdout.readline()
            time.sleep(drawn.random() * 0.005)
            process.send_signal(signal.SIGKILL)
        store = generations(tmp_path, database).current()
        assert store is not None
        assert store.reached().position >= reached
        stood.add(reached := store.reached().position)
        check_like_fresh(store, entries[:reached], tmp_path / f"fresh-{reached}")
        store.close()
    assert len(stood) > 2, "it was never killed on its way"


def check_like_fresh(store: ViewStore, entries: list[Entry], folder: Path) -> None:
    record = ListRecord(entries)
    fresh = generations(folder).fresh(record.incarnation)
    Building(record, fresh).take(entries, lambda _: None)
    with store.reading() as killed, fresh.reading() as whole:
        assert [killed.digest(r) for r in ORGANISATIONS] == [whole.digest(r) for r in ORGANISATIONS]
    fresh.close()


def test_a_file_of_views_holds_no_case_of_others(tmp_path: Path) -> None:
    record = ListRecord(entered([(CENTRE, "case-opened")]))
    with running(record, tmp_path) as views:
        views.wait_for(1, SOON)
        assert positions(views, COOP) == []
        with views.reading() as snapshot:
            assert snapshot.line(COOP, CASE) is None
            assert snapshot.at(COOP, [1]) == []


def test_views_that_have_gone_on_follow_what_they_had_read_before(tmp_path: Path, database: str | None) -> None:
    """Another process asks where they stand, and then what they hold there: meanwhile they go on."""
    record = ListRecord(story())
    with running(record, tmp_path, database) as views:
        until(lambda: views.status.position == record.position())
        store = views._now().store
        earlier = record.entry_at(3)
        assert earlier is not None
        assert store.follows(earlier)
        assert not store.follows(replace(earlier, organisation=HEALTH))


def test_a_question_that_is_given_up_amid_its_rows_keeps_no_reader_at_an_old_state(
    tmp_path: Path, database: str | None
) -> None:
    record = ListRecord(list(story()))
    store = generations(tmp_path, database).fresh(record.incarnation)
    building, half = Building(record, store), len(record._all) // 2
    building.take(record._all[:half], lambda _: None)
    kept: list[object] = []  # as a fault that names itself keeps what it was raised in
    for _ in range(3):
        with pytest.raises(ZeroDivisionError) as fault:
            _given_up(store, kept)
        kept.append(fault)
    building.take(record._all[half:], lambda _: None)
    for _ in range(4):
        with store.reading() as snapshot:
            assert snapshot.reached().position == record.position()
    store.close()


def _given_up(store: ViewStore, kept: list[object]) -> None:
    with store.reading() as snapshot:
        rows = snapshot._connection.execute(text("SELECT position FROM entry"))  # type: ignore[attr-defined]
        kept += [rows, rows.fetchone()]
        raise ZeroDivisionError
