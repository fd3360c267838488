"""`raccordo act|board`: what a partner does, tried by hand."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, app, fail, run, service_on
from adapters.cli.options import After, AsJson, Creds, Data
from adapters.cli.screen import Column, out, table, write_json
from adapters.cli.standing import stands
from adapters.running import office_folder
from domain.characters import shown
from domain.json_text import read_json
from domain.refusal import Malformed

_END: Final = re.compile("…?[0-9a-f-]{4,35}")


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
    answer = sent(_fields(file) | ({"dry_run": True} if dry_run else {}), creds, data)
    write_json(answer, indent=2)
    if answer["outcome"] == "refused":
        raise typer.Exit(REFUSED)
    if answer["outcome"] == "try later":
        raise typer.Exit(UNREACHABLE)


def sent(fields: Mapping[str, Any], creds: Path | None, data: Path) -> dict[str, Any]:
    """The answer to one act, told as the organisation of the credentials."""
    from adapters.partner import partner

    text, running = credentials(creds, data), service_on(data)

    async def send() -> dict[str, Any]:
        async with partner(running.nats, text) as speaks:
            return await speaks.act(fields)

    return run(send())


def credentials(creds: Path | None, data: Path) -> str:
    """Of the organisation that asks; ends the command if the file is none."""
    from adapters.partner import NoCredentialsError, organisation_of

    path = creds or office_folder(data) / "office.creds"
    try:
        text = path.read_text("utf-8")
        organisation_of(text)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", WRONG_USE)
    except NoCredentialsError as error:
        fail(f"{path}: {error}", WRONG_USE)
    except UnicodeDecodeError:
        fail(f"{path} is no text: name a .creds file, as `raccordo org add` writes it", WRONG_USE)
    return text


def too_much(answer: Mapping[str, Any]) -> str:
    """Why it is to be tried later, and when."""
    why = answer.get("sentence", "Too much is asked at the moment.")
    return f"{why} Please try again in {answer['after_s']} s."


def asked(query: str, parameters: dict[str, Any], creds: Path | None, data: Path) -> dict[str, Any]:
    """The answer to a query; a refusal ends the command with its sentence. A case may be named by its end."""
    from adapters.partner import partner

    if parameters.get("case") is not None:
        parameters = {**parameters, "case": case_named(str(parameters["case"]), creds, data, parameters.get("after"))}
    text, running = credentials(creds, data), service_on(data)

    async def ask() -> dict[str, Any]:
        async with partner(running.nats, text) as speaks:
            return await speaks.ask(query, {k: v for k, v in parameters.items() if v is not None})

    answer = run(ask())
    match answer.get("outcome"):
        case "refused":
            from adapters.sentences import in_full

            fail(in_full(answer), REFUSED)
        case "try later":
            fail(too_much(answer), UNREACHABLE)
        case "not yet":
            fail(f"The views stand at position {answer['position']}: please try again in a moment.", UNREACHABLE)
        case _:
            pass
    return answer


def asked_whole(
    query: str, rows: str, parameters: dict[str, Any], creds: Path | None, data: Path, most: int | None = None
) -> dict[str, Any]:
    """Follow `next` until there are `most` rows, or all: one answer may hold fewer than were asked for."""
    whole: list[dict[str, Any]] = []
    found: dict[str, Any] = {"next": None}
    while True:
        limit = min(500, most - len(whole)) if most else 500
        found = asked(query, {**parameters, "limit": limit, "cursor": found["next"]}, creds, data)
        whole += found[rows]
        if found["next"] is None or (most and len(whole) >= most):
            return {**found, rows: whole}


def case_named(named: str, creds: Path | None, data: Path, after: int | None = None) -> str:
    """The whole id of a case, which may be named by its end as the lists show it: then it is one of the board."""
    if not _END.fullmatch(named):
        return named
    cases = asked_whole("board", "cases", {"after": after}, creds, data)["cases"]
    return one_ending(named, (line["case"] for line in cases)) or fail(
        f"No case on the board ends with {named}.", REFUSED
    )


def one_ending(named: str, cases: Iterable[str]) -> str | None:
    """The one of these ids that was named, whole or by its end; several end the command, none is None."""
    found = sorted({each for each in cases if each == named or (_END.fullmatch(named) and _ends(each, named))})
    if len(found) > 1:
        fail(f"Several cases end with {named}: {', '.join(found)}", REFUSED)
    return found[0] if found else None


def _ends(id_: str, named: str) -> bool:
    return id_.endswith(named.lstrip("…"))


def name_of(listed: dict[str, Any]) -> str:
    """Of an organisation as the directory lists it; its id where the reader sees no name of it."""
    return str(listed["name"] or listed["organisation"])


def named_organisations(creds: Path | None, data: Path) -> dict[str, str]:
    return {
        o["organisation"]: name_of(o)
        for o in asked_whole("directory", "organisations", {}, creds, data)["organisations"]
    }


def _fields(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
        fields = json.loads(text)
        read_json(text.encode())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", WRONG_USE)
    except ValueError as error:
        fail(f"{file} is not JSON: {error}", WRONG_USE)
    except Malformed as malformed:
        fail(f"{file} cannot be sent. {_why(malformed)}", WRONG_USE)
    if not isinstance(fields, dict):
        fail(f"{file} must hold one JSON object", WRONG_USE)
    return fields


def _why(malformed: Malformed) -> str:
    from adapters.answering import told
    from adapters.cli.drop import sentences
    from services.answers import Refusal

    return sentences(told(Refusal(malformed)))


@app.command()
def board(
    creds: Creds = None,
    data: Data = Path("data"),
    after: After = None,
    status: Annotated[str | None, typer.Option(help="open, suspended or closed.")] = None,
    name: Annotated[str | None, typer.Option(help="Only persons with a name that begins so.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 100,
    due: Annotated[bool, typer.Option("--due", help="Also what is due next on each case.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show an organisation's caseload, what moved last first.

    Example:
        raccordo board --creds coop.creds --status open

    """
    parameters = {"after": after, "status": status, "name": name, "due": due}
    found = asked_whole("board", "cases", parameters, creds, data, limit)
    if as_json:
        write_json(found, indent=2)
        return
    columns = (Column("case", no_wrap=True), "person", "status, my part", "last act", "open referrals")
    rows = table(*columns, *(("next due",) if due else ()))
    for line in found["cases"]:
        last, next_ = line["last_act"], line.get("next_due")
        row = (line["case"], _person(line["person"]), f"{line['status']}, {line['role'] or 'left'}")
        acted = f"{(last['occurred_at'] or '')[:10]} {last['type']}"
        next_due = (f"{next_['due']} {stands(next_)}" if next_ else "",) if due else ()
        rows.add_row(*row, acted, str(line["open_referrals"]), *next_due)
    out.show(rows)
    for line in found["cases"]:
        if "sentence" in line:
            out.say(f"{line['case']}: {line['sentence']}")
    if found["next"]:
        out.say(f"there are more than {limit}: see --limit, --status and --name")
    out.say(f"as of position {found['position']}")


def _person(person: dict[str, Any]) -> str:
    return shown(" ".join(person.get("names") or ())) or "(no name seen)"
