"""`raccordo dead …`: what could not be read was kept aside; here it is listed, and handed in again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, WRONG_USE, app, fail, run, service_on
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import Column, err, out, table, write_bytes, write_json

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
        write_bytes(run(_body(data, running.nats, body)))
        return
    found = run(_listed(data, running.nats))
    if as_json:
        write_json(found, indent=2)
        return
    rows = table(*(Column(title, overflow="fold") for title in _COLUMNS), open_=False)
    for each in found:
        told = each | {"kept_at": each["kept_at"][:19] + "Z"}
        rows.add_row(*("?" if told[name] is None else str(told[name]) for name in _COLUMNS.values()))
    out.print(rows)


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
        write_json(answered, indent=2)
    left = sum(not each["removed"] for each in answered)
    err.say(f"{len(answered) - left} read, {left} still kept aside")
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
            out.say(f"{step['number']:>8}  {answer['outcome']}: {said}")
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
