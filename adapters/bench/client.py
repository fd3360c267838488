"""Partners in a process of their own, so that they do not share the desk's interpreter: what they see is timed here.

`python -m adapters.bench.client` reads one task as JSON and writes what came of it as JSON.
"""

import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial
from typing import Final

import uvloop

from adapters.bench import attack, bare, loads
from adapters.bench.partners import Partners
from adapters.bench.task import Done, Task
from adapters.bench.workload import Act, Workload
from adapters.nats.connection import connect
from adapters.runtime import write_whole

WORK: Final[dict[str, Callable[[Partners, list[list[Act]]], Awaitable[None]]]] = {
    "load": loads.load,
    "one-by-one": loads.one_by_one,
    "paced": loads.paced,
    "drop": loads.drop,
    "ask": loads.ask,
    "hostile": attack.hostile,
    "raw": bare.raw,
    "batches": bare.batches,
}


async def _done(task: Task) -> Done:
    cases = _acts(task, alone=task.do == "drop") if task.do not in ("raw", "batches", "ask", "hostile") else []
    async with AsyncExitStack() as stack:
        clients = []
        for creds in task.creds:
            clients.append(client := await connect(task.url, creds))
            stack.push_async_callback(client.close)
        partners = Partners(task, clients)
        work = partial(WORK[task.do], partners, cases)
        began, worked = time.perf_counter(), time.process_time()
        await work()
        done = partners.done
        done.took, done.cpu = time.perf_counter() - began, time.process_time() - worked
        done.outcomes, done.acts = dict(partners.outcomes), sum(map(len, cases)) or task.acts
        done.times.sort()
        done.answered.sort()
        return done


def _acts(task: Task, *, alone: bool = False) -> list[list[Act]]:
    """By case, made before the clock is started."""
    workload = Workload(task.organisations, alone=alone)
    numbers = range(task.first, task.first + task.cases)
    return [list(workload.case(number, task.length))[task.begun :] for number in numbers]


def main() -> None:
    write_whole()
    task = Task(**json.load(sys.stdin))
    done = uvloop.run(_done(task))
    sys.stdout.write(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
