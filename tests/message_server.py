"""A real message server with two organisations, and a stand-in for the desk that tells what it saw."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import AckPolicy, ConsumerConfig, StorageType, StreamConfig

from adapters.nats import accounts, jwt, nkey
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.nats.registrar import push_account
from adapters.nats.server import NatsServer

MINE = "omine2345abcd"
OTHER = "oother345abcd"
EVERYTHING = {"pub": {"allow": [">"]}, "sub": {"allow": [">"]}}


@dataclass
class Party:
    """One connection and what it was told besides answers."""

    client: Client
    errors: list[str]


@dataclass
class Network:
    installation: Installation
    server: NatsServer
    parties: list[Party] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)  # by the desk
    padding: int = 0  # bytes by which the desk's answers are longer than need be
    administrator: Client = field(init=False)
    system: Client = field(init=False)
    service: Client = field(init=False)

    async def join(self, creds: str, **options: Any) -> Party:
        errors: list[str] = []

        async def note(error: Exception) -> None:
            errors.append(str(error))

        party = Party(await connect(self.server.url, creds, within=2, error_cb=note, **options), errors)
        self.parties.append(party)
        return party

    async def partner(self, org_id: str, **options: Any) -> Party:
        return await self.join(self.installation.user_creds(org_id), **options)

    async def reckless_partner(self, org_id: str, **options: Any) -> Party:
        """Join as a partner who signs its own users, and gives them all there is to give."""
        account_seed = self.installation._account_seed(org_id)
        seed = nkey.new_seed("user")
        user = jwt.signed(subject=nkey.public_key(seed), name="all", claims=accounts.user(EVERYTHING), by=account_seed)
        return await self.join(jwt.credentials(user, seed), **options)

    async def add(self, org_id: str, **terms: Any) -> None:
        key = self.installation.account_key(org_id)
        await push_account(self.system, self.installation.account(org_id, key, **terms))

    async def suspend(self, org_id: str) -> None:
        await self.add(org_id, suspended=True, revoked={"*": int(time.time())})

    async def feed_length(self) -> int:
        return (await self.administrator.jetstream().stream_info("FEED")).state.messages

    async def desk(self, msg: Msg) -> None:
        headers = msg.headers or {}
        caller = json.loads(headers.get("Nats-Request-Info", "{}")).get("acc")
        self.seen.append({"subject": msg.subject, "account": caller})
        if msg.reply:
            await msg.respond(json.dumps(self.seen[-1]).encode() + b" " * self.padding)


async def arrived(client: Client) -> None:
    """Return once the server has dealt with everything sent so far.

    One flush is not enough (nats-py 2.16): its ping overtakes what is waiting to be written. By the time it is
    answered all of that is on its way, so the second comes after it.
    """
    await client.flush()
    await client.flush()


@asynccontextmanager
async def network(data: Path) -> AsyncIterator[Network]:
    installation = Installation.open(data)
    with NatsServer(installation) as server:
        net = Network(installation, server)
        try:
            await _furnish(net)
            yield net
        finally:
            for party in net.parties:
                await party.client.close()


async def _furnish(net: Network) -> None:
    net.administrator = (await net.join(net.installation.administrator_creds())).client
    net.system = (await net.join(net.installation.system_creds())).client
    net.service = (await net.join(net.installation.service_creds())).client
    streams = net.administrator.jetstream()
    await streams.add_stream(StreamConfig(name="FEED", subjects=["feed.>"], storage=StorageType.FILE))
    for org_id in (MINE, OTHER):
        await net.add(org_id)
        await streams.add_stream(StreamConfig(name=f"DROP_{org_id}", subjects=[f"drop.{org_id}.>"]))
        await net.service.jetstream().add_consumer(
            "FEED",
            ConsumerConfig(
                durable_name=org_id,
                filter_subject=f"feed.{org_id}.>",
                ack_policy=AckPolicy.EXPLICIT,
            ),
        )
        await net.service.jetstream().publish(f"feed.{org_id}.entry.case.1.referral-sent", b"skeleton")
    for subject in ("in.>", "desk.*.in.>", "ask.>"):
        await net.service.subscribe(subject, cb=net.desk)
    await arrived(net.service)
