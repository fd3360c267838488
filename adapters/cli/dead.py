"""`raccordo dead …`: what could not be read was kept aside; here it is listed, and handed in again."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from adapters.cli.app import REFUSED, WRONG_USE, app, err, fail, out, run, service_on, show_json
from adapters.cli.options import AsJson, Data

dead = typer.Typer(no_args_is_help=True, help="What partners sent and nobody could read; kept aside for 30 days.")
app.add_typer(dead, name="dead")

_COLUMNS = {name.replace("_", " "): name for name in ("number", "kept_at", "reason", "organisation", "type", "bytes")}


@dead.command("list")
def list_(
    body: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="Print what this one says: it may hold a person's data in clear."),
    ] = None,
    as_json: AsJson = False,
    data: Data = Path("data"),
) -> None:
    """Show what is kept aside: when, why, from whom and how large; not what it says.

    Examples:
        raccordo dead list

        raccordo dead list --body 17 > 17.json

    """
    running = service_on(data)
    if body is not None:
        sys.stdout.buffer.write(run(_body(data, running.nats, body)))
        return
    found = run(_listed(data, running.nats))
    if as_json:
        show_json(found)
        return
    table = Table(*(Column(title, overflow="fold") for title in _COLUMNS))
    for each in found:
        told = each | {"kept_at": each["kept_at"][:19] + "Z"}
        table.add_row(*("?" if told[name] is None else str(told[name]) for name in _COLUMNS.values()))
    out.print(table)


@dead.command()
def retry(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]…", help="As `dead list` shows them.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that is kept aside.")] = False,
    as_json: AsJson = False,
    data: Data = Path("data"),
) -> None:
    """Hand it to the desk again, as from the organisation that sent it; what can be read now is no longer kept aside.

    The answers are printed here; the organisation learns of what was recorded from its feed. Useful after an update
    that reads what the version before could not. Exit code 1 if some still cannot be read.

    Examples:
        raccordo dead retry 17 18

        raccordo dead retry --all --json

    """
    if all_ == bool(numbers):
        fail("Say which: numbers as `raccordo dead list` shows them, or --all.", WRONG_USE)
    running = service_on(data)
    answered = run(_retried(data, running.nats, None if all_ else numbers, as_json=as_json))
    if as_json:
        show_json(answered)
    left = sum(not each["removed"] for each in answered)
    err.print(f"{len(answered) - left} read, {left} still kept aside", highlight=False)
    if left:
        raise typer.Exit(REFUSED)


async def _retried(data: Path, url: str, numbers: list[int] | None, *, as_json: bool) -> list[dict[str, Any]]:
    from adapters.nats.identity import Installation
    from adapters.upkeep.console import steps

    answered = []
    async for step in steps(Installation.open(data), url, "dead.retry", {"numbers": numbers}):
        answered.append(step)
        if not as_json:
            answer = step["answer"]
            said = answer.get("sentence") or f"at position {answer.get('position')}"
            out.print(
                f"{step['number']:>8}  {answer['outcome']}: {said}", highlight=False, markup=False, soft_wrap=True
            )
    return answered


async def _body(data: Path, url: str, number: int) -> bytes:
    from adapters.nats.identity import Installation
    from adapters.upkeep.kept_aside import letter, looking

    async with looking(Installation.open(data), url) as client:
        return (await letter(client, number)).body


async def _listed(data: Path, url: str) -> list[dict[str, Any]]:
    from adapters.nats.identity import Installation
    from adapters.upkeep.kept_aside import letters, looking

    async with looking(Installation.open(data), url) as client:
        return [each.told() async for each in letters(client)]
