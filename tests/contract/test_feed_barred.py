"""One that is suspended takes nothing out of its feed, however it came to be so; what it is told is kept for it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest

from domain.entry import Entry
from tests.examples import CENTRE, OFFICE, act, entry
from tests.feeds import SOON, Rig, made_streams
from tests.servers import NatsServer

WHILE = 0.5
"""Seconds in which one that may take nothing is seen to get nothing."""


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        yield rig


def steps(*types: tuple[str, dict[str, object]]) -> list[Entry]:
    record = f"organisation/{CENTRE}"
    return [entry(act(t, **told), OFFICE, n, record=record, position=n) for n, (t, told) in enumerate(types, 1)]


async def taken(url: str, within: float = SOON) -> int:
    """At once if there is anything; where nothing comes, after so many seconds."""
    client = await nats.connect(url)
    try:
        feed = await client.jetstream().pull_subscribe_bind(CENTRE, "FEED")
        return len(await feed.fetch(10, timeout=within))
    except TimeoutError:  # the library's own, or that of the event loop: it raises either
        return 0
    finally:
        await client.close()


@pytest.mark.parametrize("started_anew", [False, True])
def test_one_that_is_suspended_takes_nothing(rig: Rig, started_anew: bool) -> None:
    entries = steps(("organisation-registered", {}), ("organisation-suspended", {}))
    rig.enter(entries[:1])
    rig.publish_all()
    assert asyncio.run(taken(rig.url)) == 1
    if started_anew:
        rig.enter(entries[1:])
        rig.publish_all()
    else:
        with rig.publishing() as feed:
            rig.enter(entries[1:])
            assert feed.wait_for(2, SOON) == 2
    assert asyncio.run(taken(rig.url, WHILE)) == 0
    assert [told.body["id"] for told in rig.by_organisation()[CENTRE]] == ["1/1", "2/2"]


def test_one_that_may_read_again_takes_what_was_kept(rig: Rig) -> None:
    rig.enter(steps(("organisation-registered", {})))
    rig.publish_all()
    with rig.outlet() as outlet:
        outlet.bar([CENTRE])
        assert asyncio.run(taken(rig.url, WHILE)) == 0
        outlet.admit([CENTRE])
    assert asyncio.run(taken(rig.url)) == 1
