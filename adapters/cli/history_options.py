"""What `raccordo replay` can be asked for."""

from enum import StrEnum
from typing import Annotated

import typer


class Clock(StrEnum):
    recorded = "recorded"
    occurred = "occurred"


Until = Annotated[int | None, typer.Option("--until", min=0, help="The last position that counts.")]
UntilDate = Annotated[
    str | None,
    typer.Option(
        "--until-date", help="The last day, month or year (each ending at midnight UTC), or instant with its zone."
    ),
]
OnClock = Annotated[Clock, typer.Option("--clock", help="What --until-date means: when recorded, or when it happened.")]
ForReader = Annotated[
    str | None, typer.Option("--as", metavar="ORGANISATION", help="Only what was available to this organisation then.")
]
WhatIsDue = Annotated[
    bool, typer.Option("--due", help="Instead of the history, what was due on the case at its end, with the rules.")
]
DueAsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DAY", help="With --due: on which day; default: the last that counts.")
]
AsLines = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")]
