"""All rows in their order, or some; one that fails says so and does not keep the others from being measured."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from adapters.bench import drop, fold, history, hostile, latency, live
from adapters.bench.bench import Bench
from adapters.bench.row import Row, unmeasured, why

Group = Callable[[Bench, Sequence[str]], Iterator[Row]]

GROUPS: Final[tuple[tuple[tuple[str, ...], Group], ...]] = (
    (("live",), live.live),
    (("followed",), live.followed),
    (("cold",), live.cold),
    (("up",), live.up),
    (("drop",), drop.drop),
    (("idle", "visible"), latency.waiting),
    (("hostile",), hostile.hostile),
    (("fold",), fold.fold),
    (("rebuild", "feed", "queries", "memory", "replay"), history.history),
)
"""Rows of a group share what runs, so those that are wanted are measured together."""

NAMES: Final = tuple(name for names, _ in GROUPS for name in names)


def measured(bench: Bench, wanted: Sequence[str] = NAMES) -> Iterator[Row]:
    for names, group in GROUPS:
        if chosen := [name for name in names if name in wanted]:
            yield from _kept(bench, group, chosen)


def _kept(bench: Bench, group: Group, chosen: Sequence[str]) -> Iterator[Row]:
    """What the group measures, to its end or until it fails; then those that are missing say so."""
    seen = set()
    try:
        for row in group(bench, chosen):
            yield row
            seen.add(row.name.partition("/")[0])
    except Exception as error:  # noqa: BLE001 (told in its row)
        missing = [name for name in chosen if name not in seen] or chosen
        bench.said(f"{', '.join(missing)} failed: {error}")
        yield from (unmeasured(name, why(error)) for name in missing)
