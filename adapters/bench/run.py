"""All rows in their order, or some; one that fails says so and does not keep the others from being measured."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from adapters.bench import drop, fold, history, latency, live
from adapters.bench.bench import Bench
from adapters.bench.row import Row

GROUPS: Final[tuple[tuple[tuple[str, ...], Callable[[Bench, Sequence[str]], Iterator[Row]]], ...]] = (
    (("live",), live.live),
    (("followed",), live.followed),
    (("cold",), live.cold),
    (("up",), live.up),
    (("drop",), drop.drop),
    (("idle", "visible"), latency.waiting),
    (("fold",), fold.fold),
    (("rebuild", "feed", "queries", "memory", "replay"), history.history),
)
"""Rows of a group share what runs, so those that are wanted are measured together."""

NAMES: Final = tuple(name for names, _ in GROUPS for name in names)


def measured(bench: Bench, wanted: Sequence[str] = NAMES) -> Iterator[Row]:
    for names, group in GROUPS:
        if chosen := [name for name in names if name in wanted]:
            try:
                yield from group(bench, chosen)
            except Exception as error:  # noqa: BLE001 (told in its row)
                bench.said(f"{', '.join(chosen)} failed: {error}")
                why = f"failed: {type(error).__name__}: {str(error).strip()[-200:]}"
                yield from (Row(name=name, work=name, value=None, unit="", notes=why) for name in chosen)
