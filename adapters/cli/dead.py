"""`raccordo dead …`: what could not be read was kept aside; here it is listed, and handed in again."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, WRONG_USE, app, fail, run, service_on
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import err, out, table, write_bytes, write_json

DAY_S, MIB = 86_400, 1024 * 1024

dead = typer.Typer(no_args_is_help=True, help="What partners sent and nobody could read; kept aside for 30 days.")
app.add_typer(dead, name="dead")

_COLUMNS = {
    name.replace("_", " "): name for name in ("number", "kept_at", "reason", "organisation", "type", "bytes", "cut")
}


@dead.command("list")
def list_(
    body: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="Print what this one says: it may hold a person's data in clear."),
    ] = None,
    as_json: AsJson = False,
    data: Data = Path("data"),
) -> None:
    """Show what is kept aside: when, why, from whom, how large, and how much of its end was cut off; not what it says.

    Of a message 64 kB are kept; `--json` has the digest (SHA-256) of the whole.

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
    rows = table(*_COLUMNS, open_=False)
    for each in found:
        told = {"cut": ""} | each | {"kept_at": each["kept_at"][:19] + "Z"}
        rows.add_row(*("(not said)" if told[name] is None else str(told[name]) for name in _COLUMNS.values()))
    out.show(rows)


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


@dead.command()
def purge(
    organisation: Annotated[str | None, typer.Option(metavar="ID", help="Only of this organisation.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only for this reason, as `dead list` shows it.")] = None,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=0, metavar="DAYS", help="Only what was kept so long ago.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how much it is, and throw nothing away.")] = False,
    as_json: AsJson = False,
    data: Data = Path("data"),
) -> None:
    """Throw away what is kept aside: all of it, or of an organisation, for a reason, of long ago. It asks first.

    The organisations were answered when they sent it; what is thrown away cannot be handed in again with `dead retry`.

    Examples:
        raccordo dead purge --organisation ocooperativea --reason act.too-large

        raccordo dead purge --older-than 14 --yes

    """
    running = service_on(data)
    wanted = {"organisation": organisation, "reason": reason, "older_than_s": (older_than or 0) * DAY_S}
    found = run(_purged(data, running.nats, {**wanted, "dry_run": True}))
    if not dry_run and found["found"]:
        if not yes and not typer.confirm(f"Throw away {_amount(found)}?"):
            fail("Nothing was thrown away.", REFUSED)
        found = run(_purged(data, running.nats, wanted))
    if as_json:
        write_json({**found, "dry_run": dry_run}, indent=2)
        return
    done = "would be thrown away" if dry_run else "thrown away"
    out.say(f"{_amount(found)} {done}")


def _amount(found: dict[str, Any]) -> str:
    size = f"{found['bytes'] / MIB:.1f} MB" if found["bytes"] >= MIB else f"{found['bytes']} bytes"
    return f"{found['found']} messages kept aside ({size})"


async def _purged(data: Path, url: str, asked: dict[str, Any]) -> dict[str, Any]:
    from adapters.nats.identity import Installation
    from adapters.upkeep.console import steps

    step: dict[str, Any] = {}
    with err.status("looking through what is kept aside") as status:
        async for step in steps(Installation.open(data), url, "dead.purge", asked):
            if counted := step.get("counted"):
                status.update(f"{counted} counted")
    return step


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
