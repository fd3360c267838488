"""Queries by message: `ask.<organisation>.<query>`, the parameters as JSON, the answer by reply."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic_core import to_json

from adapters.answering import told
from adapters.bus.caller import address, check_caller, language
from adapters.bus.gone import Gone
from adapters.bus.live import taken_as_they_come
from adapters.question_desk import QuestionDesk, in_a_message
from adapters.question_spending import BusyError
from adapters.strangers import Since
from domain.refusal import Refused
from services.answers import Refusal, TryLater
from services.record import Record
from services.views.store import NotBuiltError

log = structlog.get_logger()


Beside = Mapping[str, Callable[[str, bytes], Awaitable[dict[str, Any]]]]
"""Queries that no view answers, by their name: asked with the organisation and the parameters."""


def open_queries(broker: NatsBroker, record: Record, desk: QuestionDesk, beside: Beside) -> Gone:
    """Return what ends the questions of an organisation that has gone."""
    tasks: dict[asyncio.Task[None], tuple[str, float]] = {}

    async def found(message: Msg) -> bytes:
        to = address(message.subject, rest=1)
        check_caller(message, to.organisation, record.network)
        if (other := beside.get(to.rest[0])) is None:
            return (await desk.answer(to.rest[0], to.organisation, message.data, language(message))).written
        async with desk.kept(to.organisation, message.data):
            return in_a_message(await other(to.organisation, message.data))

    async def answer(message: Msg) -> None:
        since = Since()
        try:
            written = await found(message)
        except Refused as refused:
            written = to_json(told(Refusal(refused), language(message)))
            await since.hold(refused)
        except BusyError as busy:
            written = to_json(told(TryLater(busy.after_s, reason=busy.reason)))
        except NotBuiltError:
            written = to_json(told(TryLater(5)))
        except Exception as error:
            log.error("query failed", exc_info=error)  # noqa: TRY400
            written = to_json(told(TryLater(5)))
        if message.reply:
            await broker.connection.publish(message.reply, written)

    async def handle(message: Msg) -> None:
        # One message is handed over at a time: a query that waits must not hold up the next.
        task = asyncio.create_task(answer(message))
        tasks[task] = message.subject.split(".")[1], time.monotonic()
        task.add_done_callback(tasks.pop)

    def gone(organisation: str, since: float) -> None:
        for task, (asker, came) in tuple(tasks.items()):
            if asker == organisation and came <= since:
                task.cancel()

    taken_as_they_come(broker.subscriber("ask.>", "queries", no_reply=True), handle)
    return gone
