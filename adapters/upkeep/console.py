"""Asks the running service for what only it can do, as the one who runs it."""

from collections.abc import AsyncIterator
from typing import Any

import nats.errors
from pydantic_core import from_json, to_json

from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from adapters.partner import NoAnswerError

SILENCE_S = 30.0
"""How long the service may say nothing; long work tells its progress much more often."""


class CannotError(RuntimeError):
    """The service is there, but what was asked cannot be done."""


async def steps(
    installation: Installation, url: str, work: str, asked: dict[str, Any] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Each step of the work as the service tells it."""
    client = await connect(url, installation.console_creds())
    try:
        inbox = client.new_inbox()
        answers = await client.subscribe(inbox)
        await client.publish(f"console.{work}", to_json(asked or {}), reply=inbox)
        while True:
            message = await answers.next_msg(timeout=SILENCE_S)
            if (message.headers or {}).get("Status") == "503":
                raise NoAnswerError("the service takes nothing yet: it is starting or ending; try again")
            step = from_json(message.data)
            if "cannot" in step:
                raise CannotError(step["cannot"])
            if step.get("end"):
                return
            yield step
    except (TimeoutError, nats.errors.Error) as error:
        raise NoAnswerError(f"the service has said nothing for {SILENCE_S:g} s ({type(error).__name__})") from error
    finally:
        await client.close()
