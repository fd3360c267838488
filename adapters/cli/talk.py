"""`raccordo act|case|board`: what a partner does, tried by hand."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, AsJson, Data, app, fail, out, run, service_on, show_json
from adapters.running import office_folder

Creds = Annotated[Path | None, typer.Option("--creds", help="Credentials of the organisation; default: the office's.")]
After = Annotated[int | None, typer.Option(help="Wait until the view stands at this position or later.")]


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
    from adapters.partner import partner

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
    from adapters.partner import partner

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


@app.command()
def board(
    creds: Creds = None,
    data: Data = Path("data"),
    after: After = None,
    status: Annotated[str | None, typer.Option(help="open, suspended or closed.")] = None,
    name: Annotated[str | None, typer.Option(help="Only persons with a name that begins so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 100,
    as_json: AsJson = False,
) -> None:
    """Show an organisation's caseload, what moved last first.

    Example:
        raccordo board --creds coop.creds --status open

    """
    found = asked("board", {"after": after, "status": status, "name": name, "limit": limit}, creds, data)
    if as_json:
        show_json(found)
        return
    table = Table("case", "person", "status", "my part", "last act", "when", "open referrals")
    for case in found["cases"]:
        last = case["last_act"]
        row = (case["case"], _person(case["person"]), case["status"], case["role"] or "left", last["type"])
        table.add_row(*row, last["occurred_at"], str(case["open_referrals"]))
    out.print(table)
    out.print(f"as of position {found['position']}")


@app.command()
def case(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The id of the case.")],
    creds: Creds = None,
    data: Data = Path("data"),
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show the case file and the timeline as an organisation may see them.

    Example:
        raccordo case 018f0000-0000-7000-8000-000000000001 --creds coop.creds

    """
    file = asked("case", {"case": case, "after": after}, creds, data)
    line = asked("timeline", {"case": case, "limit": 500}, creds, data)
    if as_json:
        show_json({"file": file, "timeline": line})
        return
    out.print(f"[bold]{_person(file['person'])}[/bold] · {file['status']} · responsible: {file['responsible'] or '?'}")
    table = Table("position", "when", "who", "what", "told")
    for entry in line["entries"]:
        told = ", ".join(f"{k}: {v}" for k, v in entry.get("act", {}).items() if v is not None and k != "type")
        table.add_row(str(entry["position"]), entry["occurred_at"], entry["organisation"], entry["type"], told)
    out.print(table)
    out.print(f"as of position {line['position']}")


def _person(person: dict[str, Any]) -> str:
    return " ".join(person.get("names") or ()) or "(no name seen)"
