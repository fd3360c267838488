"""What could not be read, kept aside on a stream with its reason; an operator looks, nothing is dropped."""

import asyncio
import re
from concurrent.futures import Future

import structlog
from nats.aio.client import Client

from adapters.upkeep.kept_aside import REASON, TYPE
from services.desk import Unreadable

log = structlog.get_logger()
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


def subject(unreadable: Unreadable) -> str:
    """Tokens that are no names of ours become `unknown`: rubbish must not make subjects."""
    a = unreadable.arrival
    tokens = (unreadable.reason.replace(".", "-"), a.organisation, a.kind, a.id)
    return ".".join(("dead", *(t if t and _TOKEN.fullmatch(t) else "unknown" for t in tokens)))


class DeadLetters:
    """Takes them from any thread and publishes on the loop of its connection, without holding up an answer."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._stream = client.jetstream()
        self._loop = loop

    def keep(self, unreadable: Unreadable) -> None:
        asyncio.run_coroutine_threadsafe(self._publish(unreadable), self._loop).add_done_callback(_noticed)

    async def _publish(self, unreadable: Unreadable) -> None:
        a = unreadable.arrival
        headers = {REASON: unreadable.reason, TYPE: a.type if a.type and _TOKEN.fullmatch(a.type) else "unknown"}
        await self._stream.publish(subject(unreadable), a.body, headers=headers)


def _noticed(published: Future[None]) -> None:
    if error := published.exception():
        log.warning("dead letter not kept", error=type(error).__name__)
