"""Partners in a process of their own, so that they do not share the desk's interpreter: what they see is timed here.

`python -m adapters.bench.client` reads one task as JSON and writes what came of it as JSON.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

import uvloop
from nats.aio.client import Client

from adapters.bench.process import asked
from adapters.bench.workload import Act, Workload
from adapters.nats.connection import connect

WITHIN: Final = 60.0
IDLE_S: Final = 0.05
LOOKED_FOR: Final = 5
"""One act in so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """On so many cases from number `first`, each as far as `length`, beginning after its first `begun` acts."""

    do: Literal["load", "one-by-one", "paced", "drop", "raw", "batches", "ask"]
    url: str
    creds: Sequence[str]
    organisations: Sequence[str] = ()
    first: int = 0
    cases: int = 1
    length: int = 20
    begun: int = 0
    at_once: int = 64
    rate: float = 200
    acts: int = 0
    query: str = ""


@dataclass(slots=True)
class Done:
    """`took` in seconds, each of `times` in seconds too; `position` is the highest that was answered."""

    acts: int = 0
    took: float = 0
    cpu: float = 0
    position: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


def told(task: Task, *, profile: Path | None = None) -> Done:
    """Give the task to a client and wait for what comes of it."""
    return Done(**json.loads(asked(["adapters.bench.client"], json.dumps(asdict(task)), profile=profile)))


class Partners:
    """The four organisations, each on a connection of its own."""

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


def _acts(task: Task, *, alone: bool = False) -> list[list[Act]]:
    """By case, made before the clock is started."""
    workload = Workload(task.organisations, alone=alone)
    numbers = range(task.first, task.first + task.cases)
    return [list(workload.case(number, task.length))[task.begun :] for number in numbers]


async def _load(partners: Partners, cases: list[list[Act]]) -> None:
    """So many acts under way at once, of one case never two."""
    idle: list[Iterator[Act]] = [iter(case) for case in cases]
    drawn = Random(1)  # noqa: S311

    async def worker() -> None:
        while idle:
            chosen = drawn.randrange(len(idle))
            idle[chosen], idle[-1] = idle[-1], idle[chosen]
            case = idle.pop()
            if (act := next(case, None)) is not None:
                await partners.tell(act)
                idle.append(case)

    await _all(worker() for _ in range(partners.task.at_once))


async def _one_by_one(partners: Partners, cases: list[list[Act]]) -> None:
    """Each when what follows from the one before is done: views and feed have it, nobody works."""
    for case in cases:
        for act in case:
            await asyncio.sleep(IDLE_S)
            await partners.tell(act)


async def _paced(partners: Partners, cases: list[list[Act]]) -> None:
    """So many acts a second, whatever becomes of them; `times` are from an answer until another sees it.

    Only some are looked for: a question costs more than an act, and would be most of what is measured.
    """
    seen: list[float] = []
    task = partners.task

    async def tell_and_look(opener: int, case: list[Act]) -> None:
        asked_first = 0 if opener else 1  # the organisation that the referral goes to: both see all that follows
        for act in case:
            await places.acquire()
            position = await partners.tell(act)
            answered = time.perf_counter()
            if position % LOOKED_FOR:
                continue
            await partners.ask(asked_first if act.by == opener else opener, "board", {"after": position, "limit": 1})
            seen.append(time.perf_counter() - answered)

    async def pace() -> None:
        began = time.perf_counter()
        for number in range(sum(map(len, cases))):
            await asyncio.sleep(max(0.0, began + number / task.rate - time.perf_counter()))
            places.release()

    places = asyncio.Semaphore(0)
    openers = ((task.first + n) % len(task.organisations) for n in range(len(cases)))
    await _all([pace(), *(tell_and_look(*of) for of in zip(openers, cases, strict=True))])
    partners.done.answered, partners.done.times = partners.done.times, seen


async def _drop(partners: Partners, cases: list[list[Act]]) -> None:
    """Handed in, so many under way; it is done when each is stored. Every act of a case is one organisation's."""
    task = partners.task

    async def hand_in(act: Act) -> None:
        subject = f"drop.{task.organisations[act.by]}.case.{act.case}.{act.type}"
        reply = json.loads((await partners.clients[act.by].request(subject, act.body, timeout=WITHIN)).data)
        if "seq" not in reply:
            raise RuntimeError(f"not taken: {reply}")
        partners.outcomes["stored"] += 1

    # In the order of versions, so that each case's acts arrive in theirs.
    waiting = iter([case[n] for n in range(task.length) for case in cases])

    async def worker() -> None:
        for act in waiting:
            await hand_in(act)

    await _all(worker() for _ in range(task.at_once))


async def _raw(partners: Partners, _: list[list[Act]]) -> None:
    """Single durable messages, one after the other, with nats-py and nothing else."""
    stream = partners.clients[0].jetstream()
    for number in range(partners.task.acts):
        await asyncio.sleep(IDLE_S)
        began = time.perf_counter()
        headers = {"Nats-Expected-Last-Subject-Sequence": "0"}
        await stream.publish(f"bench.single.{number}", b"x" * 700, headers=headers)
        partners.done.times.append(time.perf_counter() - began)


async def _batches(partners: Partners, _: list[list[Act]]) -> None:
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

    await _all(worker() for _ in range(8))


async def _ask(partners: Partners, _: list[list[Act]]) -> None:
    """One question after the other, about cases drawn at random."""
    task, drawn = partners.task, Random(2)  # noqa: S311
    workload = Workload(task.organisations)
    for _number in range(task.acts):
        by, number = drawn.randrange(len(task.organisations)), drawn.randrange(task.first, task.first + task.cases)
        asked_ = {"case": workload.case_id(number)} if task.query == "timeline" else {"limit": 50}
        began = time.perf_counter()
        await partners.ask(by, task.query, asked_)
        partners.done.times.append(time.perf_counter() - began)


WORK: Final[dict[str, Callable[[Partners, list[list[Act]]], Awaitable[None]]]] = {
    "load": _load,
    "one-by-one": _one_by_one,
    "paced": _paced,
    "drop": _drop,
    "raw": _raw,
    "batches": _batches,
    "ask": _ask,
}


async def _all(work: Iterator[Coroutine[Any, Any, None]] | Sequence[Coroutine[Any, Any, None]] | Any) -> None:
    async with asyncio.TaskGroup() as group:
        for each in work:
            group.create_task(each)


async def _done(task: Task) -> Done:
    cases = _acts(task, alone=task.do == "drop") if task.do not in ("raw", "batches", "ask") else []
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


def main() -> None:
    task = Task(**json.load(sys.stdin))
    done = uvloop.run(_done(task))
    sys.stdout.write(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
