"""Tells the running server which organisations there are: at once, and without a restart."""

import json
from typing import Any

import nats.errors
from nats.aio.client import Client


class NotToldError(RuntimeError):
    """The server has not taken what it was told about an account."""


async def push_account(system: Client, account_jwt: str, *, within: float = 5.0) -> None:
    """Make an account, or change it: what it no longer allows ends at once, live connections too."""
    await _tell(system, "$SYS.REQ.CLAIMS.UPDATE", account_jwt, within)


async def delete_account(system: Client, deletion_jwt: str, *, within: float = 5.0) -> None:
    """Take an account away and close its connections; pushed again, it is back."""
    await _tell(system, "$SYS.REQ.CLAIMS.DELETE", deletion_jwt, within)


async def _tell(system: Client, subject: str, statement: str, within: float) -> None:
    try:
        reply = await system.request(subject, statement.encode(), timeout=within)
    except (nats.errors.Error, TimeoutError) as error:
        msg = f"the message server has not confirmed the change of an account within {within:g} s"
        raise NotToldError(msg) from error
    said: dict[str, Any] = json.loads(reply.data)
    if (refusal := said.get("error")) is not None:
        msg = f"the message server refuses the change of an account: {refusal.get('description', refusal)}"
        raise NotToldError(msg)
