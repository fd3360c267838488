"""The network beside the cases: read without them, known up to a position, never with a part missing."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters.jetstream.follow_kinds import Came
from adapters.jetstream.guard import Gap
from adapters.jetstream.recorder import JetStreamApplicationRecorder
from adapters.jetstream.streams import Definition, record_definition
from tests.feeds import SOON, Rig, made_streams
from tests.record_streams import FreshStream, entries
from tests.servers import NatsServer
from tests.unit.given import sealed, story
from tests.unit.test_defaults import shipped_rules

KINDS = ("agreement", "organisation")


def until(follow: Iterator[Came], position: int) -> list[int]:
    """The positions of what came, until all is known up to there."""
    found: list[int] = []
    for came in follow:
        found += [n.id for n in came.entries]
        if came.position >= position:
            return found
    raise AssertionError("it ended")


def test_only_what_is_asked_for_comes_and_it_is_said_how_far_that_is_all(fresh: FreshStream) -> None:
    recorder = fresh.application()
    recorder.insert_events([*entries("organisation/a", 1, 2), *entries("case/a", 1, 5), *entries("agreement/a", 1, 1)])
    recorder.insert_events(entries("case/b", 1, 5))
    with recorder.follow_kinds(KINDS) as follow:
        assert until(follow, 13) == [1, 2, 8]
        recorder.insert_events([*entries("case/a", 6, 6), *entries("organisation/a", 3, 3)])
        assert until(follow, 15) == [15]


def test_of_an_empty_record_it_is_said_that_all_is_known(fresh: FreshStream) -> None:
    with fresh.application().follow_kinds(KINDS) as follow:
        assert next(follow) == Came([], 0)


def test_asked_to_look_again_it_says_how_far_it_is_now(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with recorder.follow_kinds(KINDS) as follow:
        assert next(follow) == Came([], 0)
        recorder.insert_events(entries("case/a", 1, 7))
        follow.look_again()
        assert next(follow) == Came([], 7)


def test_a_consumer_taken_away_is_made_again_and_nothing_is_missed(fresh: FreshStream) -> None:
    recorder = fresh.application()
    with recorder.follow_kinds(KINDS) as follow:
        recorder.insert_events(entries("organisation/a", 1, 1))
        assert until(follow, 1) == [1]
        for name in fresh.api(f"CONSUMER.NAMES.{fresh.name}")["consumers"]:
            fresh.api(f"CONSUMER.DELETE.{fresh.name}.{name}")
        recorder.insert_events([*entries("case/a", 1, 1), *entries("organisation/a", 2, 3)])
        assert until(follow, 4) == [3, 4]


def test_many_are_followed_without_one_missing(fresh: FreshStream) -> None:
    recorder = fresh.application()
    for number in range(4):
        recorder.insert_events([*entries(f"case/{number}", 1, 400), *entries(f"organisation/{number}", 1, 400)])
    with recorder.follow_kinds(KINDS) as follow:
        expected = [800 * number + 400 + version for number in range(4) for version in range(1, 401)]
        assert until(follow, 3200) == expected


def without_deny(fresh: FreshStream) -> Definition:
    """The record's rules, except that an operator may delete: to make a hole on purpose."""
    rules = record_definition(fresh.name, fresh.prefix)
    return Definition(rules.name, {k: v for k, v in rules.config.items() if k != "deny_delete"})


@pytest.mark.parametrize("lost", [1, 1_200, 2_000])
def test_a_record_looked_through_is_whole_or_its_hole_is_named(fresh: FreshStream, lost: int) -> None:
    recorder = fresh.opened(JetStreamApplicationRecorder, without_deny(fresh))
    for number in range(2):
        recorder.insert_events(entries(f"case/{number}", 1, 1000))
    went: list[int] = []
    recorder.look_through(went.append)
    assert went == [1000, 2000]
    fresh.api(f"STREAM.MSG.DELETE.{fresh.name}", {"seq": lost})
    with pytest.raises(Gap, match=rf"\b{lost}\b"):
        recorder.look_through()


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        yield rig


def test_whoever_waits_learns_that_no_more_is_written_of_the_network(rig: Rig) -> None:
    told = [sealed(e, {}) for e in story()]
    rig.enter(told)
    assert rig.network.wait_for(len(told), SOON)
    assert not rig.network.wait_for(len(told) + 1, 0.1)
    rig.record.recorder.insert_events(entries("case/another", 1, 3))
    assert rig.network.wait_for(len(told) + 3, SOON)
    assert rig.network.error is None


def test_what_is_said_of_the_network_with_a_version_missing_is_not_taken(rig: Rig) -> None:
    second = next(sealed(e, {}) for e in shipped_rules() if e.originator_version == 2)
    rig.enter([second])
    until_so(lambda: rig.network.error == "MissingError")
    assert rig.record.network.rulebook is None


def until_so(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not reached():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.01)
