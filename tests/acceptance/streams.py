"""What stands in a stream, read as anybody could: with the message server's own client and no line of ours."""

import json

from nats.aio.msg import Msg

from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from tests.acceptance.load import Line
from tests.running_service import RunningService


async def stored(service: RunningService, stream: str) -> list[Msg]:
    client = await connect(service.running.nats, Installation.open(service.data).administrator_creds())
    try:
        jetstream = client.jetstream()
        count = (await jetstream.stream_info(stream)).state.messages
        following = await jetstream.subscribe(f"{stream.lower()}.>", stream=stream, ordered_consumer=True)
        return [await following.next_msg(timeout=10) for _ in range(count)]
    finally:
        await client.close()


async def record_of(service: RunningService) -> list[Line]:
    lines = []
    for message in await stored(service, "RECORD"):
        event = json.loads(message.data)
        _, kind, id_, version = message.subject.split(".")
        lines.append(
            Line(
                message.metadata.sequence.stream,
                event["source"],
                event["actid"],
                event["type"],
                f"{kind}/{id_}",
                int(version),
                event["data"]["act"],
            )
        )
    return lines
