"""Queries by message: `ask.<organisation>.<query>`, the parameters as JSON, the answer by reply."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic_core import to_json

from adapters.answering import found_told, told
from adapters.asking import ask
from adapters.bus.caller import address, check_caller, language
from adapters.strangers import Since
from domain.refusal import Refused
from services.answers import Refusal, TryLater
from services.queries.queries import Queries
from services.record import Record
from services.views.store import NotBuiltError

log = structlog.get_logger()


Beside = Mapping[str, Callable[[str, bytes], Awaitable[dict[str, Any]]]]
"""Queries that no view answers, by their name: asked with the organisation and the parameters."""


def open_queries(
    broker: NatsBroker, record: Record, queries: Queries, run: Callable[..., Awaitable[Any]], beside: Beside
) -> None:
    """`run` is given the work, which waits for the views and reads them, to be done in a thread when it is its turn."""
    tasks: set[asyncio.Task[None]] = set()

    async def answer(message: Msg) -> None:
        since = Since()
        try:
            to = address(message.subject, rest=1)
            check_caller(message, to.organisation, record.network)
            if (other := beside.get(to.rest[0])) is not None:
                found = await other(to.organisation, message.data)
            else:
                found = found_told(
                    await run(ask, queries, to.rest[0], to.organisation, message.data), language(message)
                )
        except Refused as refused:
            found = told(Refusal(refused), language(message))
            await since.hold(refused)
        except NotBuiltError:
            found = told(TryLater(5))
        except Exception as error:
            log.error("query failed", exc_info=error)  # noqa: TRY400
            found = told(TryLater(5))
        if message.reply:
            await broker.connection.publish(message.reply, to_json(found))

    async def handle(message: Any) -> None:
        # The library hands over one message at a time: a query that waits must not hold up the next.
        task = asyncio.create_task(answer(message.raw_message))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    broker.subscriber("ask.>", "queries", no_reply=True, decoder=_itself)(handle)


async def _itself(message: Any) -> Any:
    return message
