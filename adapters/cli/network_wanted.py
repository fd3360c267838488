"""Which simulated network is wanted: the options that `simulate` and `demo` share."""

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.app import WRONG_USE, fail

if TYPE_CHECKING:
    from adapters.simulation.year import Wanted

Organisations = Annotated[int, typer.Option(min=5, max=100, help="How many organisations.")]
Cases = Annotated[int, typer.Option(min=1, max=5000, help="How many cases.")]
Months = Annotated[int, typer.Option(min=1, max=36, help="How many months.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed makes the same network, to the byte.")]


def wanted(organisations: int, cases: int, months: int, seed: int, begins: str | None = None) -> "Wanted":
    """From that day on, or so that the year ends today."""
    from adapters.simulation.calendar import months_on
    from adapters.simulation.year import Wanted

    first = _day(begins) if begins else months_on(datetime.now(UTC).date(), -months)
    return Wanted(organisations=organisations, cases=cases, months=months, seed=seed, begins=first)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no day; write it as 2026-01-31", WRONG_USE)
    if not 1950 <= day.year <= 2100:
        fail(f"{text} is too far away: a network is simulated between 1950 and 2100", WRONG_USE)
    return day
