"""The live door: an act by request, the final answer by reply."""

from collections.abc import Awaitable, Callable
from typing import Any

from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic_core import to_json

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.bus.caller import address, check_caller, language
from domain.refusal import Refused
from services.answers import Answer
from services.desk import Arrival
from services.record import Record

SUBJECTS = ("in.>", "desk.*.in.>")
QUEUE = "desk"


def open_live_door(broker: NatsBroker, record: Record, batcher: Batcher) -> None:
    async def handle(raw: Msg) -> None:
        async def reply(answer: Answer) -> None:
            if raw.reply:
                await broker.connection.publish(raw.reply, to_json(told(answer, language(raw))))

        try:
            arrival = _arrival(raw, record)
        except Refused as refused:
            batcher.replies.refuse(Arrival(_claimed(raw), raw.data), refused, reply)
            return
        await batcher.submit(arrival, reply)

    for subject in SUBJECTS:
        taken_as_they_come(broker.subscriber(subject, QUEUE, no_reply=True), handle)


def _arrival(message: Msg, record: Record) -> Arrival:
    """From here on the organisation is who the server says it is."""
    to = address(message.subject, rest=3)
    check_caller(message, to.organisation, record.network)
    kind, id_, type_ = to.rest
    return Arrival(to.organisation, message.data, kind, id_, type_)


def _claimed(message: Msg) -> str:
    """Whose subject it is; what comes in under `in.<organisation>` the server lets only that one send."""
    return message.subject.split(".")[1]


def taken_as_they_come(subscriber: Any, handle: Callable[[Msg], Awaitable[None]]) -> None:
    """FastStream opens the subscription, ends it, and waits for what is under way; the messages go past its scopes,
    middlewares and decoders, of which the door has none: they cost more than half of what deciding an act does.
    """

    async def process_message(message: Msg) -> None:
        with subscriber.lock:
            await handle(message)

    subscriber(handle)  # it subscribes for a handler only
    subscriber.process_message = process_message
