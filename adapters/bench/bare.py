"""Messages to a stream of the server with nothing of ours in between, to be put beside what we do with it."""

import asyncio
import json
import time

from adapters.bench.loads import IDLE_S
from adapters.bench.partners import WITHIN, Partners, together
from adapters.bench.workload import Act


async def raw(partners: Partners, _: list[list[Act]]) -> None:
    """Single durable messages, one after the other, with nats-py and nothing else."""
    stream = partners.clients[0].jetstream()
    for number in range(partners.task.acts):
        await asyncio.sleep(IDLE_S)
        began = time.perf_counter()
        headers = {"Nats-Expected-Last-Subject-Sequence": "0"}
        await stream.publish(f"bench.single.{number}", b"x" * 700, headers=headers)
        partners.done.times.append(time.perf_counter() - began)


async def batches(partners: Partners, _: list[list[Act]]) -> None:
    """Atomic batches of 100, eight under way."""
    client, numbers = partners.clients[0], iter(range(partners.task.acts))

    async def worker() -> None:
        for number in numbers:
            for n in range(1, 101):
                headers = {"Nats-Batch-Id": f"b{number}", "Nats-Batch-Sequence": str(n)}
                headers["Nats-Expected-Last-Subject-Sequence"] = "0"
                subject = f"bench.batch.{number}.{n}"
                if n < 100:
                    await client.publish(subject, b"x" * 700, headers=headers)
                    continue
                headers["Nats-Batch-Commit"] = "1"
                ack = json.loads((await client.request(subject, b"x" * 700, timeout=WITHIN, headers=headers)).data)
                if "error" in ack:
                    raise RuntimeError(ack["error"])

    await together(worker() for _ in range(8))
