"""Reading: a case now and as it stood, the whole log without holes, and what comes in as it comes."""

import time
from collections.abc import Iterator
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import Notification, StoredEvent

from adapters.jetstream.guard import Gap
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.streams import Definition, record_definition
from services.position import Position, digest_of, position_of
from tests.record_streams import FreshStream, entries


def versions(found: Any) -> list[int]:
    return [entry.originator_version for entry in found]


def test_every_entry_knows_its_position(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events([*entries("case/a", 1, 1), *entries("case/b", 1, 1), *entries("case/a", 2, 2)])
    assert [entry.id for entry in recorder.select_events("case/a")] == [1, 3]


def test_a_case_is_read_as_it_stood(fresh: FreshStream) -> None:
    recorder = fresh.application()
    for version in range(1, 6):
        recorder.insert_events([*entries("case/a", version, version), *entries(uuid4(), 1, 1)])
    assert versions(recorder.load("case/a", up_to_position=5)) == [1, 2, 3]
    assert versions(recorder.load("case/a", up_to_position=0)) == []
    assert versions(recorder.load("case/a", up_to_position=9_999)) == [1, 2, 3, 4, 5]
    assert versions(recorder.load("case/a")) == [1, 2, 3, 4, 5]


def test_a_case_of_more_entries_than_one_answer_holds(fresh: FreshStream) -> None:
    recorder = fresh.application()
    for low in (1, 1001, 2001):
        recorder.insert_events(entries("case/long", low, low + 999))
    assert versions(recorder.select_events("case/long")) == list(range(1, 3001))
    assert versions(recorder.load("case/long", up_to_position=2500)) == list(range(1, 2501))
    assert versions(recorder.select_events("case/long", gt=10)) == list(range(11, 3001))
    assert versions(recorder.select_events("case/long", gt=10, lte=12)) == [11, 12]
    assert versions(recorder.select_events("case/long", gt=2998)) == [2999, 3000]
    assert versions(recorder.select_events("case/long", gt=3000)) == []
    assert versions(recorder.select_events("case/long", desc=True, limit=2)) == [3000, 2999]


def test_the_log_is_read_beyond_one_page(fresh: FreshStream) -> None:
    recorder = fresh.application()
    for number in range(3):
        recorder.insert_events(entries(f"case/{number}", 1, 900))
    assert [n.id for n in recorder.select_notifications(1, 5000)] == list(range(1, 2701))
    assert [n.id for n in recorder.select_notifications(1500, 1100, stop=2550)] == list(range(1500, 2551))


def test_entries_of_64_kilobytes_are_read_in_pages(fresh: FreshStream) -> None:
    recorder = fresh.application()
    for first in range(1, 901, 100):
        recorder.insert_events([StoredEvent("case/big", v, "t", b"x" * 65_536) for v in range(first, first + 100)])
    assert len(recorder.select_notifications(1, 1000)) == 900
    assert len(recorder.select_events("case/big")) == 900


def without_deny(fresh: FreshStream) -> Definition:
    """The record's rules, except that an operator may delete: to make a hole on purpose."""
    rules = record_definition(fresh.name, fresh.prefix)
    return Definition(rules.name, {k: v for k, v in rules.config.items() if k != "deny_delete"})


@pytest.fixture
def holed(fresh: FreshStream) -> JetStreamApplicationRecorder:
    recorder = fresh.opened(JetStreamApplicationRecorder, without_deny(fresh))
    recorder.insert_events(entries("case/a", 1, 5))
    fresh.api(f"STREAM.MSG.DELETE.{fresh.name}", {"seq": 3})
    return recorder


def test_a_hole_in_the_log_is_an_alarm(holed: JetStreamApplicationRecorder) -> None:
    with pytest.raises(Gap, match="3 is missing"):
        holed.select_notifications(1, 10)


def test_a_hole_stops_who_follows(holed: JetStreamApplicationRecorder) -> None:
    with holed.follow(None, batch=2) as follow:
        assert [n.id for n in next(follow)] == [1, 2]
        with pytest.raises(Gap):
            next(follow)


def test_a_hole_in_a_case_is_an_alarm(holed: JetStreamApplicationRecorder) -> None:
    with pytest.raises(Gap, match="version 4 after 2"):
        holed.select_events("case/a")


def test_a_missing_tail_is_an_alarm(fresh: FreshStream) -> None:
    recorder = fresh.opened(JetStreamApplicationRecorder, without_deny(fresh))
    recorder.insert_events(entries("case/a", 1, 5))
    fresh.api(f"STREAM.MSG.DELETE.{fresh.name}", {"seq": 5})
    with pytest.raises(Gap):
        recorder.select_notifications(5, 10)


def test_following_gives_the_past_and_then_what_comes(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 7))
    with recorder.follow(2, batch=3) as follow:
        assert [[n.id for n in next(follow)] for _ in range(2)] == [[3, 4, 5], [6, 7]]
        recorder.insert_events(entries("case/b", 1, 2))
        assert ids_until(follow, 9) == [8, 9]


