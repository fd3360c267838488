"""What is done at each length of a record that grows, step by step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from adapters.bench.bench import Bench
from adapters.bench.filling import fill
from adapters.bench.measuring import WITHIN_S, built, fed, p99, replayed
from adapters.bench.process import BenchFailedError, Process, usage
from adapters.bench.row import why
from adapters.bench.scale import Scale
from adapters.bench.site import Site, site
from adapters.bench.stage import Stage
from adapters.bench.task import told

LENGTH: Final = 10
"""Entries of a case."""

QUERIES: Final = ("board", "timeline")

STEPS: Final[dict[str, Sequence[str]]] = {
    "filled": (),
    "rebuild": ("filled",),
    "feed": ("filled",),
    "running": ("filled",),
    "touched": ("rebuild", "feed", "running"),
    "queries": ("rebuild", "running"),
    "memory": ("touched", "queries"),
    "replay": ("filled",),
}
"""In their order, each with those without which it means nothing."""


def touched(stage: Stage, scale: Scale) -> int:
    """Cases: a record of 100,000 entries has no more than 10,000, there it is each of them."""
    return min(scale.touched, stage.entries // LENGTH)


class Growing:
    """The record on a site, measured whenever it is as long as the next stage wants it."""

    def __init__(self, bench: Bench, on: Site, wanted: Sequence[str]) -> None:
        self._bench, self._on = bench, on
        self._steps = _with_needed(wanted)
        self._last, self._touchings, self._torn = 0, 0, False
        self._parts: Mapping[str, Process] = {}
        self._work: Mapping[str, Callable[[Stage, ExitStack], None]] = {
            "filled": self._fill,
            "rebuild": self._rebuild,
            "feed": self._feed,
            "running": self._run,
            "touched": self._touch,
            "queries": self._ask,
            "memory": self._weigh,
            "replay": self._replay,
        }

    def grown(self, stage: Stage) -> Iterator[None]:
        """Take one step after the other; one that fails takes with it only those that need it."""
        with ExitStack() as until_grown:
            for step in self._steps:
                lost = [stage.over[need] for need in STEPS[step] if stage.over[need]]
                stage.over[step] = lost[0] if lost else self._failed(step, stage, until_grown)
                yield

    def _failed(self, step: str, stage: Stage, until_grown: ExitStack) -> str:
        """Why, or nothing."""
        try:
            self._work[step](stage, until_grown)
        except Exception as error:  # noqa: BLE001 (told in the rows that need it)
            where = f"at {stage.entries:,} entries, {step}: {why(error)}"
            self._bench.said(where)
            return where
        return ""

    def _fill(self, stage: Stage, _: ExitStack) -> None:
        if self._torn:
            raise BenchFailedError("the record was not filled before, so nobody knows how long it is")
        self._torn = True
        said, on = self._bench.said, self._on
        said(f"a record of {stage.entries:,} entries")
        start = int(on.stream("RECORD")["last_seq"])
        cases = max(0, stage.entries // LENGTH - on.cases)
        at_once = self._bench.scale.open_cases
        self._last = fill(on, cases, LENGTH, at_once, lambda p: said(f"{p - start:,} entries written"))
        self._torn = False

    def _rebuild(self, stage: Stage, _: ExitStack) -> None:
        self._bench.said(f"views of {stage.entries:,} entries")
        stage.rate = built(self._on, self._last)

    def _feed(self, stage: Stage, _: ExitStack) -> None:
        self._bench.said(f"feed of {stage.entries:,} entries")
        stage.feed = fed(self._on, self._last)

    def _run(self, _: Stage, until_grown: ExitStack) -> None:
        self._parts = until_grown.enter_context(self._on.parts("desk", "views", "feed", "web"))
        self._on.wait_caught_up()

    def _touch(self, stage: Stage, _: ExitStack) -> None:
        """One more act on each, another one at each stage."""
        self._bench.said("filling the caches")
        on, cases, begun = self._on, touched(stage, self._bench.scale), LENGTH + self._touchings
        self._touchings += 1
        task = self._bench.task(on, "load", first=on.cases - cases, cases=cases, length=begun + 1, begun=begun)
        self._last = told(task).position
        on.wait_feed(self._last, WITHIN_S, self._parts["feed"])
        on.wait_views(self._last, WITHIN_S, self._parts["views"])

    def _ask(self, stage: Stage, _: ExitStack) -> None:
        bench, scale = self._bench, self._bench.scale
        bench.said("board and timeline")
        if stage.entries < scale.grown[-1]:  # only so that memory was used for the same things
            for query in QUERIES:
                p99(bench, [self._on], query)
            return
        with site(bench.folder / "beside") as small:
            last = fill(small, scale.beside // LENGTH, LENGTH, scale.open_cases, lambda _: None)
            with small.parts("views", "feed", "web") as parts:
                small.wait_views(last, WITHIN_S, parts["views"])
                small.wait_feed(last, WITHIN_S, parts["feed"])
                for query in QUERIES:
                    few, many = p99(bench, [small, self._on], query)
                    stage.queries[query] = few, many

    def _weigh(self, stage: Stage, _: ExitStack) -> None:
        stage.memory = {name: process.usage.resident for name, process in self._parts.items()}
        stage.memory["server"] = usage(self._on.server_pid).resident

    def _replay(self, stage: Stage, _: ExitStack) -> None:
        self._bench.said(f"replay of {stage.entries:,} entries")
        stage.replay, stage.replay_peak = replayed(self._on, self._last)


def _with_needed(wanted: Sequence[str]) -> list[str]:
    """In the order in which the steps are taken."""
    needed = set(wanted)
    for step in reversed(STEPS):
        if step in needed:
            needed.update(STEPS[step])
    return [step for step in STEPS if step in needed]
