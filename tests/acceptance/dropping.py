"""Acts handed in with nats-py alone, and what stands in the streams afterwards."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client, RawCredentials

from adapters.jetstream.drop_stream import stream_of
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from tests.acceptance.streams import record_of, stored
from tests.running_service import Member, RunningService

WITHIN = 20.0
PAGE = 500
TYPES = ("case-opened", "contact-made")
"""Of what is handed in here."""


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


async def handed_in(client: Client, member: Member, bodies: Iterable[dict[str, str]]) -> None:
    """One after the other, each again until it is acknowledged: the server knows it by its id."""
    jetstream = client.jetstream()
    for body in bodies:
        while True:
            try:
                await jetstream.publish(
                    subject_of(member, body),
                    json.dumps(body).encode(),
                    timeout=1,
                    headers={"Nats-Msg-Id": body["act_id"]},
                )
                break
            except (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError):
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.001)


@asynccontextmanager
async def handing_in(
    service: RunningService, member: Member, *, each: int = 100
) -> AsyncIterator[list[dict[str, str]]]:
    """On and on, so many acts a case, until it is left; the list has what was handed in, and is whole then."""
    handed: list[dict[str, str]] = []
    stop = asyncio.Event()

    def acts() -> Iterator[dict[str, str]]:
        while not stop.is_set():
            opened = act("case-opened")
            for body in (opened, *(contact(opened["case"]) for _ in range(each))):
                handed.append(body)
                yield body

    async with plainly(service, member) as client:
        task = asyncio.create_task(handed_in(client, member, acts()))
        try:
            yield handed
        finally:
            stop.set()
            await task


async def emptied(service: RunningService, member: Member) -> int:
    """When all is answered and done with: how many messages there were."""
    async with asyncio.timeout(WITHIN), administering(service) as administrator:
        while True:
            state = (await administrator.jetstream().stream_info(stream_of(member.id))).state
            if state.messages == 0:
                return state.last_seq
            await asyncio.sleep(0.1)


async def all_is_well(service: RunningService, member: Member, bodies: list[dict[str, str]]) -> None:
    """Each act recorded once, in order; each message that was handed in answered once, with where its act stands."""
    messages = await emptied(service, member)
    entries = [line for line in await record_of(service) if line.organisation == member.id and line.type in TYPES]
    assert [line.act_id for line in entries] == [body["act_id"] for body in bodies]
    answers = await answers_on_the_feed(service, member)
    assert [a["dropped"] for a in answers] == list(range(1, messages + 1))
    positions = {line.act_id: line.position for line in entries}
    assert all(a["answer"]["position"] == positions[a["act_id"]] for a in answers)
    page = await asked(service, member)
    assert len(page) == min(messages, PAGE)
    assert all(before["number"] < after["number"] for before, after in pairwise(page))


async def asked(service: RunningService, member: Member) -> list[dict[str, int]]:
    async with plainly(service, member) as client:
        reply = await client.request(f"ask.{member.id}.answers", json.dumps({"limit": PAGE}).encode(), timeout=10)
    found: list[dict[str, int]] = json.loads(reply.data)["answers"]
    return found