def test_a_new_entry_is_pushed_at_once(fresh: FreshStream) -> None:
    recorder = fresh.application()
    seen: list[tuple[float, int]] = []

    def watch() -> None:
        with recorder.follow(None) as follow:
            for batch in follow:
                seen.extend((time.monotonic(), n.id) for n in batch)
                if seen[-1][1] >= 1050:
                    return

    watching = Thread(target=watch)
    watching.start()
    recorder.insert_events(entries("case/first", 1, 1000))  # more than one pull brings
    written = []
    for number in range(50):
        recorder.insert_events(entries(f"case/{number}", 1, 1))
        written.append(time.monotonic())
    watching.join(10)
    assert [at for _, at in seen] == list(range(1, 1051))
    late = sorted(came - was for (came, _), was in zip(seen[1000:], written, strict=True))
    assert late[25] < 0.05


def test_following_is_stopped_from_another_thread(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 1))
    follow = recorder.follow(None)
    batches: list[list[Notification]] = []
    watching = Thread(target=lambda: batches.extend(follow))
    watching.start()
    deadline = time.monotonic() + 5
    while not batches and time.monotonic() < deadline:
        time.sleep(0.01)
    follow.stop()
    watching.join(5)
    follow.close()
    assert not watching.is_alive()
    assert [n.id for batch in batches for n in batch] == [1]


def test_a_slow_reader_misses_nothing(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with recorder.follow(None, batch=100) as follow:
        recorder.insert_events(entries("case/0", 1, 1))
        assert ids_until(follow, 1) == [1]
        for number in range(1, 4):
            recorder.insert_events(entries(f"case/{number}", 1, 800))
        assert ids_until(follow, 2401) == list(range(2, 2402))


def test_a_follower_leaves_no_consumer_behind(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with recorder.follow(None) as follow:
        recorder.insert_events(entries("case/a", 1, 1))
        ids_until(follow, 1)
        recorder.insert_events(entries("case/a", 2, 2))
        ids_until(follow, 2)
    assert fresh.api(f"STREAM.INFO.{fresh.name}")["state"]["consumer_count"] == 0


def test_a_consumer_taken_away_is_made_again(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with recorder.follow(None) as follow:
        recorder.insert_events(entries("case/a", 1, 1))
        ids_until(follow, 1)
        recorder.insert_events(entries("case/a", 2, 2))
        ids_until(follow, 2)
        for name in fresh.api(f"CONSUMER.NAMES.{fresh.name}")["consumers"]:
            fresh.api(f"CONSUMER.DELETE.{fresh.name}.{name}")
        recorder.insert_events(entries("case/a", 3, 3))
        assert ids_until(follow, 3) == [3]


def ids_until(follow: Iterator[list[Notification]], last: int) -> list[int]:
    found: list[int] = []
    for batch in follow:
        assert batch
        found += [n.id for n in batch]
        if found[-1] >= last:
            break
    return found


def test_a_digest_tells_entries_apart_by_every_part() -> None:
    several = [
        StoredEvent("case/a", 1, "t", b"s"),
        StoredEvent("case/b", 1, "t", b"s"),
        StoredEvent("case/a", 2, "t", b"s"),
        StoredEvent("case/a", 1, "ts", b""),
        StoredEvent("case/a", 1, "t", b"S"),
        StoredEvent("case/a1", 1, "t", b"s"),
    ]
    assert len({digest_of(stored) for stored in several}) == len(several)


def test_a_position_is_the_number_and_the_digest() -> None:
    entry = Notification("case/a", 1, "t", b"s", 5)
    assert position_of(entry) == Position(5, digest_of(StoredEvent("case/a", 1, "t", b"s")))
