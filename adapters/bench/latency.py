"""How long one waits: for an answer where nothing else is done, and until another organisation sees it."""

from collections.abc import Iterator, Sequence
from typing import Literal

from adapters.bench.bench import DURABLE, LENGTH, Bench
from adapters.bench.loads import IDLE_S, LOOKED_FOR
from adapters.bench.row import Row, Target, percentile
from adapters.bench.task import Done, told

ALL = ("desk", "views", "feed", "web")


def waiting(bench: Bench, wanted: Sequence[str]) -> Iterator[Row]:
    """Of the rows `idle` and `visible`, those that are wanted."""
    on = bench.site
    with on.parts(*ALL):
        on.wait_caught_up()
        alone = _told(bench, "one-by-one", bench.scale.idle) if "idle" in wanted else None
        paced = _told(bench, "paced", bench.scale.visible) if "visible" in wanted else None
    if alone:
        bench.said("raw durable publishes")
        yield from _idle(alone, bench.raw("raw", bench.scale.idle))
    if paced:
        yield _visible(paced)


def _told(bench: Bench, do: Literal["one-by-one", "paced"], acts: int) -> Done:
    bench.said("answers when idle" if do == "one-by-one" else "answered and visible to others, 200 acts/s")
    on, cases = bench.site, max(1, acts // LENGTH)
    return told(bench.task(on, do, first=on.new_cases(cases), cases=cases))


def _idle(done: Done, raw: Done) -> Iterator[Row]:
    settings = f"{done.acts} acts, each {1e3 * IDLE_S:.0f} ms after the last answer; all parts running, a process each"
    yield Row(
        name="idle/p50",
        work="answer when idle, p50",
        value=1e3 * percentile(done.times, 0.5),
        unit="ms",
        peer="raw durable publish, nats-py",
        peer_value=1e3 * percentile(raw.times, 0.5),
        target=Target(of="ratio", at="most", bound=3),
        settings=f"{settings}; peer: 700 bytes as often, to a stream set up as the record",
        durability=DURABLE,
    )
    yield Row(
        name="idle/p99",
        work="answer when idle, p99",
        value=1e3 * percentile(done.times, 0.99),
        unit="ms",
        peer="raw durable publish, nats-py",
        peer_value=1e3 * percentile(raw.times, 0.99),
        target=Target(of="value", at="most", bound=10),
        settings=settings,
        durability=DURABLE,
    )


def _visible(done: Done) -> Row:
    return Row(
        name="visible",
        work="answered → visible in another organisation's view, p99, at 200 acts/s",
        value=1e3 * percentile(done.times, 0.99),
        unit="ms",
        target=Target(of="value", at="most", bound=100),
        settings=(
            f"{done.acts} acts, one in {LOOKED_FOR} looked for: board after=N, limit 1, over NATS; each part a process"
        ),
        durability=f"{DURABLE}; views SQLite WAL",
        notes=(
            f"p50 {1e3 * percentile(done.times, 0.5):.1f} ms; told at {done.acts / done.took:.0f} acts/s, answered in "
            f"p50 {1e3 * percentile(done.answered, 0.5):.1f}, p99 {1e3 * percentile(done.answered, 0.99):.1f} ms"
        ),
    )
