"""The live door: an act by request, the final answer by reply."""

from typing import Any

from faststream.nats import NatsBroker
from nats.aio.msg import Msg
from pydantic_core import to_json

from adapters.answering import told
from adapters.batcher import Batcher
from adapters.bus.caller import Address, address, check_caller, language
from domain.refusal import Malformed, Refused
from services.answers import Answer, Refusal
from services.desk import Arrival, Desk, Unreadable
from services.record import Record

SUBJECTS = ("in.>", "desk.*.in.>")
QUEUE = "desk"


def open_live_door(broker: NatsBroker, record: Record, desk: Desk, batcher: Batcher) -> None:
    async def handle(message: Any) -> None:
        raw: Msg = message.raw_message

        async def reply(answer: Answer) -> None:
            if raw.reply:
                await broker.connection.publish(raw.reply, to_json(told(answer, language(raw))))

        try:
            arrival = _arrival(raw, record)
        except Refused as refused:
            if isinstance(refused, Malformed):
                desk.keep_aside(Unreadable(refused.code, Arrival(_claimed(raw), raw.data)))
            await reply(Refusal(refused))
            return
        await batcher.submit(arrival, reply)

    for subject in SUBJECTS:
        broker.subscriber(subject, QUEUE, no_reply=True, decoder=_itself)(handle)


def _arrival(message: Msg, record: Record) -> Arrival:
    """From here on the organisation is who the server says it is."""
    to = address(message.subject)
    check_caller(message, to.organisation, record.network)
    kind, id_, type_ = _parts(to)
    return Arrival(to.organisation, message.data, kind, id_, type_)


def _parts(to: Address) -> tuple[str, str, str]:
    if len(to.rest) != 3:
        raise Malformed("door.malformed-subject")
    return to.rest[0], to.rest[1], to.rest[2]


def _claimed(message: Msg) -> str:
    try:
        return address(message.subject).organisation
    except Malformed:
        return "unknown"


async def _itself(message: Any) -> Any:
    # Injection and decoding of the library cost three quarters of the throughput; the desk reads the body itself.
    return message
