"""The rows of a record that grows, made of what was seen at its lengths."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from adapters.bench.bench import DURABLE
from adapters.bench.growing import LENGTH, touched
from adapters.bench.measuring import ROUND
from adapters.bench.row import Row, Target, unmeasured
from adapters.bench.scale import Scale
from adapters.bench.stage import Length, Stage, Stages


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is to be made: of one step, as it went at some lengths."""

    name: str
    at: tuple[Length, ...]
    made: Callable[[str, Stages, Scale], Row]

    @property
    def step(self) -> str:
        return self.name.partition("/")[0]

    def ready(self, stages: Stages) -> bool:
        return all(self.step in stages.at(length).over for length in self.at)

    def row(self, stages: Stages, scale: Scale) -> Row:
        lost = [why for length in self.at if (why := stages.at(length).over[self.step])]
        return unmeasured(self.name, lost[0]) if lost else self.made(self.name, stages, scale)


def _rebuild(name: str, stages: Stages, scale: Scale) -> Row:
    return Row(
        name=name,
        work=f"building all views of {stages.middle.entries:,} entries",
        value=stages.middle.rate,
        unit="entries/s",
        target=Target(of="value", at="least", bound=6_000),
        settings=_building(scale),
        durability="position in the same transaction as the rows",
    )


def _growth(name: str, stages: Stages, scale: Scale) -> Row:
    return Row(
        name=name,
        work=f"cost of an entry, building the views of {stages.many.entries:,}",
        value=1e6 / stages.many.rate,
        unit="µs",
        peer=f"of {stages.middle.entries:,}",
        peer_value=1e6 / stages.middle.rate,
        target=Target(of="ratio", at="most", bound=1.25),
        settings=_building(scale),
    )


def _feed(name: str, stages: Stages, scale: Scale) -> Row:
    return Row(
        name=name,
        work=f"feed catching up, up to {stages.many.entries:,} entries",
        value=stages.many.feed,
        unit="entries/s",
        settings=f"`serve feed`; four organisations, who all see each entry; {scale.open_cases:,} cases open",
        durability=DURABLE,
    )


def _query(name: str, stages: Stages, scale: Scale) -> Row:
    query = name.partition("/")[2]
    few, many = stages.many.queries[query]
    return Row(
        name=name,
        work=f"{query}, p99, of {stages.many.entries // LENGTH:,} cases",
        value=1e3 * many,
        unit="ms",
        peer=f"of {scale.beside // LENGTH:,} cases",
        peer_value=1e3 * few,
        target=Target(of="ratio", at="most", bound=1.3),
        settings=f"{scale.queries} questions over NATS to each, one after the other, in turns of "
        f"{min(ROUND, scale.queries)}, by four organisations that see every case; "
        f"{'50 cases' if query == 'board' else f'{LENGTH} entries'} an answer, names and text opened",
    )


def _memory(name: str, stages: Stages, scale: Scale) -> Row:
    middle, many = stages.middle, stages.many
    few, most = touched(middle, scale), touched(many, scale)
    cases = f"the last {most:,} cases"
    if few < most:
        cases += f" ({few:,} at {middle.entries:,} entries, all there are)"
    return Row(
        name=name,
        work=f"memory of desk, views, feed and web at {many.entries:,} entries",
        value=_ours(many),
        unit="MB",
        peer=f"at {middle.entries:,}",
        peer_value=_ours(middle),
        target=Target(of="ratio", at="most", bound=1.1),
        settings=f"resident, a process each, after an act on each of {cases} and the queries",
        notes=f"MB at {many.entries:,}: {_each(many)}; at {middle.entries:,}: {_each(middle)}",
    )


def _replay(name: str, stages: Stages, _: Scale) -> Row:
    return Row(
        name=name,
        work=f"replay of {stages.many.entries:,} entries to a position",
        value=stages.many.replay,
        unit="s",
        target=Target(of="value", at="most", bound=60),
        settings="`raccordo replay --until N --json`, its lines thrown away",
        durability=DURABLE,
    )


def _replay_memory(name: str, stages: Stages, _: Scale) -> Row:
    return Row(
        name=name,
        work=f"most memory of that replay, {stages.many.entries:,} entries",
        value=stages.many.replay_peak / 2**20,
        unit="MB",
        peer=f"of {stages.middle.entries:,}",
        peer_value=stages.middle.replay_peak / 2**20,
        target=Target(of="ratio", at="most", bound=1.1),
        settings="resident, at its peak, of the largest of its processes (one, and one for each core)",
    )


def _building(scale: Scale) -> str:
    return (
        f"`serve views` on an empty folder, the record read from the server; {LENGTH} entries a case, four "
        f"organisations, {scale.open_cases:,} cases open and interleaved; SQLite WAL"
    )


def _ours(stage: Stage) -> float:
    return sum(size for name, size in stage.memory.items() if name != "server") / 2**20


def _each(stage: Stage) -> str:
    return ", ".join(f"{name} {size / 2**20:.0f}" for name, size in stage.memory.items())


LINES: Final = (
    Line("rebuild", ("middle",), _rebuild),
    Line("rebuild/growth", ("middle", "many"), _growth),
    Line("feed", ("many",), _feed),
    Line("queries/board", ("many",), _query),
    Line("queries/timeline", ("many",), _query),
    Line("memory", ("middle", "many"), _memory),
    Line("replay", ("many",), _replay),
    Line("replay/memory", ("middle", "many"), _replay_memory),
)
