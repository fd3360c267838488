"""`raccordo org …`: lets organisations in, lists them, suspends one."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.app import WRONG_USE, app, fail, run, service_on, usable_files
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import out, table, write_json
from domain.characters import shown

org = typer.Typer(no_args_is_help=True, help="The organisations of the network.")
app.add_typer(org, name="org")


@org.command("add")
def add_(
    name: Annotated[str, typer.Option(help="The name as the directory shows it.")],
    kind: Annotated[
        str, typer.Option(help="Such as social-cooperative-b; deploy/defaults/dictionary.json lists them.")
    ],
    creds: Annotated[Path | None, typer.Option(help="Where to write its NATS credentials.")] = None,
    token: Annotated[Path | None, typer.Option(help="Where to write its HTTP token.")] = None,
    user_key: Annotated[str | None, typer.Option(help="Its own public user key U…; its seed stays with it.")] = None,
    country: Annotated[str, typer.Option(help="ISO code of the country.")] = "IT",
    reached_through: Annotated[str | None, typer.Option(help="Id of the team it is reached through.")] = None,
    connected: Annotated[bool, typer.Option(help="Whether it has a system of its own.")] = True,
    data: Data = Path("data"),
) -> None:
    """Register an organisation while everything runs; its new id is printed.

    Example:
        raccordo org add --name "Cooperativa Esempio" --kind social-cooperative-b --creds coop.creds --token coop.token

    """
    from adapters.nats.identity import Installation
    from adapters.nats.nkey import NotAKeyError
    from adapters.registration import Wanted, add

    if user_key and not creds:
        fail("--user-key goes with --creds: what is made for that key is written there.", WRONG_USE)
    running = service_on(data)
    wanted = Wanted(
        name=name, kind=kind, country=country, connected=connected, reached_through=reached_through, user_key=user_key
    )
    try:
        with usable_files():
            out.say(run(add(Installation.open(data), running, wanted, creds, token)))
    except NotAKeyError as error:
        fail(f"--user-key: {error}", WRONG_USE)


@org.command("list")
def list_(data: Data = Path("data"), as_json: AsJson = False) -> None:
    """Show the directory.

    Example:
        raccordo org list --json

    """
    from adapters.cli.talk import name_of
    from adapters.nats.identity import Installation
    from adapters.registration import office

    running = service_on(data)

    async def directory() -> dict[str, object]:
        async with office(Installation.open(data), running) as speaks:
            answer: dict[str, object] = await speaks.ask("directory")
            return answer

    found = run(directory())
    if as_json:
        write_json(found, indent=2)
        return
    rows = table("id", "name", "kind", "country", "state", open_=False)
    for o in found["organisations"]:  # type: ignore[attr-defined]
        state = "suspended" if o["suspended"] else ""
        rows.add_row(o["organisation"], shown(name_of(o)), o["kind"], o["country"], state)
    out.show(rows)


@org.command("suspend")
def suspend_(id_: Annotated[str, typer.Argument(metavar="ID")], data: Data = Path("data")) -> None:
    """Suspend an organisation: it no longer speaks or reads, and its connections are closed.

    Example:
        raccordo org suspend ocooperativea

    """
    from adapters.nats.identity import Installation
    from adapters.registration import suspend

    run(suspend(Installation.open(data), service_on(data), id_))
    out.say(f"{id_} is suspended.")
