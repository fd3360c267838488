"""Lets an organisation into the network while everything runs: on the record, on the message server, in its files."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from nats.aio.client import RawCredentials

from adapters.ids import access_token, organisation_id
from adapters.jetstream.drop_stream import make_drop_streams
from adapters.jetstream.link import Address
from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.nats.registrar import push_account
from adapters.own_health import own_health
from adapters.partner import partner
from adapters.private_file import write
from adapters.running import Running, office_folder
from domain.network import Network
from services.founding import NOBODY

LOOKS = 200


class NotRegisteredError(RuntimeError):
    """The record did not take it; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    name: str
    kind: str
    country: str = "IT"
    connected: bool = True
    reached_through: str | None = None
    user_key: str | None = None
    """The partner's own public user key: its seed never travels."""


async def add(
    installation: Installation, running: Running, wanted: Wanted, creds: Path | None, token: Path | None
) -> str:
    """Return the new organisation's id. The files are written before it can be used, so nothing is lost on the way."""
    id_ = organisation_id()
    fields: dict[str, Any] = {
        "type": "organisation-registered",
        "organisation": id_,
        "name": wanted.name,
        "organisation_kind": wanted.kind,
        "country": wanted.country,
        "connected": wanted.connected,
        "reached_through": wanted.reached_through,
        "practitioner": NOBODY,
    }
    written: dict[Path, str] = {}
    if wanted.connected:
        fields["account"] = installation.account_key(id_)
        secret, fields["token"] = access_token()
        written |= {token: secret + "\n"} if token else {}
        if creds:
            text = installation.user_jwt(id_, wanted.user_key) if wanted.user_key else installation.user_creds(id_)
            written[creds] = text
    try:
        for path, text in written.items():
            await asyncio.to_thread(write, path, text)
        async with office(installation, running) as speaks:
            position = _taken(await speaks.act(fields))
    except (NotRegisteredError, OSError):
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        raise
    if wanted.connected:
        await _drop_streams(installation, running.nats, [id_])
        await _push(installation, running, id_, suspended=False)
        await _until_fed(installation.data, running, position)
    return id_


async def suspend(installation: Installation, running: Running, id_: str) -> None:
    """From now on it neither speaks nor reads; its live connections are closed."""
    fields = {"type": "organisation-suspended", "organisation": id_, "practitioner": NOBODY}
    async with office(installation, running) as speaks:
        _taken(await speaks.act(fields))
    await _push(installation, running, id_, suspended=True)


async def reconcile(installation: Installation, nats: str, network: Network) -> None:
    """What the record says of accounts, the message server must know: an interrupted addition is completed here."""
    connected = [id_ for id_, organisation in network.organisations.items() if organisation.account]
    await _drop_streams(installation, nats, connected)
    system = await connect(nats, installation.system_creds())
    try:
        for id_, organisation in network.organisations.items():
            if organisation.account:
                jwt = installation.account(id_, organisation.account, suspended=organisation.suspended)
                await push_account(system, jwt)
    finally:
        await system.close()


async def _drop_streams(installation: Installation, nats: str, organisations: Iterable[str]) -> None:
    """As an administrator, who is gone again when they are made."""
    creds = cast("str", RawCredentials(installation.administrator_creds()))  # text in the place of a path
    await make_drop_streams(Address(nats, creds, "raccordo-administrator"), organisations)


def office(installation: Installation, running: Running) -> Any:
    """The network office's own connection."""
    return partner(running.nats, (office_folder(installation.data) / "office.creds").read_text("utf-8"))


async def _push(installation: Installation, running: Running, id_: str, *, suspended: bool) -> None:
    system = await connect(running.nats, installation.system_creds())
    try:
        await push_account(system, installation.account(id_, installation.account_key(id_), suspended=suspended))
    finally:
        await system.close()


async def _until_fed(data: Path, running: Running, position: int) -> None:
    """Its feed is opened when the feed has told of its registration: from then on it may pull."""

    def fed() -> int:
        with contextlib.suppress(OSError, ValueError):
            return int(own_health(data, running.http, within=5)["feed"]["position"] or 0)
        return 0

    for _ in range(LOOKS):
        if await asyncio.to_thread(fed) >= position:
            return
        await asyncio.sleep(0.05)


def _taken(answer: dict[str, Any]) -> int:
    if answer["outcome"] not in ("recorded", "known already"):
        faults = [f"{fault['path']}: {fault['sentence']}" for fault in answer.get("fields", ())]
        raise NotRegisteredError("\n".join([answer.get("sentence", answer["outcome"]), *faults]))
    return int(answer["position"])
