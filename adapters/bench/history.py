"""A record that grows: how fast views and feed are made and answer, what memory is used, how long a replay takes."""

from collections.abc import Iterator, Sequence

from adapters.bench.bench import Bench
from adapters.bench.growing import Growing
from adapters.bench.grown import LINES
from adapters.bench.row import Row
from adapters.bench.site import site
from adapters.bench.stage import Stages


def history(bench: Bench, wanted: Sequence[str]) -> Iterator[Row]:
    """Of the rows `rebuild`, `feed`, `queries`, `memory` and `replay`, those that are wanted.

    Each as soon as what it needs was seen: what is interrupted or fails later does not take it along.
    """
    stages = Stages.of(bench.scale.grown)
    waiting = [line for line in LINES if line.step in wanted]
    with site(bench.folder / "history") as on:
        growing = Growing(bench, on, wanted)
        for stage in stages.each:
            for _ in growing.grown(stage):
                ready = [line for line in waiting if line.ready(stages)]
                waiting = [line for line in waiting if line not in ready]
                yield from (line.row(stages, bench.scale) for line in ready)
