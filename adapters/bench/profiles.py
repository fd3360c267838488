"""What functions cost, as a document."""

import pstats
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.bench.row import number


def profiles(profiled: Mapping[str, tuple[Path, int]], about: Sequence[str]) -> str:
    """Of each process its file, and how many acts or entries that is about."""
    told = [f"## {name}\n\n{table(file, count)}" for name, (file, count) in profiled.items() if file.exists()]
    how = "CPU time by function, most costly first, for each act or entry; made by `raccordo bench --profile`."
    head = f"# Profiles\n\n{how}"
    return "\n\n".join([head, *told, "## Machine and versions", "\n".join(f"- {each}" for each in about)]) + "\n"


def table(path: Path, acts: int, *, rows: int = 25) -> str:
    """What each function costs of its own and with what it calls, in µs an act, as Markdown."""
    stats: Any = pstats.Stats(str(path))
    functions = sorted(stats.stats.items(), key=lambda item: -item[1][2])[:rows]
    whole = sum(told[2] for told in stats.stats.values())
    lines = [f"In all {whole / acts * 1e6:.0f} µs an act, the profiler's own cost included.", ""]
    lines += ["| own µs | with called µs | calls an act | function |", "|---:|---:|---:|---|"]
    for (file, line, name), (_, calls, own, cumulated, _) in functions:
        each = [f"{seconds / acts * 1e6:.1f}" for seconds in (own, cumulated)]
        lines.append(f"| {each[0]} | {each[1]} | {number(calls / acts)} | {_where(file, line)}`{name}` |")
    return "\n".join(lines)


def _where(file: str, line: int) -> str:
    return "" if file.startswith("~") else f"{'/'.join(Path(file).parts[-2:])}:{line} "
