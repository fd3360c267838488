"""The drop door: acts handed in while nobody waits, until each is answered on the feed."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from adapters.bench.bench import DURABLE, LENGTH, Bench
from adapters.bench.process import BenchFailedError
from adapters.bench.row import Row, Target
from adapters.bench.site import WITHIN_S, Site
from adapters.bench.task import told
from adapters.jetstream.link import Link
from adapters.jetstream.reply import ApiError

PATIENCE_S = 1_800.0
AT_ONCE = 256
FIFTH = Target(of="ratio", at="least", bound=0.2)


def drop(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    on = bench.site
    work = "drop door, from the first act handed in to the last one answered"
    if not _opened(on):
        yield Row(
            name="drop",
            work=work,
            value=None,
            unit="acts/s",
            target=FIFTH,
            notes="there is no drop door in this version",
        )
        return
    cases = max(1, bench.scale.acts // LENGTH)
    with on.parts("desk"):
        bench.said("drop door")
        before = int(on.stream("RECORD")["last_seq"])
        task = bench.task(on, "drop", first=on.new_cases(cases), cases=cases, length=LENGTH, at_once=AT_ONCE)
        with ThreadPoolExecutor(1) as aside:
            handing_in = aside.submit(told, task)
            recorded, took = asyncio.run(_until_answered(on, before, cases * LENGTH))
            handed_in = handing_in.result()
    rate = recorded / took
    on_disk = bench.raw_batches(in_memory=False)
    settings = (
        f"{recorded:,} acts on {cases:,} cases, {AT_ONCE} in flight, four organisations; server and desk a process each"
    )
    yield Row(
        name="drop",
        work=work,
        value=rate,
        unit="acts/s",
        peer="raw atomic batches of 100",
        peer_value=bench.raw_batches(),
        target=FIFTH,
        settings=f"{settings}; peer: nats-py, 700 bytes, eight batches under way",
        durability=DURABLE,
        notes=(
            f"stored by the door at {handed_in.acts / handed_in.took:,.0f} acts/s meanwhile; the peer's batches put "
            f"together on the disk, as a server does by itself: {on_disk:,.0f} messages/s"
        ),
    )
    yield bench.beside_postgresql("drop", work, rate, 5, settings)


async def _until_answered(on: Site, before: int, acts: int) -> tuple[int, float]:
    """How many were recorded, and in how many seconds from the first that was stored."""
    began, deadline = None, time.monotonic() + PATIENCE_S
    recorded = 0
    async with on.administering() as link:
        while time.monotonic() < deadline:
            waiting = sum([await _held(link, f"DROP_{id_}", "messages") for id_ in on.organisations])
            recorded = await _held(link, "RECORD", "last_seq") - before
            if began is None and (waiting or recorded):
                began = time.perf_counter()
            if began is not None and recorded == acts and not waiting:
                return recorded, time.perf_counter() - began
            await asyncio.sleep(0.02)
    raise BenchFailedError(f"{recorded} of {acts} dropped acts were recorded in time")


async def _held(link: Link, stream: str, what: str) -> int:
    return int((await link.api(f"STREAM.INFO.{stream}", within=WITHIN_S))["state"][what])


def _opened(on: Site) -> bool:
    try:
        on.stream(f"DROP_{on.organisations[0]}")
    except ApiError:
        return False
    return True
