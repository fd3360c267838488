"""What the message server tells of itself, over its system account: nobody without our keys may ask it.

Its monitoring port would tell everybody on the machine the names of accounts, streams and subjects. There is none.
"""

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import nats.errors

from adapters.nats.connection import UnreachableError, connect

WITHIN_S: Final = 1.0


def healthy(url: str, creds: str) -> bool:
    """True if the server answers and has gone through its streams."""
    try:
        return bool(_asked(url, creds, "HEALTHZ", {"js-enabled-only": True}).get("status") == "ok")
    except UnreachableError:
        return False


def streams(url: str, creds: str) -> set[str]:
    """The names of the streams that it has. Raises `UnreachableError` if it does not answer."""
    found = _asked(url, creds, "JSZ", {"accounts": True, "streams": True})
    accounts = found.get("account_details") or ()
    return {stream["name"] for account in accounts for stream in account.get("stream_detail") or ()}


def _asked(url: str, creds: str, question: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """In a thread of its own: the caller may stand in a loop already."""
    with ThreadPoolExecutor(1, thread_name_prefix="of-itself") as thread:
        return thread.submit(asyncio.run, ask(url, creds, question, options)).result()


async def ask(url: str, creds: str, question: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """One question on a connection of its own; `creds` are those of a watcher or more."""
    client = await connect(url, creds, within=WITHIN_S, allow_reconnect=False)
    try:
        asked = json.dumps(options).encode()
        answer = await client.request(f"$SYS.REQ.SERVER.PING.{question}", asked, timeout=WITHIN_S)
        found: dict[str, Any] = json.loads(answer.data).get("data") or {}
    except (nats.errors.Error, TimeoutError, ValueError) as error:
        msg = f"the message server at {url} does not answer: {type(error).__name__}"
        raise UnreachableError(msg) from error
    else:
        return found
    finally:
        await client.close()
