"""`raccordo views …`: builds the views anew, and compares them by their digests."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from adapters.cli.app import AsJson, Data, app, err, out, run, service_on, show_json
from adapters.cli.history import Told, progress

views = typer.Typer(no_args_is_help=True, help="What the organisations see of the record.")
app.add_typer(views, name="views")


@views.command()
def rebuild(as_json: AsJson = False, data: Data = Path("data")) -> None:
    """Build all views anew from the record, beside those that are read meanwhile, and switch.

    Needed after a restored record; at any other time it must change nothing but the name of a file.

    Example:
        raccordo views rebuild --data /srv/raccordo

    """
    running = service_on(data)

    async def work(told: Told) -> dict[str, Any]:
        from adapters.console import steps
        from adapters.identity import Installation

        last: dict[str, Any] = {}
        async for step in steps(Installation.open(data), running.nats, "views.rebuild"):
            last = step
            if "done" in step:
                told(step["done"], step["of"])
        return last

    with progress("rebuilding") as told:
        done = run(work(told))
    if as_json:
        show_json(done)
    else:
        err.print(f"The views were built anew up to position {done['position']}, and are read from now on.")


@views.command()
def digest(
    organisation: Annotated[
        str | None, typer.Option("--as", metavar="ORGANISATION", help="Only of what this organisation sees.")
    ] = None,
    as_json: AsJson = False,
    data: Data = Path("data"),
) -> None:
    """Show position and digest for each organisation: at one position it is the same, however often built anew.

    Examples:
        raccordo views digest

        raccordo views digest --as ocooperativea --json

    """
    running = service_on(data)

    async def ask() -> dict[str, Any]:
        from adapters.console import steps
        from adapters.identity import Installation

        asked = {"organisation": organisation}
        return [step async for step in steps(Installation.open(data), running.nats, "views.digest", asked)][-1]

    found = run(ask())
    if as_json:
        show_json(found)
        return
    table = Table("organisation", "position", Column("digest", overflow="fold"))
    for id_, of_it in found["digests"].items():
        table.add_row(id_, str(found["position"]), of_it)
    out.print(table)
