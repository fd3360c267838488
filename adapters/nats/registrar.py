"""Tells the running server which organisations there are: at once, and without a restart."""

import json
from typing import Any

import nats.errors
from nats.aio.client import Client


class NotToldError(RuntimeError):
    """The server has not taken what it was told about an account."""


async def push_account(system: Client, account_jwt: str, *, within: float = 5.0) -> None:
    """Make an account, or change it: what it no longer allows ends at once, live connections too.

    An account is suspended, never deleted: deleted and pushed again in the same second, it stays shut
    (nats-server 2.15.1), though the server says that all is well.
    """
    try:
        reply = await system.request("$SYS.REQ.CLAIMS.UPDATE", account_jwt.encode(), timeout=within)
    except (nats.errors.Error, TimeoutError) as error:
        msg = f"the message server has not confirmed the change of an account within {within:g} s"
        raise NotToldError(msg) from error
    said: dict[str, Any] = json.loads(reply.data)
    if (refusal := said.get("error")) is not None:
        msg = f"the message server refuses the change of an account: {refusal.get('description', refusal)}"
        raise NotToldError(msg)


async def knows_account(system: Client, account: str, *, within: float = 5.0) -> bool:
    """Whether the server has the account's paper; a server that does not answer in time does not."""
    try:
        reply = await system.request(f"$SYS.REQ.ACCOUNT.{account}.CLAIMS.LOOKUP", b"", timeout=within)
    except (nats.errors.Error, TimeoutError):
        return False
    return reply.data.startswith(b"ey")
