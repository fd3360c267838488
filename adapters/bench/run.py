"""All rows in their order, or some; one that fails says so and does not keep the others from being measured."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from adapters.bench import drop, fold, history, latency, live
from adapters.bench.bench import Bench
from adapters.bench.row import Row

GROUPS: Final[dict[str, Callable[[Bench], Iterator[Row]]]] = {
    "live": live.live,
    "followed": live.followed,
    "cold": live.cold,
    "up": live.up,
    "drop": drop.drop,
    "idle": latency.idle,
    "visible": latency.visible,
    "fold": fold.fold,
}
OF_HISTORY: Final = ("rebuild", "feed", "queries", "memory", "replay")
"""They share one long record, so those that are wanted are measured together."""

NAMES: Final = (*GROUPS, *OF_HISTORY)


def measured(bench: Bench, wanted: Sequence[str] = NAMES) -> Iterator[Row]:
    groups = [(name, group) for name, group in GROUPS.items() if name in wanted]
    if of_history := [name for name in OF_HISTORY if name in wanted]:
        groups.append((", ".join(of_history), partial(history.history, wanted=of_history)))
    for name, group in groups:
        rows = group(bench)
        try:
            yield from rows
        except Exception as error:  # noqa: BLE001 (told in its row)
            bench.said(f"{name} failed: {error}")
            yield Row(
                name=name,
                work=name,
                value=None,
                unit="",
                notes=f"failed: {type(error).__name__}: {str(error).strip()[-200:]}",
            )
        finally:
            with suppress(AttributeError):
                rows.close()  # type: ignore[attr-defined]
