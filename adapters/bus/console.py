"""What the command line asks of the running service; the answer comes in steps, so that long work says how far it is.

The subjects begin with `console.`: no organisation's account has an opening to them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Self

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic_core import from_json, to_json

from adapters.ended import ended

Step = dict[str, Any]
Work = Callable[[Step], AsyncIterator[Step]]
log = structlog.get_logger()


class CannotError(Exception):
    """What was asked cannot be done; its text says why, without what anybody sent."""


class Console:
    """Each kind of work by its subject; several may run at once."""

    def __init__(self, client: Client, work: Mapping[str, Work]) -> None:
        self._client = client
        self._work = work
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        for subject in self._work:
            await self._client.subscribe(f"console.{subject}", "console", cb=self._begin)
        return self

    async def __aexit__(self, *_: object) -> None:
        """What still runs is left where it is: all of it may be asked for again."""
        await ended(*self._running)

    async def _begin(self, message: Msg) -> None:
        task = asyncio.create_task(self._do(message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _do(self, message: Msg) -> None:
        subject = message.subject.removeprefix("console.")
        try:
            async for step in self._work[subject](from_json(message.data or b"{}")):
                await self._client.publish(message.reply, to_json(step))
            last: Step = {"end": True}
        except CannotError as error:
            last = {"end": True, "cannot": str(error)}
        except (NatsError, OSError, asyncio.CancelledError):
            raise
        except Exception as error:
            log.error("console work failed", work=subject, exc_info=error)  # noqa: TRY400 (rendered without values)
            last = {"end": True, "cannot": f"the service failed at it ({type(error).__name__}); its log says where"}
        await self._client.publish(message.reply, to_json(last))
