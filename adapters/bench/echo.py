"""What FastStream alone can do: the live door with nothing behind it. `python -m adapters.bench.echo URL CREDS`."""

import asyncio
import signal
import sys
from typing import Any

from faststream.nats import NatsBroker
from pydantic_core import to_json

from adapters.bus.live import QUEUE, SUBJECTS


async def main(url: str, creds: str) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    broker = NatsBroker(url, user_credentials=creds, apply_types=False, logger=None)

    async def handle(message: Any) -> None:
        raw = message.raw_message
        await broker.connection.publish(raw.reply, to_json({"outcome": "recorded", "position": 1, "version": 1}))

    async def itself(message: Any) -> Any:
        return message

    for subject in SUBJECTS:
        broker.subscriber(subject, QUEUE, no_reply=True, decoder=itself)(handle)
    await broker.start()
    sys.stderr.write("echo: up.\n")
    await ended.wait()
    await broker.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
