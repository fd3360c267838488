"""What could not be read, kept aside on a stream with its reason; an operator looks, nothing is dropped."""

import re

import nats.errors
import structlog
from nats.aio.client import Client

from adapters.upkeep.kept_aside import REASON, TYPE
from services.desk import Arrival

log = structlog.get_logger()
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


class DeadLetters:
    """Keeps them before their senders are answered: so nobody is told of what is then lost."""

    def __init__(self, client: Client) -> None:
        self._stream = client.jetstream()

    async def keep(self, reason: str, arrival: Arrival) -> None:
        headers = {REASON: reason, TYPE: _name(arrival.type)}
        try:
            await self._stream.publish(_subject(reason, arrival), arrival.body, headers=headers)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            log.warning("dead letter not kept", reason=reason, error=type(error).__name__)


def _subject(reason: str, arrival: Arrival) -> str:
    names = (_name(name) for name in (arrival.organisation, arrival.kind, arrival.id))
    return ".".join(("dead", reason.replace(".", "-"), *names))


def _name(token: str | None) -> str:
    """What is no name of ours becomes `unknown`: rubbish must not make subjects."""
    return token if token and _TOKEN.fullmatch(token) else "unknown"
