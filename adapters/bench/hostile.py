"""How long an honest organisation waits for an answer while another does its worst, beside how long by itself."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from adapters.bench.bench import DURABLE, LENGTH, Bench
from adapters.bench.loads import IDLE_S
from adapters.bench.process import BenchFailedError
from adapters.bench.row import Row, Target, percentile
from adapters.bench.site import Site, site
from adapters.bench.task import Done, Task, told
from adapters.running import running

ACT_S: Final = 0.1
"""That an act may take, for how long the attack has to go on."""
PREPARED_S: Final = 0.005
"""For each act of the case that is to be corrected."""


def hostile(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    """With the limits that are shipped, everything in one process."""
    bench.said("an honest organisation, alone and beside a hostile one")
    with site(bench.folder / "hostile", up=True, limits={}) as on:
        if (found := running(on.data)) is None:
            raise BenchFailedError(f"the service on {on.data} does not run")
        id_, creds = on.one_more(found, "social-cooperative-b")
        alone = told(_honest(bench, on))
        lasts = bench.scale.long_case * PREPARED_S + bench.scale.idle * (IDLE_S + ACT_S) + 2
        attack = Task(
            do="hostile", url=on.url, creds=[creds], organisations=[id_], rate=lasts, length=bench.scale.long_case
        )
        with ThreadPoolExecutor(1) as beside:
            attacking = beside.submit(told, attack)
            time.sleep(min(lasts / 2, bench.scale.long_case * PREPARED_S))
            done = told(_honest(bench, on))
            attacking.result()
    yield _row(bench, alone, done)


def _honest(bench: Bench, on: Site) -> Task:
    cases = max(1, bench.scale.idle // LENGTH)
    return bench.task(on, "one-by-one", first=on.new_cases(cases), cases=cases)


def _row(bench: Bench, alone: Done, done: Done) -> Row:
    p50 = ", ".join(f"{1e3 * percentile(each.times, 0.5):.1f}" for each in (alone, done))
    return Row(
        name="hostile",
        work="answer to an honest organisation while another does its worst, p99",
        value=1e3 * percentile(done.times, 0.99),
        unit="ms",
        peer="the same with nobody else there",
        peer_value=1e3 * percentile(alone.times, 0.99),
        target=Target(of="ratio", at="most", bound=5),
        settings=(
            f"{done.acts} acts, each {1e3 * IDLE_S:.0f} ms after the last answer; the other at once: corrections of a "
            f"case of {bench.scale.long_case:,}, 12 senders of 120 kB of rubbish, live and drop, 16 questions about "
            "the year 9990, 4 of 60 kB; everything in one process, limits as shipped"
        ),
        durability=DURABLE,
        notes=f"p50 alone and beside it: {p50} ms",
    )
