"""Writing: once, all or none, in order, and a conflict names whose it is."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent, Tracking

from adapters.jetstream.aggregate_recorder import TrackingRefused
from adapters.jetstream.append import WORTH_A_BATCH
from adapters.jetstream.batch import Conflict, TooMany
from adapters.jetstream.bridge import Bridge, CalledFromOwnLoop, RecorderClosed
from adapters.jetstream.message import BadTopic
from adapters.jetstream.reply import ApiError
from adapters.jetstream.streams import record_definition
from adapters.jetstream.subjects import BadName, Subjects
from adapters.jetstream.tracking import JetStreamProcessRecorder
from tests.record_streams import FreshStream, entries


def test_the_server_itself_refuses_a_second_entry_of_a_version(fresh: FreshStream) -> None:
    fresh.application().insert_events(entries("case/a", 1, 1))
    with pytest.raises(ApiError, match="maximum messages per subject"):
        fresh.publish(f"{fresh.prefix}.case.a.1", b"from a writer without headers")


def test_two_recorders_never_both_write_a_version(fresh: FreshStream) -> None:
    first, second = fresh.application(), fresh.application()
    first.insert_events(entries("case/a", 1, 1))
    with pytest.raises(IntegrityError):
        second.insert_events(entries("case/a", 1, 2))
    assert [e.originator_version for e in second.select_events("case/a")] == [1]


def test_a_batch_in_conflict_names_only_the_culprits(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/taken", 1, 1))
    with pytest.raises(Conflict) as caught:
        recorder.insert_events(
            [*entries("case/free", 1, 2), *entries("case/taken", 1, 2), *entries("case/other", 1, 1)]
        )
    assert caught.value.originator_ids == {"case/taken"}
    assert recorder.max_notification_id() == 1


def test_of_entries_stored_apart_those_in_conflict_keep_none_of_the_others_out(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/taken", 1, 1))
    with pytest.raises(Conflict) as caught:
        recorder.insert_events(
            [*entries("case/free", 1, 1), *entries("case/taken", 1, 1), *entries("case/other", 1, 1)], apart=True
        )
    assert caught.value.originator_ids == {"case/taken"}
    assert caught.value.stored == {("case/free", 1): 2, ("case/other", 1): 3}
    assert [e.originator_id for e in recorder.select_notifications(1, 9)] == ["case/taken", "case/free", "case/other"]


@pytest.mark.parametrize("number", [2, WORTH_A_BATCH - 1, WORTH_A_BATCH, 200])
def test_entries_are_stored_apart_in_their_order(fresh: FreshStream, number: int) -> None:
    apart = [entry for n in range(number) for entry in entries(f"case/{n}", 1, 1)]
    assert fresh.application().insert_events(apart, apart=True) == list(range(1, number + 1))
    sizes = {fresh.message(n).headers["Raccordo-Batch-Size"] for n in (1, number)}
    assert sizes == {"1" if number < WORTH_A_BATCH else str(number)}


def test_a_single_entry_in_conflict_names_its_originator(fresh: FreshStream) -> None:
    recorder = fresh.application()
    whose = uuid4()
    recorder.insert_events(entries(whose, 1, 1))
    with pytest.raises(Conflict) as caught:
        recorder.insert_events(entries(whose, 1, 1))
    assert caught.value.originator_ids == {str(whose)}


def test_the_same_version_twice_in_a_batch_is_a_conflict(fresh: FreshStream) -> None:
    with pytest.raises(Conflict):
        fresh.application().insert_events([*entries("case/a", 1, 1), *entries("case/a", 1, 1)])


def test_a_remembered_predecessor_must_still_stand_where_it_stood(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events(entries("case/a", 1, 1))
    recorder._stream.heads._heads["case/a"] = (1, 77)  # as if the record had been written anew meanwhile
    with pytest.raises(Conflict) as caught:
        recorder.insert_events([*entries("case/b", 1, 1), *entries("case/a", 2, 2)])
    assert caught.value.originator_ids == {"case/a"}
    assert recorder.insert_events(entries("case/a", 2, 2)) == [2]


def test_a_thousand_entries_are_one_batch(fresh: FreshStream) -> None:
    assert fresh.application().insert_events(entries("case/a", 1, 1000)) == list(range(1, 1001))


def test_more_than_a_thousand_entries_are_refused(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with pytest.raises(TooMany):
        recorder.insert_events(entries("case/a", 1, 1001))
    assert recorder.max_notification_id() is None


@pytest.mark.parametrize(
    "originator_id", ["case", "case/", "/a", "case/a.b", "case/*", "case/>", "case/a b", "case/a/b", "uuid/a", ""]
)
def test_a_name_that_cannot_stand_in_a_subject_is_refused(originator_id: str) -> None:
    with pytest.raises(BadName):
        Subjects("record").of(originator_id, 1)


@pytest.mark.parametrize("originator_id", ["case/a", UUID(int=7)])
def test_a_subject_gives_back_what_it_was_made_of(originator_id: UUID | str) -> None:
    subjects = Subjects("record")
    assert subjects.read(subjects.of(originator_id, 12)) == (originator_id, 12)


@pytest.mark.parametrize("topic", ["", " a", "a\r\nNats-Rollup: all", "caffè"])
def test_a_topic_that_a_header_would_change_is_refused(fresh: FreshStream, topic: str) -> None:
    with pytest.raises(BadTopic):
        fresh.application().insert_events([StoredEvent("case/a", 1, topic, b"")])


def test_the_payload_is_the_state_and_three_headers_are_ours(fresh: FreshStream) -> None:
    state = b'{"specversion":"1.0"}\r\n\x00'
    fresh.application().insert_events([StoredEvent("case/a", 1, "referral-sent", state)])
    stored = fresh.message(1)
    assert stored.state == state
    assert {name for name in stored.headers if not name.startswith("Nats-")} == {
        "Raccordo-Type",
        "Raccordo-Commit",
        "Raccordo-Batch-Size",
    }


def test_many_threads_share_a_recorder(fresh: FreshStream) -> None:
    recorder = fresh.application()

    def write(number: int) -> list[int]:
        return [at for v in range(1, 6) for at in recorder.insert_events(entries(f"case/{number}", v, v))]

    with ThreadPoolExecutor(20) as pool:
        positions = [at for written in pool.map(write, range(60)) for at in written]
    assert sorted(positions) == list(range(1, 301))


def test_of_many_threads_at_one_originator_each_version_has_one_winner(fresh: FreshStream) -> None:
    recorders = [fresh.application(), fresh.application()]

    def write(number: int) -> int:
        lost = 0
        while True:
            recorder = recorders[number % 2]
            version = len(recorder.select_events("case/shared")) + 1
            try:
                recorder.insert_events([StoredEvent("case/shared", version, "t", str(number).encode())])
            except Conflict:
                lost += 1
            else:
                return lost

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(40))) > 0
    stored = recorders[0].select_events("case/shared")
    assert [entry.originator_version for entry in stored] == list(range(1, 41))
    assert {int(entry.state) for entry in stored} == set(range(40))


def test_a_process_recorder_is_refused_on_the_record(fresh: FreshStream) -> None:
    with pytest.raises(TrackingRefused):
        fresh.opened(JetStreamProcessRecorder, record_definition(fresh.name, fresh.prefix))


def test_tracking_is_refused_on_the_record(fresh: FreshStream) -> None:
    with pytest.raises(TrackingRefused):
        fresh.application().insert_events(entries("case/a", 1, 1), tracking=Tracking("upstream", 1))


def test_calling_from_the_recorders_own_thread_is_refused(fresh: FreshStream) -> None:
    recorder = fresh.application()

    async def from_within() -> None:
        recorder.max_notification_id()

    with pytest.raises(CalledFromOwnLoop):
        fresh.bridge.call(from_within(), 5)


def test_a_closed_bridge_says_so() -> None:
    bridge = Bridge()
    bridge.close()

    async def nothing() -> None: ...

    with pytest.raises(RecorderClosed):
        bridge.call(nothing(), 1)


def test_a_bridge_may_be_closed_from_any_thread() -> None:
    bridge = Bridge()
    closing = Thread(target=bridge.close)
    closing.start()
    closing.join(5)
    assert not closing.is_alive()
