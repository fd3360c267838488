"""The live door: an act by request, the final answer by reply."""

from typing import Any

from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic_core import to_json

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.bus.caller import address, check_caller, language
from domain.refusal import Malformed, Refused
from services.answers import Answer, Refusal
from services.desk import Arrival
from services.record import Record

SUBJECTS = ("in.>", "desk.*.in.>")
QUEUE = "desk"


def open_live_door(broker: NatsBroker, record: Record, batcher: Batcher) -> None:
    async def handle(message: Any) -> None:
        raw: Msg = message.raw_message

        async def reply(answer: Answer) -> None:
            if raw.reply:
                await broker.connection.publish(raw.reply, to_json(told(answer, language(raw))))

        try:
            arrival = _arrival(raw, record)
        except Refused as refused:
            if isinstance(refused, Malformed):
                await batcher.keep_aside(refused.code, Arrival(_claimed(raw), raw.data))
            await reply(Refusal(refused))
            return
        await batcher.submit(arrival, reply)

    for subject in SUBJECTS:
        broker.subscriber(subject, QUEUE, no_reply=True, decoder=_itself)(handle)


def _arrival(message: Msg, record: Record) -> Arrival:
    """From here on the organisation is who the server says it is."""
    to = address(message.subject, rest=3)
    check_caller(message, to.organisation, record.network)
    kind, id_, type_ = to.rest
    return Arrival(to.organisation, message.data, kind, id_, type_)


def _claimed(message: Msg) -> str:
    """Whose subject it is; what comes in under `in.<organisation>` the server lets only that one send."""
    return message.subject.split(".")[1]


async def _itself(message: Any) -> Any:
    # Injection and decoding of the library cost three quarters of the throughput; the desk reads the body itself.
    return message
