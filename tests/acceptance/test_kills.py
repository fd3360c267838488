"""Killing the service, the message server or both under load loses nothing that was answered and doubles nothing."""

import asyncio
import os
import random
import signal
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
CARELESS = [sys.executable, str(Path(__file__).parent / "careless_service.py"), "up"]


async def played(service: RunningService, seed: int, *, kills: int, freezes: int, well: bool = True) -> Load:
    """Load from four partners while something dies or freezes again and again; all is answered in the end."""
    chance = random.Random(seed)
    load = Load(service, await _members(service), chance)
    dying = [chance.choice(["service", "server", "server", "both"]) for _ in range(kills)] + ["frozen"] * freezes
    chance.shuffle(dying)
    async with load.running():
        for victim in dying:
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            if victim == "frozen":
                await _frozen(service)
            if victim in ("server", "both"):
                service.kill_server()
            if victim in ("service", "both"):
                service.kill()
                await asyncio.to_thread(service.start)
            await _answers(service, victim, well=well)
        await asyncio.sleep(0.5)
    return load


async def _members(service: RunningService) -> list[Member]:
    return [await asyncio.to_thread(service.add, f"org{n}", kind) for n, kind in enumerate(KINDS)]


async def _frozen(service: RunningService) -> None:
    """Longer than the recorder waits for an answer: what it sends again, the thawed server then has twice."""
    os.kill(service.server_pid, signal.SIGSTOP)
    await asyncio.sleep(4)
    os.kill(service.server_pid, signal.SIGCONT)


async def _answers(service: RunningService, victim: str, *, well: bool) -> None:
    """Until the service is well again, or at least answers: the next one dies under load, not in a heap."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if (await asyncio.to_thread(service.http, "GET", "/health")).status == 200 or not well:
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise AssertionError(f"the service did not become well again after {victim}: {service.state()}")


@pytest.mark.kills
async def test_nothing_answered_is_lost_and_nothing_is_twice(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    with running_service(tmp_path / "data") as service:
        load = await played(service, seed, kills=30, freezes=3)
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
    found: list[str] = []
    with running_service(tmp_path / "data", command=CARELESS) as service:
        for round_ in range(6):  # each thaw is a chance, not a certainty
            load = await played(service, seed + round_, kills=1, freezes=2, well=False)
            found = list(faults(load, await record_of(service)))
            if found:
                break
    assert found != []


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
