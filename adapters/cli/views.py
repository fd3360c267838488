"""`raccordo views …`: builds the views anew, and compares them by their digests."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import UNREACHABLE, WRONG_USE, app, fail, run, service_on, settings_of
from adapters.cli.history import Told, progress
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import Column, err, out, table, write_json
from adapters.running import running as running_on

views = typer.Typer(no_args_is_help=True, help="What the organisations see of the record.")
app.add_typer(views, name="views")


@views.command()
def rebuild(as_json: AsJson = False, data: Data = Path("data")) -> None:
    """Build all views anew from the record, beside those that are read meanwhile, and switch.

    Needed after a restored record: the service then refuses to start on the old ones. If none runs, the next start
    builds them. At any other time it must change nothing but the name of a file.

    Example:
        raccordo views rebuild --data /srv/raccordo

    """
    if (running := running_on(data)) is None:
        _forget(data)
        err.say(f"No service runs on {data}: its next start builds the views anew.")
        return

    async def work(told: Told) -> dict[str, Any]:
        from adapters.nats.identity import Installation
        from adapters.upkeep.console import steps

        last: dict[str, Any] = {}
        async for step in steps(Installation.open(data), running.nats, "views.rebuild"):
            last = step
            if "done" in step:
                told(step["done"], step["of"])
        return last

    with progress("rebuilding") as told:
        done = run(work(told))
    if as_json:
        write_json(done, indent=2)
    else:
        err.say(f"The views were built anew up to position {done['position']}, and are read from now on.")


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
        from adapters.nats.identity import Installation
        from adapters.upkeep.console import steps

        asked = {"organisation": organisation}
        return [step async for step in steps(Installation.open(data), running.nats, "views.digest", asked)][-1]

    found = run(ask())
    if as_json:
        write_json(found, indent=2)
        return
    rows = table("organisation", "position", Column("digest", overflow="fold"), open_=False)
    for id_, of_it in found["digests"].items():
        rows.add_row(id_, str(found["position"]), of_it)
    out.show(rows)


def _forget(data: Path) -> None:
    from adapters.folder_lock import FolderInUseError, FolderLock
    from adapters.sql.generations import generations

    if not data.is_dir():
        fail(f"There is no folder {data}.", WRONG_USE)
    views_url = settings_of().views_url
    try:
        with FolderLock(data), FolderLock(data, "views-in-use"):
            generations(data, views_url).forget()
    except FolderInUseError as error:  # it is just starting or ending
        fail(str(error), UNREACHABLE)
