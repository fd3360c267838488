"""Partners that go on acting whatever is killed, and what they were told: to be held against the record afterwards."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import nats
import nats.errors
from nats.aio.client import Client, RawCredentials

from tests.running_service import Member, RunningService

Told = tuple[str, str]
"""Organisation and act id."""


@dataclass
class Load:
    """What was answered, act by act; an act is sent again, the same, until its answer is final."""

    service: RunningService
    members: list[Member]
    chance: random.Random
    answered: dict[Told, dict[str, Any]] = field(default_factory=dict)
    sent: dict[Told, dict[str, Any]] = field(default_factory=dict)
    to_accept: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    cases: dict[str, list[str]] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def running(self, *, each: int = 3) -> AsyncIterator[None]:
        """With so many acts of each partner under way at once; at the end every one of them has its answer."""
        clients = {member.id: await self._connected(member) for member in self.members}
        tasks = [
            asyncio.create_task(self._act_on(member, clients[member.id]))
            for member in self.members
            for _ in range(each)
        ]
        try:
            yield
        finally:
            self._stop.set()
            await asyncio.gather(*tasks)
            for client in clients.values():
                await client.close()

    async def _connected(self, member: Member) -> Client:
        async def quiet(_: Exception) -> None:
            """Servers die here all the time."""

        return await nats.connect(
            self.service.running.nats,
            user_credentials=RawCredentials(member.creds),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.05,
            error_cb=quiet,
        )

    async def _act_on(self, member: Member, client: Client) -> None:
        while not self._stop.is_set():
            body = self._next(member)
            key = (member.id, body["act_id"])
            self.sent[key] = body
            self.answered[key] = answer = await self._until_final(member, client, body)
            if answer["outcome"] == "refused":
                raise AssertionError(f"{body['type']} was refused: {answer}")
            self._note(member, body)

    def _next(self, member: Member) -> dict[str, Any]:
        waiting = self.to_accept.setdefault(member.id, [])
        cases = self.cases.setdefault(member.id, [])
        if waiting and self.chance.random() < 0.4:
            case, referral = waiting.pop()
            return _act("referral-accepted", case, referral=referral)
        if cases and self.chance.random() < 0.6:
            return _act("contact-made", self.chance.choice(cases), channel="phone", with_whom="person", note="chiamata")
        to = self.chance.choice([m.id for m in self.members if m is not member])
        case = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        return _act("referral-sent", case, referral=str(uuid.uuid4()), to=to, service="internship", need="mattina")

    def _note(self, member: Member, body: dict[str, Any]) -> None:
        if body["type"] == "referral-sent":
            self.to_accept.setdefault(body["to"], []).append((body["case"], body["referral"]))
            self.cases[member.id].append(body["case"])
        elif body["type"] == "referral-accepted":
            self.cases[member.id].append(body["case"])

    async def _until_final(self, member: Member, client: Client, body: dict[str, Any]) -> dict[str, Any]:
        subject = f"in.{member.id}.case.{body['case']}.{body['type']}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                reply = await client.request(subject, json.dumps(body).encode(), timeout=1)
            except (nats.errors.Error, TimeoutError, OSError):
                await asyncio.sleep(0.02)
                continue
            answer: dict[str, Any] = json.loads(reply.data)
            if answer["outcome"] != "try later":
                return answer
            await asyncio.sleep(0.05)
        raise AssertionError("no final answer within a minute")


def _act(type_: str, case: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "case": case,
        "act_id": str(uuid.uuid4()),
        "occurred_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "practitioner": "00000000-0000-4000-8000-000000000001",
        **fields,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as any reader of the stream finds it, without a line of ours between."""

    position: int
    organisation: str
    act_id: str
    type: str
    record: str
    version: int
    act: dict[str, Any]


def faults(load: Load, record: list[Line]) -> Iterator[str]:
    """Each way in which the record is not what the partners were told."""
    by_act: dict[Told, list[Line]] = {}
    versions: dict[tuple[str, int], int] = {}
    for number, line in enumerate(record, 1):
        if line.position != number:
            yield f"a gap before position {line.position}"
        by_act.setdefault((line.organisation, line.act_id), []).append(line)
        if (line.record, line.version) in versions:
            yield f"version {line.version} twice, at {versions[line.record, line.version]} and {line.position}"
        versions[line.record, line.version] = line.position
    for key, lines in by_act.items():
        if len(lines) > 1:
            yield f"an act at {[line.position for line in lines]}"
        if key in load.answered and lines[0].position != load.answered[key]["position"]:
            yield f"an act answered with {load.answered[key]['position']} stands at {lines[0].position}"
    for key, answer in load.answered.items():
        if key not in by_act:
            yield f"an act answered with {answer['position']} is not on the record"


def seen_by(reader: str, record: list[Line]) -> dict[str, list[int]]:
    """Case → the positions that the reader sees: the rules said once more, for the acts that are played here.

    Who sends a referral opens the case and sees all of it. Who is asked sees the referral, and from its
    acceptance on all that comes after it too.
    """
    seen: dict[str, list[int]] = {}
    joined: dict[str, set[str]] = {}
    for line in record:
        if not line.record.startswith("case/"):
            continue
        members = joined.setdefault(line.record, set())
        if line.type == "referral-sent":
            members.add(line.organisation)
        if line.type == "referral-accepted":
            members.add(line.organisation)
        asked = line.type == "referral-sent" and line.act["to"] == reader
        if reader in members or asked:
            seen.setdefault(line.record.removeprefix("case/"), []).append(line.position)
    return seen
