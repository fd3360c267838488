"""`raccordo watch`: an organisation's feed, as it comes."""

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.app import WRONG_USE, app, fail, run, service_on
from adapters.cli.options import Creds, Data
from adapters.cli.screen import write_json, write_line
from adapters.cli.talk import credentials

if TYPE_CHECKING:
    from adapters.upkeep.watching import Message


@app.command()
def watch(
    creds: Creds = None,
    data: Data = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="Each message as it is, one a line.")] = False,
    from_start: Annotated[
        bool,
        typer.Option(
            "--from-start", help="Everything kept, also what was acknowledged; only where the service's data folder is."
        ),
    ] = False,
    take: Annotated[
        bool, typer.Option("--take", help="Acknowledge each after printing: it is not delivered again.")
    ] = False,
) -> None:
    """Follow what an organisation is told, a line each, until Ctrl-C: position, act, record, who, what it may ask for.

    It shows what the organisation has not acknowledged yet, and then what comes. Looking takes nothing: all goes back
    at the end, for the organisation's own system. Until then that system waits for it (up to a thousand messages are
    held). `--from-start` holds nothing.

    Examples:
        raccordo watch --creds coop.creds

        raccordo watch --creds coop.creds --from-start --json | jq .entry.type

    """
    from adapters.upkeep.watching import watching, watching_from_start

    if from_start and take:
        fail("--from-start shows what may have been taken already: it does not go with --take.", WRONG_USE)
    text, running = credentials(creds, data), service_on(data)

    async def follow() -> None:
        if from_start:
            service = credentials(data / "keys" / "service.creds", data)
            watched = watching_from_start(running.nats, text, service)
        else:
            watched = watching(running.nats, text, take=take)
        async with watched as messages:
            async for message in messages:
                write_json(message) if as_json else write_line(line(message))

    with suppress(KeyboardInterrupt):
        run(follow())


def line(message: "Message") -> str:
    if "answer" in message:
        return json.dumps(message, ensure_ascii=False)
    opened = "" if message["because"] == message["position"] else f"  (because of {message['because']})"
    if message["masked"]:
        return f"{message['position']:>8}  (masked){opened}"
    entry = message["entry"]
    asked_for = " ".join(message["categories"]) or "-"
    return f"{message['position']:>8}  {entry['type']:<28}  {entry['subject']}  {entry['source']}  {asked_for}{opened}"
