"""A connection to the message server, from credentials that are nowhere on disk."""

import asyncio
from typing import Any, Final

import nats.errors
from nats.aio.client import Client, RawCredentials

_NO_CONNECTION_LEFT: Final = "maximum account active connections exceeded"
"""What the server answers to an account whose connections are used up; a suspended one may have none."""

_SHUT_OUT: Final = (
    "Your organisation is suspended and cannot use the record for now, or all connections of its account are in use. "
    "Please close other programs that use its credentials, or speak to the network office."
)


class UnreachableError(ConnectionError):
    """Nobody answered as a message server at that address, or it did not let us in."""


async def connect(url: str, creds: str, *, within: float = 5.0, **options: Any) -> Client:
    """Connect with the text of a `.creds` file within so many seconds, or raise.

    `options` are those of `nats.connect`. That function alone may go on trying for two minutes, or return a
    client that is not connected, where the server does not know the account. It also logs each attempt that failed.
    """
    client = Client()
    options.setdefault("error_cb", unsaid)
    try:
        async with asyncio.timeout(within):
            await client.connect(url, user_credentials=RawCredentials(creds), **options)
    except (nats.errors.Error, OSError, TimeoutError) as error:
        reason = client.last_error or error
        await client.close()
        msg = f"the message server at {url} does not let us in: {reason}"
        raise UnreachableError(shut_out(reason) or msg) from error
    if not client.is_connected:
        await client.close()
        msg = f"the message server at {url} does not let us in"
        raise UnreachableError(msg)
    return client


def shut_out(reason: Exception | None) -> str | None:
    """The sentence for who has no connection left, by the last error of its connection; None after any other."""
    return _SHUT_OUT if _NO_CONNECTION_LEFT in str(reason) else None


async def unsaid(_: Exception) -> None:
    """Keep an error of the connection out of the log: whoever waits for an answer is told."""
