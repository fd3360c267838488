"""Ways in which partners use the doors: at once, one by one, at a pace, handing in, asking."""

import asyncio
import json
import time
from collections.abc import Iterator
from random import Random
from typing import Final

from adapters.bench.partners import WITHIN, Partners, together
from adapters.bench.workload import Act, Workload

IDLE_S: Final = 0.05
LOOKED_FOR: Final = 5
"""One act in so many."""


async def load(partners: Partners, cases: list[list[Act]]) -> None:
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

    await together(worker() for _ in range(partners.task.at_once))


async def one_by_one(partners: Partners, cases: list[list[Act]]) -> None:
    """Each when what follows from the one before is done: views and feed have it, nobody works."""
    for case in cases:
        for act in case:
            await asyncio.sleep(IDLE_S)
            await partners.tell(act)


async def paced(partners: Partners, cases: list[list[Act]]) -> None:
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
    await together([pace(), *(tell_and_look(*of) for of in zip(openers, cases, strict=True))])
    partners.done.answered, partners.done.times = partners.done.times, seen


async def drop(partners: Partners, cases: list[list[Act]]) -> None:
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

    await together(worker() for _ in range(task.at_once))


async def ask(partners: Partners, _: list[list[Act]]) -> None:
    """One question after the other, about cases drawn at random."""
    task, drawn = partners.task, Random(2)  # noqa: S311
    workload = Workload(task.organisations)
    for _number in range(task.acts):
        by, number = drawn.randrange(len(task.organisations)), drawn.randrange(task.first, task.first + task.cases)
        asked_ = {"case": workload.case_id(number)} if task.query == "timeline" else {"limit": 50}
        began = time.perf_counter()
        await partners.ask(by, task.query, asked_)
        partners.done.times.append(time.perf_counter() - began)
