"""How long one waits: for an answer where nothing else is done, and until another organisation sees it."""

from collections.abc import Iterator

from adapters.bench.bench import DURABLE, LENGTH, Bench
from adapters.bench.client import told
from adapters.bench.row import Row, Target, percentile

ALL = ("desk", "views", "feed", "web")


def idle(bench: Bench) -> Iterator[Row]:
    on, acts = bench.site, bench.scale.idle
    with on.parts(*ALL):
        bench.said("answers when idle")
        on.wait_views(int(on.stream("RECORD")["last_seq"]), 600)
        cases = max(1, acts // LENGTH)
        done = told(bench.task(on, "one-by-one", first=on.new_cases(cases), cases=cases))
    bench.said("raw durable publishes")
    raw = bench.raw("raw", acts)
    settings = f"{done.acts} acts, one after the other; all parts running, a process each"
    yield Row(
        name="idle/p50",
        work="answer when idle, p50",
        value=1e3 * percentile(done.times, 0.5),
        unit="ms",
        peer="raw durable publish, nats-py",
        peer_value=1e3 * percentile(raw.times, 0.5),
        target=Target(of="ratio", at="most", bound=3),
        settings=f"{settings}; peer: 700 bytes to a stream set up as the record",
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


def visible(bench: Bench) -> Iterator[Row]:
    on, acts = bench.site, bench.scale.visible
    with on.parts(*ALL):
        on.wait_views(int(on.stream("RECORD")["last_seq"]), 600)
        bench.said("answered and visible to others, 200 acts/s")
        cases = max(1, acts // LENGTH)
        done = told(bench.task(on, "paced", first=on.new_cases(cases), cases=cases))
    yield Row(
        name="visible",
        work="answered → visible in another organisation's view, p99, at 200 acts/s",
        value=1e3 * percentile(done.times, 0.99),
        unit="ms",
        target=Target(of="value", at="most", bound=100),
        settings=f"{done.acts} acts; board after=N, limit 1, over NATS; all parts a process each",
        durability=f"{DURABLE}; views SQLite WAL",
        notes=(
            f"p50 {1e3 * percentile(done.times, 0.5):.1f} ms; told at {done.acts / done.took:.0f} acts/s, answered in "
            f"p50 {1e3 * percentile(done.answered, 0.5):.1f}, p99 {1e3 * percentile(done.answered, 0.99):.1f} ms"
        ),
    )
