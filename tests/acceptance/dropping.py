"""Acts handed in with nats-py alone, and what stands in the streams afterwards."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client, RawCredentials

from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from tests.acceptance.streams import stored
from tests.running_service import Member, RunningService

WITHIN = 20.0


@asynccontextmanager
async def plainly(service: RunningService, member: Member) -> AsyncIterator[Client]:
    """As a partner without a line of ours."""

    async def quiet(_: Exception) -> None:
        """Servers die here, and the forbidden is tried."""

    client = await nats.connect(
        service.running.nats,
        user_credentials=RawCredentials(member.creds),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.05,
        error_cb=quiet,
    )
    try:
        yield client
    finally:
        await client.close()


def subject_of(member: Member, body: dict[str, Any]) -> str:
    return f"drop.{member.id}.case.{body['case']}.{body['type']}"


async def dropped(client: Client, member: Member, *bodies: dict[str, Any]) -> list[int]:
    """Each acknowledged before the next is sent."""
    jetstream = client.jetstream()
    return [(await jetstream.publish(subject_of(member, b), json.dumps(b).encode())).seq for b in bodies]


async def answers_on_the_feed(service: RunningService, member: Member) -> list[dict[str, Any]]:
    """All that is kept for the organisation, in order."""
    prefix = f"feed.{member.id}.answer."
    return [json.loads(m.data) for m in await stored(service, "FEED") if m.subject.startswith(prefix)]


async def answered(service: RunningService, member: Member, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The answers to these, when all are there: each stands on the feed once, in order."""
    async with asyncio.timeout(WITHIN):
        while True:
            found = [a for a in await answers_on_the_feed(service, member) if a["dropped"] in numbers]
            if len(found) >= len(numbers):
                assert [a["dropped"] for a in found] == sorted(numbers)
                return found
            await asyncio.sleep(0.1)


@asynccontextmanager
async def administering(service: RunningService) -> AsyncIterator[Client]:
    client = await connect(service.running.nats, Installation.open(service.data).administrator_creds())
    try:
        yield client
    finally:
        await client.close()


def act(type_: str, case: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "case": case or str(uuid.uuid4()),
        "act_id": str(uuid.uuid4()),
        "occurred_at": "2026-11-20T10:00:00+01:00",
        "practitioner": "00000000-0000-4000-8000-000000000001",
        **fields,
    }


def contact(case: str, **fields: Any) -> dict[str, Any]:
    return act("contact-made", case, channel="phone", with_whom="person", note="una nota", **fields)
