"""The organisations of the simulation in the network: registered once, each with a connection of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters import partner as partners
from adapters.nats.identity import Installation
from adapters.own_health import own_health
from adapters.partner import Partner, partner
from adapters.registration import Wanted, add, office
from adapters.running import Running
from adapters.simulation.network import Network, Organisation


@dataclass(frozen=True, slots=True)
class Members:
    """`ids` by short name, of all; `speaking` those that have a system."""

    ids: Mapping[str, str]
    speaking: Mapping[str, Partner]


async def register(
    installation: Installation, running: Running, network: Network, folder: Path, clock: Callable[[], datetime]
) -> dict[str, str]:
    """Id by short name. Who is in the directory was registered before an interruption, and its papers written."""
    partners.now.set(clock)  # a registration happens in the played year, too
    async with office(installation, running) as speaks:
        # Where a start has just followed an interruption, the view may not yet stand where the record does.
        asked = {"after": await asyncio.to_thread(_position, installation.data, running), "timeout": 30}
        listed = (await speaks.ask("directory", asked))["organisations"]
    known = {each["name"]: each["organisation"] for each in listed}
    ids: dict[str, str] = {}
    for each in network.organisations:
        creds, token = folder / f"{each.short}.creds", folder / f"{each.short}.token"
        ids[each.short] = known.get(each.name) or await add(installation, running, _wanted(each, ids), creds, token)
    return ids


def _position(data: Path, running: Running) -> int:
    return int(own_health(data, running.http, within=10)["record"]["position"])


def _wanted(organisation: Organisation, ids: Mapping[str, str]) -> Wanted:
    return Wanted(
        name=organisation.name,
        kind=organisation.kind,
        connected=organisation.connected,
        reached_through=ids.get(organisation.reached_through or ""),
    )


@asynccontextmanager
async def connected(running: Running, network: Network, ids: Mapping[str, str], folder: Path) -> AsyncIterator[Members]:
    async with AsyncExitStack() as stack:
        speaking = {}
        for each in network.organisations:
            if each.connected:
                creds = (folder / f"{each.short}.creds").read_text("utf-8")
                speaking[each.short] = await stack.enter_async_context(partner(running.nats, creds, within=30))
        yield Members(ids, speaking)
