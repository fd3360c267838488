"""The rows as a document: a table with ratios, then each row's settings and durability, then what it was run on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from adapters.bench.row import Row, number
from adapters.bench.scale import Scale

_MET = {True: "yes", False: "**no**", None: ""}
_LINE = "| {} | {} | {} | {} | {} | {} | {} |"


def markdown(rows: Sequence[Row], scale: Scale, about: Sequence[str], command: str) -> str:
    return "\n".join([*_head(scale, command), *_table(rows), *_settings(rows), *_about(about)]) + "\n"


def _head(scale: Scale, command: str) -> Iterator[str]:
    how = "" if scale.name == "full" else f" ({scale.name} run)"
    yield f"# Benchmarks{how}\n"
    yield f"Made by `{command}` on {datetime.now(UTC):%Y-%m-%d}. Ratios hold better than figures; all is of one run.\n"
    if scale.name != "full":
        yield f"This is a **{scale.name}** run: the rows at smaller sizes than the targets are meant for.\n"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield _LINE.format("row: work", "value", "peer", "peer's", "ratio", "target", "met")
    yield "|---|---:|---|---:|---:|---|---|"
    for row in rows:
        value = f"{number(row.value)} {row.unit}" if row.value is not None else "-"
        peers = number(row.peer_value) if row.peer else ""
        ratio = f"{number(row.ratio)} ×" if row.ratio is not None else ""
        target = row.target.told(row.unit) if row.target else "shown"
        met = "not measured" if row.target and row.met is None else _MET[row.met]
        yield _LINE.format(f"`{row.name}`: {row.work}", value, row.peer, peers, ratio, target, met)


def _settings(rows: Sequence[Row]) -> Iterator[str]:
    yield "\n## Settings and durability\n"
    for row in rows:
        told = (row.settings, f"*durability:* {row.durability}" if row.durability else "", row.notes)
        yield f"- `{row.name}`: {'. '.join(part for part in told if part)}"


def _about(about: Sequence[str]) -> Iterator[str]:
    yield "\n## Machine and versions\n"
    yield from (f"- {each}" for each in about)
