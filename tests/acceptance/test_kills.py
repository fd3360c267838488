"""Killing the service, the message server or both under load loses nothing that was answered and doubles nothing."""

import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from adapters.partner import partner
from tests.acceptance.load import Load, faults, seen_by
from tests.acceptance.streams import record_of
from tests.running_service import Member, RunningService, running_service

KINDS = ("employment-centre", "social-service", "social-cooperative-b", "trainer")
KILLS = 30
CARELESS = [sys.executable, str(Path(__file__).parent / "careless_service.py"), "up"]


async def played(service: RunningService, seed: int, kills: int) -> Load:
    """Load from four partners while something dies again and again; all is answered in the end."""
    chance = random.Random(seed)
    load = Load(service, await _members(service), chance)
    async with load.running():
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            victim = chance.choice(["service", "server", "server", "both"])
            if victim != "service":
                service.kill_server()
            if victim != "server":
                service.kill()
                await asyncio.to_thread(service.start)
            await _answers(service)
        await asyncio.sleep(0.5)
    return load


async def _members(service: RunningService) -> list[Member]:
    return [await asyncio.to_thread(service.add, f"org{n}", kind) for n, kind in enumerate(KINDS)]


async def _answers(service: RunningService) -> None:
    """Until the service is well again: the next one dies under load, not in a heap."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if (await asyncio.to_thread(service.http, "GET", "/health")).status == 200:
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("the service did not become well again")


@pytest.mark.kills
async def test_nothing_answered_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with running_service(tmp_path / "data") as service:
        load = await played(service, seed, KILLS)
        record = await record_of(service)
        assert list(faults(load, record)) == []
        assert len(load.answered) > 100
        for member in load.members:
            assert await viewed(service, member, record[-1].position) == seen_by(member.id, record)


@pytest.mark.kills
async def test_without_the_recorders_expectations_the_same_kills_do_harm(tmp_path: Path) -> None:
    """The negative control: what the first test finds, it can find."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with running_service(tmp_path / "data", command=CARELESS) as service:
        load = await played(service, seed, KILLS)
        record = await record_of(service)
        assert list(faults(load, record)) != []


async def viewed(service: RunningService, member: Member, position: int) -> dict[str, list[int]]:
    """Case → the positions in the organisation's own timeline of it."""
    found: dict[str, list[int]] = {}
    async with partner(service.running.nats, member.creds) as speaks:
        asked: dict[str, Any] = {"after": position, "limit": 500, "timeout": 20}
        while True:
            board = await speaks.ask("board", asked)
            for case in board["cases"]:
                line = await speaks.ask("timeline", {"case": case["case"], "limit": 500})
                found[case["case"]] = [entry["position"] for entry in line["entries"]]
            if board["next"] is None:
                return found
            asked["cursor"] = board["next"]
