"""Five hundred partners that connect at once, and one that floods with twenty thousand acts."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

from tests.acceptance.conftest import network_on
from tests.acceptance.test_crowds import answer_of, flooded
from tests.running_service import running_service

OF_EACH = 20


def act(type_: str, case: str | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "case": case or str(uuid.uuid4()),
        "act_id": str(uuid.uuid4()),
        "occurred_at": "2026-11-20T10:00:00+01:00",
        "practitioner": str(uuid.uuid4()),
        **fields,
    }


async def crowded(folder: Path, connections: int, flood: int) -> None:
    with running_service(folder / "data") as service:
        network = await asyncio.to_thread(network_on, service)
        extra = max(0, connections // OF_EACH - 4)
        more = [await asyncio.to_thread(service.add, f"more{n}", "social-service") for n in range(extra)]
        members = [network.centre, network.coop, network.health, network.stranger, *more]
        async with network.speaking(*(members * OF_EACH)[:connections]) as partners:
            answers = await asyncio.gather(*(answer_of(p, act("case-opened"), within=120) for p in partners))
        assert {a["outcome"] for a in answers} == {"recorded"}
        assert len({a["position"] for a in answers}) == len(partners)
        print(f"  {len(partners)} connections, all answered", flush=True)
        await flooded(network, act, flood)
        assert (await asyncio.to_thread(service.http, "GET", "/health")).status == 200
