"""`raccordo act|case|board`: what a partner does, tried by hand."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, Data, app, fail, run, service_on, show_json
from adapters.office import office_folder
from adapters.partner import partner

Creds = Annotated[Path | None, typer.Option("--creds", help="Credentials of the organisation; default: the office's.")]


@app.command()
def act(
    file: Annotated[str, typer.Argument(help="A file with one act as JSON, or - for standard input.")],
    creds: Creds = None,
    data: Data = Path("data"),
    dry_run: Annotated[bool, typer.Option(help="Ask what would be answered; nothing is recorded.")] = False,
) -> None:
    """Send one act and print the answer. `act_id` and `occurred_at` are made where they are left out.

    Examples:
        raccordo act referral.json --creds cpi.creds

        echo '{"type": "case-taken-on", …}' | raccordo act - --creds cpi.creds --dry-run

    """
    fields = _fields(file) | ({"dry_run": True} if dry_run else {})
    text, running = credentials(creds, data), service_on(data)

    async def send() -> dict[str, Any]:
        async with partner(running.nats, text) as speaks:
            return await speaks.act(fields)

    answer = run(send())
    show_json(answer)
    if answer["outcome"] == "refused":
        raise typer.Exit(REFUSED)
    if answer["outcome"] == "try later":
        raise typer.Exit(UNREACHABLE)


def credentials(creds: Path | None, data: Path) -> str:
    path = creds or office_folder(data) / "office.creds"
    try:
        return path.read_text("utf-8")
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", WRONG_USE)


def asked(query: str, parameters: dict[str, Any], creds: Path | None, data: Path) -> dict[str, Any]:
    """The answer to a query; a refusal ends the command with its sentence."""
    text, running = credentials(creds, data), service_on(data)

    async def ask() -> dict[str, Any]:
        async with partner(running.nats, text) as speaks:
            return await speaks.ask(query, {k: v for k, v in parameters.items() if v is not None})

    answer = run(ask())
    if answer.get("outcome") == "refused":
        fail(answer["sentence"], REFUSED)
    return answer


def _fields(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        fields = json.loads(text)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", WRONG_USE)
    except ValueError as error:
        fail(f"{file} is not JSON: {error}", WRONG_USE)
    if not isinstance(fields, dict):
        fail(f"{file} must hold one JSON object", WRONG_USE)
    return fields
