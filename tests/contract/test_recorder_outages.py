"""The server is killed, frozen, put back to an older state: nothing twice, nothing lost, nothing pretended."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from eventsourcing.persistence import Notification, OperationalError, StoredEvent

from adapters.jetstream.guard import StoreRegressed
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.stream import Unreachable
from adapters.jetstream.streams import StreamDiffers
from services.position import digest_of
from tests.record_streams import FreshStream, entries
from tests.servers import NatsServer

pytestmark = pytest.mark.kills

WRITERS, BATCHES = 12, 80
EACH = 40
"""After so many batches the server is killed again."""


def together(writer: int, number: int) -> list[StoredEvent]:
    return entries(f"case/w{writer}-{number}", 1, 1 + number % 7)


def apart(writer: int, number: int) -> list[StoredEvent]:
    return [entry for n in range(1 + number % 7) for entry in entries(f"case/w{writer}-{number}-{n}", 1, 1)]


@pytest.mark.parametrize("several", [together, apart])
def test_killing_the_server_while_writing_loses_and_doubles_nothing(
    own_server: NatsServer, several: Callable[[int, int], list[StoredEvent]]
) -> None:
    with FreshStream(own_server.url, timeout=15.0) as stream:
        recorder = stream.application()
        done = Event()
        written_so_far: list[int] = []

        def kill_again_and_again() -> None:
            """By what has been written, not by the clock: on a busy machine nothing might be written in between."""
            for wanted in range(EACH, WRITERS * BATCHES, EACH):
                while len(written_so_far) < wanted and not done.wait(0.005):
                    pass
                own_server.kill()
                own_server.start()

        slowest = 0.0

        def write(writer: int) -> list[tuple[StoredEvent, int]]:
            nonlocal slowest
            written = []
            for number in range(BATCHES):
                batch = several(writer, number)
                began = time.monotonic()
                written += list(zip(batch, recorder.insert_events(batch, apart=several is apart), strict=True))
                slowest = max(slowest, time.monotonic() - began)
                written_so_far.append(number)
            return written

        killing = Thread(target=kill_again_and_again)
        killing.start()
        try:
            with ThreadPoolExecutor(WRITERS) as pool:
                acknowledged = [pair for written in pool.map(write, range(WRITERS)) for pair in written]
        finally:
            done.set()
            killing.join()
        log = recorder.select_notifications(1, 100_000)
    assert [entry.id for entry in log] == list(range(1, len(acknowledged) + 1))
    by_position = {entry.id: digest_of(entry) for entry in log}
    assert all(by_position[at] == digest_of(stored) for stored, at in acknowledged)
    assert slowest < 7  # a lost connection is noticed at once; waiting out the time-out would take 7.5 s


def test_an_outage_is_said_in_bounded_time_and_ends_by_itself(own_server: NatsServer) -> None:
    with FreshStream(own_server.url, timeout=0.6) as stream:
        recorder = stream.application()
        recorder.insert_events(entries("case/a", 1, 1))
        own_server.kill()
        began = time.monotonic()
        with pytest.raises(OperationalError):
            recorder.insert_events(entries("case/a", 2, 2))
        with pytest.raises(OperationalError):
            recorder.select_events("case/a")
        assert time.monotonic() - began < 3
        own_server.start()
        assert recorder.insert_events(entries("case/a", 2, 2)) == [2]
        assert len(recorder.select_events("case/a")) == 2


def test_a_frozen_server_is_an_outage_too(own_server: NatsServer) -> None:
    with FreshStream(own_server.url, timeout=1.5) as stream:
        recorder = stream.application()
        recorder.insert_events(entries("case/a", 1, 1))
        own_server.freeze()
        try:
            with pytest.raises(OperationalError):
                recorder.insert_events(entries("case/a", 2, 3))
        finally:
            own_server.thaw()
        # what was sent may have been stored after all: the record says so, and only once
        found = len(recorder.select_events("case/a"))
        assert found in {1, 3}
        assert [n.id for n in recorder.select_notifications(1, 10)] == list(range(1, found + 1))


def test_a_recorder_is_not_made_without_a_server(own_server: NatsServer) -> None:
    own_server.stop()
    with FreshStream(own_server.url, timeout=0.5) as stream, pytest.raises(Unreachable):
        stream.application()


def put_back_and_write_on(server: NatsServer, recorder: JetStreamApplicationRecorder, older: Path) -> None:
    recorder.insert_events(entries("case/a", 1, 2))
    server.stop()
    server.copy_store(older)
    server.start()
    recorder.insert_events(entries("case/a", 3, 4))
    server.kill()
    server.put_back(older)
    server.start()


def test_a_store_put_back_is_found_on_the_next_connection(own_server: NatsServer, tmp_path: Path) -> None:
    with FreshStream(own_server.url) as stream:
        recorder = stream.application()
        put_back_and_write_on(own_server, recorder, tmp_path / "older")
        with pytest.raises(StoreRegressed, match="it ends at 2, entry 4 was known"):
            recorder.insert_events(entries("case/a", 5, 5))
        for call in (
            lambda: recorder.insert_events(entries("case/b", 1, 1)),
            lambda: recorder.select_events("case/a"),
            lambda: recorder.select_notifications(1, 10),
            recorder.max_notification_id,
            lambda: next(recorder.follow(None)),
        ):
            with pytest.raises(StoreRegressed):
                call()


def test_a_store_put_back_and_written_on_is_found_by_its_digest(own_server: NatsServer, tmp_path: Path) -> None:
    with FreshStream(own_server.url) as stream:
        recorder = stream.application()
        put_back_and_write_on(own_server, recorder, tmp_path / "older")
        newcomer = stream.application()
        assert newcomer.insert_events(entries("case/z", 1, 9))[0] == 3
        with pytest.raises(StoreRegressed, match="entry 4 is not the one that was known"):
            recorder.insert_events(entries("case/b", 1, 1))


def test_what_a_view_knows_is_expected_of_the_record(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 3))
    second = recorder.select_notifications(2, 1)[0]
    recorder.expect(2, digest_of(second))
    assert recorder.insert_events(entries("case/a", 4, 4)) == [4]


def test_a_view_ahead_of_the_record_stops_the_writing(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 1))
    with pytest.raises(StoreRegressed):
        recorder.expect(7, "0" * 64)
    with pytest.raises(StoreRegressed):
        recorder.insert_events(entries("case/a", 2, 2))


def test_a_view_of_other_entries_stops_the_writing(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 3))
    with pytest.raises(StoreRegressed):
        recorder.expect(2, "0" * 64)
    with pytest.raises(StoreRegressed):
        recorder.insert_events(entries("case/a", 4, 4))


def test_following_goes_on_after_the_server_was_killed(own_server: NatsServer) -> None:
    with FreshStream(own_server.url, timeout=10.0) as stream:
        recorder = stream.application()
        seen: list[int] = []

        def watch() -> None:
            with recorder.follow(None) as follow:
                for batch in follow:
                    seen.extend(n.id for n in batch)
                    if seen[-1] >= 60:
                        return

        watching = Thread(target=watch)
        watching.start()
        for number in range(1, 61):
            recorder.insert_events(entries(f"case/{number}", 1, 1))
            if number % 20 == 0:
                own_server.kill()
                own_server.start()
        watching.join(20)
        assert seen == list(range(1, 61))


def test_a_flipped_bit_is_not_served_as_the_record(own_server: NatsServer) -> None:
    with FreshStream(own_server.url) as stream:
        recorder = stream.application()
        for version in range(1, 21):
            recorder.insert_events([StoredEvent("case/a", version, "t", f"entry-{version:03}".encode())])
        own_server.kill()
        flip(own_server.store, b"entry-010")
        own_server.start()
        with pytest.raises((StoreRegressed, StreamDiffers)):
            recorder.insert_events(entries("case/b", 1, 1))


def flip(store: Path, text: bytes) -> None:
    for block in store.rglob("*.blk"):
        content = block.read_bytes()
        if text in content:
            block.write_bytes(content.replace(text, text[:-1] + b"1"))
            return
    raise AssertionError("the entry is in no block")


def test_following_meets_a_regressed_store(own_server: NatsServer, tmp_path: Path) -> None:
    with FreshStream(own_server.url) as stream:
        recorder = stream.application()
        with recorder.follow(None) as follow:
            put_back_and_write_on(own_server, recorder, tmp_path / "older")
            with pytest.raises(StoreRegressed):
                list(follow_until(follow, 5))


def follow_until(follow: object, last: int) -> list[Notification]:
    found: list[Notification] = []
    for batch in follow:  # type: ignore[attr-defined]
        found += batch
        if found[-1].id >= last:
            break
    return found
