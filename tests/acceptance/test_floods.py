"""One organisation floods a door, and another is answered as it is by itself, or nearly so."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import nats.errors
import nats.js.errors
import pytest

from adapters.ended import ended
from adapters.partner import Partner, partner
from tests.running_service import Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
Flood = Callable[[Partner], Awaitable[object]]
RUBBISH = b"x" * 120_000
FAULTS = (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError)
SHORT_S = 0.5
"""Half of the answers come sooner, also on a machine that does other things meanwhile; alone it takes milliseconds."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("floods") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def centre(service: RunningService) -> Member:
    return service.add("centre", "employment-centre")


@pytest.fixture(scope="module")
def flood(service: RunningService) -> Member:
    return service.add("flood", "social-cooperative-b")


async def live(speaks: Partner) -> None:
    await speaks.client.request(f"in.{speaks.organisation}.case.a.case-opened", RUBBISH, timeout=20)


async def malformed(speaks: Partner) -> None:
    await speaks.client.request(f"in.{speaks.organisation}.case.a", RUBBISH, timeout=20)


async def drop(speaks: Partner) -> None:
    await speaks.client.jetstream().publish(f"drop.{speaks.organisation}.case.a.case-opened", RUBBISH, timeout=20)


def posted(service: RunningService, member: Member, path: str) -> Flood:
    """Also lines: some hundred at once."""
    body = RUBBISH if path == "/api/acts" else b"{}\n" * 400
    return lambda _: asyncio.to_thread(service.http, "POST", path, member.token, body)


@asynccontextmanager
async def flooding(service: RunningService, member: Member, flood: Flood, senders: int) -> AsyncIterator[None]:
    async with partner(service.running.nats, member.creds) as speaks:

        async def again() -> None:
            while True:
                with suppress(*FAULTS):
                    await flood(speaks)
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(again()) for _ in range(senders)]
        try:
            yield
        finally:
            await ended(*tasks)


@pytest.mark.parametrize("door", ["live", "malformed", "drop", "http", "lines"])
async def test_an_honest_organisation_is_answered_while_another_floods(
    service: RunningService, centre: Member, flood: Member, door: str, act: Make
) -> None:
    doors: dict[str, Flood] = {
        "live": live,
        "malformed": malformed,
        "drop": drop,
        "http": posted(service, flood, "/api/acts"),
        "lines": posted(service, flood, "/api/acts/lines"),
    }
    times: list[float] = []
    async with (
        partner(service.running.nats, centre.creds, within=30) as speaks,
        flooding(service, flood, doors[door], 8),
    ):
        await asyncio.sleep(1)
        for _ in range(21):
            began = time.monotonic()
            assert (await speaks.act(act("case-opened")))["outcome"] == "recorded"
            times.append(time.monotonic() - began)
            await asyncio.sleep(0.02)
    assert sorted(times)[10] < SHORT_S, times


async def test_what_is_kept_and_what_waits_stays_within_bounds_after_all_that(
    service: RunningService, flood: Member
) -> None:
    async with flooding(service, flood, live, 20):
        await asyncio.sleep(2)
    health = service.http("GET", "/health").body
    assert health["budgets"]["bytes"]["dead"] < 9 * 1024 * 1024
    assert health["budgets"]["bytes"]["drop"] < 65 * 1024 * 1024
