"""The streams are as defined, or nothing is written there."""

import pytest

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.link import Address
from adapters.jetstream.recorder import open_recorder
from adapters.jetstream.stream import Unreachable
from adapters.jetstream.streams import StreamDiffers, StreamMissing, create_all, definitions
from tests.record_streams import FreshStream, entries
from tests.servers import NatsServer, running_server

DAYS = 24 * 3600 * 1_000_000_000


def test_the_streams_are_those_of_the_design() -> None:
    streams = definitions()
    assert set(streams) == {"RECORD", "FEED", "DEAD"}
    assert streams["FEED"].config["max_age"] == 90 * DAYS
    assert streams["DEAD"].config["max_age"] == 30 * DAYS
    record = streams["RECORD"].config
    assert record["max_age"] == 0
    assert all(record[key] == -1 for key in ("max_msgs", "max_bytes", "max_msg_size"))


def test_all_streams_are_created_once_and_then_verified(own_server: NatsServer) -> None:
    bridge = Bridge()
    first = bridge.call(create_all(Address(own_server.url)), 10)
    again = bridge.call(create_all(Address(own_server.url)), 10)
    bridge.close()
    assert [state.incarnation for state in again.values()] == [state.incarnation for state in first.values()]
    assert len({state.incarnation for state in first.values()}) == 3


def test_a_recorder_is_opened_by_address(own_server: NatsServer) -> None:
    bridge = Bridge()
    states = bridge.call(create_all(Address(own_server.url)), 10)
    bridge.close()
    with open_recorder(own_server.url, watcher=Address(own_server.watcher_url)) as recorder:
        assert recorder.incarnation == states["RECORD"].incarnation
        assert recorder.insert_events(entries("case/a", 1, 1)) == [1]


def test_a_missing_stream_is_said(own_server: NatsServer) -> None:
    with pytest.raises(StreamMissing, match="no stream RECORD"):
        open_recorder(own_server.url)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"max_age": 90 * DAYS}, "max_age"),
        ({"max_msgs": 10}, "max_msgs is 10"),
        ({"discard_new_per_subject": False}, "discard_new_per_subject"),
        ({"allow_rollup_hdrs": True, "deny_purge": False}, "allow_rollup_hdrs is True, should not be set"),
        ({"deny_purge": False}, "deny_purge"),
        ({"allow_atomic": False}, "allow_atomic"),
        ({"metadata": {}}, "no incarnation"),
        ({"republish": {"src": "other1.>", "dest": "copy.>"}, "subjects": ["other1.>"]}, "republish"),
    ],
)
def test_a_stream_set_up_otherwise_is_refused(fresh: FreshStream, change: dict[str, object], said: str) -> None:
    config = {
        **definitions()["RECORD"].renamed(fresh.name, fresh.prefix).config,
        "name": fresh.name,
        "metadata": {"incarnation": "x"},
        **change,
    }
    fresh.api(f"STREAM.CREATE.{fresh.name}", config)
    with pytest.raises(StreamDiffers, match=said):
        fresh.application(create=False)


def test_a_stream_changed_by_an_operator_is_found_on_the_next_connection(own_server: NatsServer) -> None:
    with FreshStream(own_server.url) as stream:
        recorder = stream.application()
        recorder.insert_events(entries("case/a", 1, 1))
        config = stream.api(f"STREAM.INFO.{stream.name}")["config"]
        stream.api(f"STREAM.UPDATE.{stream.name}", {**config, "max_age": DAYS})
        own_server.stop()
        own_server.start()
        with pytest.raises(StreamDiffers, match="max_age"):
            recorder.insert_events(entries("case/a", 2, 2))


def test_a_server_that_does_not_sync_every_write_is_refused(own_server: NatsServer) -> None:
    own_server.stop()
    own_server.sync = "2m"
    own_server.start()
    with FreshStream(own_server.url) as stream, pytest.raises(StreamDiffers, match="sync_interval"):
        stream.application(watcher=Address(own_server.watcher_url))


def test_a_server_that_cannot_say_yet_whether_it_syncs_is_asked_again(own_server: NatsServer) -> None:
    """One that is starting says of itself what one without JetStream says."""
    with running_server() as starting, FreshStream(own_server.url, timeout=1.0) as stream:
        starting.stop()
        starting.jetstream = False
        starting.start()
        with pytest.raises(Unreachable, match="not up yet"):
            stream.application(watcher=Address(starting.watcher_url))


def test_running_needs_no_rights_over_streams(own_server: NatsServer) -> None:
    """Everything the run-time account may publish is listed here; the rest is forbidden by the server."""
    with FreshStream(own_server.url) as stream:
        stream.application()
        own_server.stop()
        own_server.permissions = [
            f"{stream.prefix}.>",
            f"$JS.API.STREAM.INFO.{stream.name}",
            f"$JS.API.STREAM.MSG.GET.{stream.name}",
            f"$JS.API.DIRECT.GET.{stream.name}",
            f"$JS.API.CONSUMER.*.{stream.name}.>",
            f"$JS.API.CONSUMER.MSG.NEXT.{stream.name}.>",
        ]
        own_server.start()
        recorder = stream.application(create=False)
        recorder.insert_events(entries("case/a", 1, 3))
        assert len(recorder.select_events("case/a")) == 3
        with recorder.follow(None) as follow:
            assert len(next(follow)) == 3
            recorder.insert_events(entries("case/a", 4, 4))
            assert len(next(follow)) == 1
