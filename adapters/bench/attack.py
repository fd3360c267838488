"""An organisation that does its worst for some seconds, at every door that it has: what others feel is measured.

Rubbish and questions as large as its account may send, questions about a day in eight thousand years, and corrections
of a case that has grown long. What it is answered does not matter to it.
"""

import asyncio
import json
import uuid
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from itertools import count
from typing import Any, Final

import nats.errors
import nats.js.errors

from adapters.bench.partners import Partners, together
from adapters.bench.workload import Act

RUBBISH: Final = b"x" * 120_000
LARGE: Final = json.dumps({"name": "x" * 60_000}).encode()
DEAR: Final = json.dumps({"as_of": "9990-01-01"}).encode()
PATIENCE_S: Final = 5.0
GONE: Final = (nats.errors.Error, nats.js.errors.Error, TimeoutError, OSError)
NOBODY: Final = "00000000-0000-4000-8000-000000000000"


async def hostile(partners: Partners, _: list[list[Act]]) -> None:
    """For as many seconds as the task's `rate` says, once its case is as long as the task's `length`."""
    task, client, own = partners.task, partners.clients[0], partners.task.organisations[0]
    case, ends = str(uuid.uuid4()), asyncio.get_running_loop().time() + task.rate
    told = _numbered(case, task.length)

    async def sent(subject: str, body: bytes) -> None:
        with suppress(*GONE):
            await client.request(subject, body, timeout=PATIENCE_S)

    async def again(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while asyncio.get_running_loop().time() < ends:
            await work()

    async def next_told() -> None:
        act = next(told)
        await sent(f"in.{own}.case.{case}.{act['type']}", json.dumps(act).encode())

    await together(
        [
            again(next_told),
            *(again(lambda: sent(f"in.{own}.case.a.case-opened", RUBBISH)) for _ in range(8)),
            *(again(lambda: sent(f"drop.{own}.case.a.case-opened", RUBBISH)) for _ in range(4)),
            *(again(lambda: sent(f"ask.{own}.board", LARGE)) for _ in range(4)),
            *(again(lambda: sent(f"ask.{own}.due", DEAR)) for _ in range(16)),
        ]
    )


def _numbered(case: str, length: int) -> Iterator[dict[str, Any]]:
    """The case to its length, then one entry after the other corrected, for ever."""
    about = {"case": case, "practitioner": NOBODY, "occurred_at": "2026-11-20T09:30:00+01:00"}
    contact = {"type": "contact-made", "channel": "phone", "with_whom": "person"}
    for version in count(1):
        if version == 1:
            told: dict[str, Any] = {"type": "case-opened", "person": {"names": ["Persona", "Esempio"]}}
        elif version <= length:
            told = contact
        else:
            entry = 2 + version % max(1, length - 2)
            told = {
                "type": "act-corrected",
                "entry": entry,
                "ground": "mistake",
                "act": {**contact, "note": str(version)},
            }
        yield {**about, "act_id": str(uuid.uuid4()), **told}
