"""The four organisations of a load, each timed as it waits for its answers."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Final

from nats.aio.client import Client

from adapters.bench.task import Done, Task
from adapters.bench.workload import Act

WITHIN: Final = 60.0


class Partners:
    """Each on a connection of its own."""

    def __init__(self, task: Task, clients: Sequence[Client]) -> None:
        self.task, self.clients = task, clients
        self.done = Done()
        self.outcomes: Counter[str] = Counter()

    async def tell(self, act: Act) -> int:
        """Return the position; whatever is not recorded is a fault of the load."""
        subject = f"in.{self.task.organisations[act.by]}.case.{act.case}.{act.type}"
        began = time.perf_counter()
        reply = await self.clients[act.by].request(subject, act.body, timeout=WITHIN)
        self.done.times.append(time.perf_counter() - began)
        answer = json.loads(reply.data)
        self.outcomes[answer["outcome"]] += 1
        if answer["outcome"] != "recorded":
            raise RuntimeError(f"{act.type}: {answer}")
        self.done.position = max(self.done.position, answer["position"])
        return int(answer["position"])

    async def ask(self, by: int, query: str, parameters: dict[str, Any]) -> dict[str, Any]:
        subject = f"ask.{self.task.organisations[by]}.{query}"
        reply = await self.clients[by].request(subject, json.dumps(parameters).encode(), timeout=WITHIN)
        answer: dict[str, Any] = json.loads(reply.data)
        if "position" not in answer or "outcome" in answer:
            raise RuntimeError(f"{query}: {answer}")
        return answer


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """All at once; what goes wrong in one ends the others."""
    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(each)
