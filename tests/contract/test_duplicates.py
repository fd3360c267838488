"""Where persons are noted, in a file and in PostgreSQL: who is told of whom, how often, and for how long."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from adapters.duplicates import LookedUp
from adapters.keys import SqlKeyStore, open_key_store
from services.answers import LookUp
from services.keyring import KnownPerson

CENTRE, SOCIAL, HEALTH = "ocentre", "osocial", "ohealth"
ALL = frozenset({CENTRE, SOCIAL, HEALTH})
MONDAY = date(2026, 11, 30)
CASES = ("case/1", "case/2", "case/3")


@pytest.fixture
def store(tmp_path: Path, database: str | None) -> Iterator[SqlKeyStore]:
    with closing(open_key_store(tmp_path, database)) as opened:
        yield opened


def told(
    store: SqlKeyStore,
    record: str,
    by: str,
    *persons: str,
    asks: bool = True,
    sharing: frozenset[str] = ALL,
    day: date = MONDAY,
    a_day: int = 200,
) -> LookUp:
    person = KnownPerson(record=record, organisation=by, combinations=persons, asks=asks)
    [answer] = store.note([person], taking_part=sharing, day=day, a_day=a_day)
    return answer


def seen(store: SqlKeyStore, by: str, sharing: frozenset[str] = ALL) -> frozenset[str]:
    return store.known_elsewhere(CASES, organisation=by, taking_part=sharing)


def test_the_second_is_answered_and_both_see_it(store: SqlKeyStore) -> None:
    assert told(store, "case/1", CENTRE, "anna", "anna by card") == "nobody"
    assert told(store, "case/2", SOCIAL, "anna by card") == "known"
    assert told(store, "case/3", HEALTH, "berta") == "nobody"
    assert seen(store, CENTRE) == {"case/1"}
    assert seen(store, SOCIAL) == {"case/2"}
    assert seen(store, HEALTH) == frozenset()


def test_of_several_told_together_each_finds_those_before_it(store: SqlKeyStore) -> None:
    persons = [
        KnownPerson(record=f"case/{n}", organisation=by, combinations=("anna",), asks=True)
        for n, by in enumerate((CENTRE, SOCIAL), 1)
    ]
    assert store.note(persons, taking_part=ALL, day=MONDAY, a_day=200) == ["nobody", "known"]


def test_an_organisation_does_not_find_itself(store: SqlKeyStore) -> None:
    assert told(store, "case/1", CENTRE, "anna") == "nobody"
    assert told(store, "case/2", CENTRE, "anna") == "nobody"
    assert told(store, "case/1", CENTRE, "anna") == "nobody"
    assert seen(store, CENTRE) == frozenset()


def test_who_takes_no_part_is_neither_found_nor_told(store: SqlKeyStore) -> None:
    told(store, "case/1", HEALTH, "anna")
    without = frozenset({CENTRE, SOCIAL})
    assert told(store, "case/2", SOCIAL, "anna", sharing=without) == "nobody"
    told(store, "case/3", CENTRE, "anna", sharing=without)
    assert seen(store, HEALTH, sharing=without) == frozenset()
    assert seen(store, SOCIAL, sharing=frozenset({SOCIAL})) == frozenset()
    assert seen(store, SOCIAL, sharing=without) == {"case/2"}


def test_who_did_not_ask_is_not_told_later_either(store: SqlKeyStore) -> None:
    assert told(store, "case/1", CENTRE, "anna", asks=False) == "not-asked"
    assert told(store, "case/2", SOCIAL, "anna") == "known"
    assert seen(store, CENTRE) == frozenset()
    assert seen(store, SOCIAL) == {"case/2"}


def test_what_is_told_anew_takes_the_mark_away(store: SqlKeyStore) -> None:
    told(store, "case/1", CENTRE, "anna")
    assert told(store, "case/2", SOCIAL, "anna") == "known"
    assert told(store, "case/2", SOCIAL, "anna as corrected", asks=False) == "not-asked"
    assert seen(store, CENTRE) == frozenset()
    assert told(store, "case/3", HEALTH, "anna as corrected") == "known"
    assert told(store, "case/1", CENTRE) == "not-asked"
    assert told(store, "case/2", SOCIAL, "anna") == "nobody"


def test_a_case_that_is_handed_over_is_its_new_organisations(store: SqlKeyStore) -> None:
    told(store, "case/1", CENTRE, "anna")
    told(store, "case/1", SOCIAL, "anna", asks=False)
    assert told(store, "case/2", SOCIAL, "anna") == "nobody"
    assert told(store, "case/3", CENTRE, "anna") == "known"
    assert seen(store, CENTRE) == {"case/3"}
    assert seen(store, SOCIAL) == {"case/1", "case/2"}


def test_above_the_budget_of_a_day_nothing_is_said(tmp_path: Path, database: str | None, store: SqlKeyStore) -> None:
    told(store, "case/1", CENTRE, "anna", "berta")
    assert told(store, "case/2", SOCIAL, "carla", a_day=1) == "nobody"
    assert told(store, "case/3", SOCIAL, "anna", a_day=1) == "over-budget"
    assert seen(store, SOCIAL) == frozenset()
    assert seen(store, CENTRE) == frozenset()
    with closing(open_key_store(tmp_path, database)) as again:  # a start gives no other budget
        assert told(again, "case/3", SOCIAL, "anna", a_day=1) == "over-budget"
        assert told(again, "case/2", SOCIAL, "carla", a_day=1) == "nobody"
        assert told(again, "case/3", SOCIAL, "anna", a_day=1, day=MONDAY + timedelta(days=1)) == "known"


def test_who_is_above_its_budget_learns_nothing_by_waiting(store: SqlKeyStore) -> None:
    assert told(store, "case/2", SOCIAL, "anna", a_day=0) == "over-budget"
    assert told(store, "case/1", CENTRE, "anna") == "known"
    assert seen(store, SOCIAL) == frozenset()


def test_each_identifier_counts(store: SqlKeyStore) -> None:
    guesses = [f"anna by code {n}" for n in range(20)]
    assert told(store, "case/1", SOCIAL, *guesses, a_day=19) == "over-budget"
    assert told(store, "case/2", SOCIAL, *guesses, a_day=20) == "nobody"
    assert told(store, "case/3", SOCIAL, "one more", a_day=20) == "over-budget"
    assert told(store, "case/4", CENTRE, "one more", a_day=20) == "known"


def test_as_much_is_done_whether_somebody_is_found_or_not(store: SqlKeyStore) -> None:
    """So that the duration of an answer does not tell."""
    told(store, "case/0", CENTRE, "anna", "anna by card")
    told(store, "case/0", SOCIAL, "carla", "carla by card")  # so that this day is counted already
    done: dict[str, list[str]] = {"anna": [], "berta": []}
    for record, (name, statements) in enumerate(done.items(), 1):

        def noted(*of_it: Any, into: list[str] = statements) -> None:
            into.append(of_it[2])

        event.listen(store._noting, "before_cursor_execute", noted)
        told(store, f"case/{record}", SOCIAL, name, f"{name} by card")
        event.remove(store._noting, "before_cursor_execute", noted)
    assert len(done["anna"]) > 5
    assert [each.split()[0] for each in done["anna"]] == [each.split()[0] for each in done["berta"]]


def test_it_is_counted_who_looked_up_how_many(store: SqlKeyStore) -> None:
    told(store, "case/1", CENTRE, "anna", "anna by card")
    told(store, "case/2", SOCIAL, "anna", a_day=1)
    told(store, "case/3", SOCIAL, "berta", a_day=1)
    told(store, "case/3", SOCIAL, "carla", day=MONDAY - timedelta(days=1))
    counted = store.duplicates.looked_up([CENTRE, SOCIAL], since=MONDAY)
    assert counted == {CENTRE: LookedUp(2, 0, 0), SOCIAL: LookedUp(1, 1, 1)}


def test_the_file_alone_tells_of_nobody(tmp_path: Path) -> None:
    with closing(open_key_store(tmp_path)) as store:
        told(store, "case/1", CENTRE, "anna\n1990-01-02")
        told(store, "case/2", SOCIAL, "anna\n1990-01-02")
        whole = b"".join(f.read_bytes() for f in (tmp_path / "keys").iterdir())
    for secret in (b"anna", b"1990", b"case/1", CENTRE.encode(), SOCIAL.encode()):
        assert secret not in whole


def test_a_folder_of_before_opens_and_what_it_noted_is_left_alone(tmp_path: Path) -> None:
    open_key_store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "keys" / "keys.sqlite3")) as older:
        older.executescript(
            "DROP TABLE person; DROP TABLE look_up;"
            "CREATE TABLE identifier (digest BLOB, subject BLOB, PRIMARY KEY (digest, subject));"
            "INSERT INTO identifier VALUES (x'00', x'01');"
        )
    with closing(open_key_store(tmp_path)) as store:
        assert told(store, "case/1", CENTRE, "anna") == "nobody"
        assert told(store, "case/2", SOCIAL, "anna") == "known"
    with closing(sqlite3.connect(tmp_path / "keys" / "keys.sqlite3")) as now:
        assert now.execute("SELECT COUNT(*) FROM identifier").fetchone() == (1,)
