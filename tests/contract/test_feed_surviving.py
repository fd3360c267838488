"""Publishers and servers are killed, two publish by mistake, the cursor is gone: nothing is told twice or never."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from adapters.jetstream.reply import ApiError
from domain.entry import Entry
from services.feed.feed import Feed
from tests.feeds import CURSOR, SOON, Rig, cases, made_streams, naive
from tests.servers import NatsServer

KILLS = 10


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        yield rig


def ids_of(rig: Rig) -> dict[str, list[str]]:
    return {organisation: [t.body["id"] for t in told] for organisation, told in rig.by_organisation().items()}


def naive_ids(entries: list[Entry]) -> dict[str, list[str]]:
    return {organisation: [e.id for e in expected] for organisation, expected in naive(entries).items()}


def soon(holds: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.01)
    return True


def stopped(feed: Feed) -> str:
    soon(lambda: feed.status.stopped)
    assert feed.status.stopped
    return feed.status.stopped.reason


@pytest.mark.kills
def test_killing_the_publisher_tells_nothing_twice_and_loses_nothing(rig: Rig, tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    moments = random.Random(seed)
    entries = list(cases(640, 5))
    reached = []
    with _publishers(rig.url) as publishers:
        for n, part in enumerate(_parts(entries, KILLS)):
            rig.enter(part)
            (tmp_path / str(n)).mkdir()
            pid = _started(publishers, tmp_path / str(n))
            time.sleep(moments.uniform(0, 0.3))
            os.kill(pid, signal.SIGKILL)
            reached.append((_cursor(rig)["position"], rig.record.position()))
    sys.stdout.write(f"told, of: {reached}\n")
    assert any(told < last for told, last in reached), "every kill fell after all was told"
    assert len({told for told, _ in reached}) > 2, "the kills fell before anything was told"
    rig.publish_all()
    assert ids_of(rig) == naive_ids(entries)


@contextmanager
def _publishers(url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.feed_process", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as publishers:
        yield publishers
        publishers.communicate("")


def _started(publishers: subprocess.Popen[str], folder: Path) -> int:
    assert publishers.stdin
    assert publishers.stdout
    publishers.stdin.write(f"{folder}\n")
    publishers.stdin.flush()
    return int(publishers.stdout.readline())


def _parts(entries: list[Entry], number: int) -> list[list[Entry]]:
    size = -(-len(entries) // number)
    return [entries[n * size : (n + 1) * size] for n in range(number)]


def _cursor(rig: Rig) -> dict[str, Any]:
    try:
        stored = rig.api("STREAM.MSG.GET.FEED", {"last_by_subj": CURSOR})["message"]
    except ApiError:
        return {"position": 0}
    cursor: dict[str, Any] = json.loads(b64decode(stored["data"]))
    return cursor


@pytest.mark.kills
def test_killing_the_server_tells_nothing_twice_and_loses_nothing(own_server: NatsServer, rig: Rig) -> None:
    seed = random.randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    moments = random.Random(seed)
    entries = list(cases(160, 5))
    with rig.publishing() as feed:
        for part in _parts(entries, 5):
            rig.enter(part)
            time.sleep(moments.uniform(0.02, 0.3))
            own_server.kill()
            own_server.start()
        assert feed.wait_for(len(entries), SOON) == len(entries)
        assert feed.status.stopped is None
    assert ids_of(rig) == naive_ids(entries)


def test_of_two_publishers_one_stands_by_and_takes_over(rig: Rig) -> None:
    entries = list(cases(20, 20))
    parts = iter(_parts(entries, 20))
    with rig.publishing(patience=0.5) as second, rig.publishing(patience=0.5) as first:
        feeds = {first, second}
        while not any(f.status.standing_by for f in feeds):
            rig.enter(next(parts))
            soon(lambda: all(f.status.position == rig.record.position() for f in feeds))
        idle = next(f for f in feeds if f.status.standing_by)
        (busy,) = feeds - {idle}
        assert not busy.status.standing_by
        busy.stop()
        for part in parts:
            rig.enter(part)
        assert idle.wait_for(len(entries), SOON) == len(entries)
        assert soon(lambda: not idle.status.standing_by)
    assert ids_of(rig) == naive_ids(entries)


def test_it_stops_at_what_it_cannot_read_says_so_and_goes_on_when_mended(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = list(cases(1, 5))
    read = rig.record.read

    def read_but_seven(stored: StoredEvent) -> Entry:
        found = read(stored)
        if found.position == 7:
            raise ValueError("secret contents")
        return found

    with monkeypatch.context() as broken:
        broken.setattr(rig.record, "read", read_but_seven)
        rig.enter(entries)
        feed = rig.publishing(pause=0.05)
        with feed as publishing:
            assert stopped(publishing) == "ValueError"
            assert publishing.status.position == 6
            assert publishing.status.stopped
            assert publishing.status.stopped.position == 7
            time.sleep(0.2)
            assert publishing.status.stopped, "tried again, and still stopped"
            broken.undo()
            assert publishing.wait_for(len(entries), SOON) == len(entries)
            assert publishing.status.stopped is None
    assert ids_of(rig) == naive_ids(entries)


def test_without_its_cursor_it_stops(rig: Rig) -> None:
    rig.enter(cases(1, 5))
    rig.publish_all()
    before = ids_of(rig)
    rig.api("STREAM.PURGE.FEED", {"filter": CURSOR})
    with rig.publishing() as feed:
        assert stopped(feed).startswith("The feed does not say how far it had got")
    assert ids_of(rig) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"incarnation": "another"}, "The record was restored or replaced"),
        ({"digest": "0" * 64}, "Entry 12 is not the one the feed has told"),
        ({"position": 99}, "The record ends before entry 99"),
    ],
)
def test_with_another_record_it_stops(rig: Rig, change: dict[str, Any], sentence: str) -> None:
    rig.enter(cases(1, 5))
    rig.publish_all()
    rig.send(CURSOR, json.dumps(_cursor(rig) | change).encode())
    before = ids_of(rig)
    with rig.publishing() as feed:
        assert stopped(feed).startswith(sentence)
    assert ids_of(rig) == before


def test_a_cursor_that_grows_old_is_written_again(rig: Rig) -> None:
    entries = list(cases(1, 5))
    rig.enter(entries)
    rig.publish_all()
    rig.send(CURSOR, json.dumps(_cursor(rig) | {"at": "2026-01-01T00:00:00Z"}).encode())
    with rig.publishing(rest=0.1):
        soon(lambda: _cursor(rig)["at"] > "2026-01-02")
        time.sleep(0.3)  # it looks up again, and sees that the cursor is young
    written = [t for t in rig.stored() if t.subject == CURSOR and t.body["position"] == len(entries)]
    assert len(written) == 3
    assert ids_of(rig) == naive_ids(entries)


def test_what_was_published_beside_it_is_no_cursor(rig: Rig) -> None:
    rig.enter(cases(1, 1))
    rig.publish_all()
    rig.send("feed.oemploycentre.answer.case.1.contact-made", b"{}")
    with rig.outlet() as outlet:
        assert outlet.last("oemploycentre") == naive_ids(list(cases(1, 1)))["oemploycentre"][-1]


def test_an_attempt_of_ours_that_arrived_after_all_is_not_another_publisher(rig: Rig) -> None:
    entries = list(cases(2, 20))
    rig.enter(entries[:20])
    with rig.outlet() as outlet:
        kept = _published_unheard(rig, outlet)
        feed = Feed(rig.record, outlet, rig.network, patience=60)
        feed.start()
        try:
            rig.enter(entries[20:])
            assert feed.wait_for(len(entries), SOON) == len(entries)
        finally:
            feed.stop()
    assert kept
    assert ids_of(rig) == naive_ids(entries)


def _published_unheard(rig: Rig, outlet: Any) -> bool:
    """Its publish is stored, but it does not hear of it."""
    publish, lost = outlet.publish, iter([True])

    def unheard(*args: Any, **kwargs: Any) -> int:
        sequence: int = publish(*args, **kwargs)
        if args[0] and next(lost, False):
            raise TimeoutError
        return sequence

    outlet.publish = unheard
    return rig.record.position() == 20
