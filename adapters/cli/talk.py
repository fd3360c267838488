"""`raccordo act|case|board`: what a partner does, tried by hand."""

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, app, fail, run, service_on
from adapters.cli.options import After, AsJson, Case, Creds, Data
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
    from adapters.partner import partner

    fields = _fields(file) | ({"dry_run": True} if dry_run else {})
    text, running = credentials(creds, data), service_on(data)

    async def send() -> dict[str, Any]:
        async with partner(running.nats, text) as speaks:
            return await speaks.act(fields)

    answer = run(send())
    write_json(answer, indent=2)
    if answer["outcome"] == "refused":
        raise typer.Exit(REFUSED)
    if answer["outcome"] == "try later":
        raise typer.Exit(UNREACHABLE)


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


def asked(query: str, parameters: dict[str, Any], creds: Path | None, data: Path) -> dict[str, Any]:
    """The answer to a query; a refusal ends the command with its sentence. A case may be named by its end."""
    from adapters.partner import partner

    if _END.fullmatch(str(parameters.get("case"))):
        parameters = {**parameters, "case": _case_ending(parameters, creds, data)}
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
            why = answer.get("sentence", "Too much is asked at the moment.")
            fail(f"{why} Please try again in {answer['after_s']} s.", UNREACHABLE)
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


def _case_ending(parameters: Mapping[str, Any], creds: Path | None, data: Path) -> str:
    """The whole id of a case of the board, named by its end as the lists show it."""
    end, after = str(parameters["case"]), parameters.get("after")
    cases = asked_whole("board", "cases", {"after": after}, creds, data)["cases"]
    found = [str(line["case"]) for line in cases if line["case"].endswith(end.lstrip("…"))]
    if len(found) > 1:
        fail(f"Several cases end with {end}: {', '.join(found)}", REFUSED)
    if not found:
        fail(f"No case on the board ends with {end}.", REFUSED)
    return found[0]


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


@app.command()
def case(
    case: Case,
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
    line = asked_whole("timeline", "entries", {"case": case}, creds, data)
    if as_json:
        write_json({"file": file, "timeline": line}, indent=2)
        return
    named = named_organisations(creds, data)
    responsible = named.get(file["responsible"], "nobody" if file["orphan"] else "not seen")
    out.say((_person(file["person"]), "bold"), f" · {file['status']} · responsible: {responsible}")
    if "sentence" in file:
        out.say(file["sentence"])
    rows = table("entry", "position", "when (local time)", "who", "what", Column("told", min_width=ID))
    attested = {e["act"]["entry"]: e["version"] for e in line["entries"] if e.get("confirms")}
    for entry in line["entries"]:
        number = str(entry["version"]), str(entry["position"])
        if entry.get("masked"):
            rows.add_row(*number, "", "", "(masked)", "")
            continue
        who = named.get(entry["organisation"], entry["organisation"])
        rows.add_row(*number, _when(entry), shown(who), _what(entry, attested), _told(entry, named))
    out.show(rows)
    for referral in file["referrals"]:
        if said := _of_referral(referral):
            out.say(f"referral to {shown(named.get(referral['receiver'], referral['receiver']))}: {said}")
    out.say(f"as of position {line['position']}")


def _of_referral(each: dict[str, Any]) -> str:
    """How long it took to decline it, and how much was open meanwhile; or that one account has answered itself."""
    told = f"declined after {each['days']} days" if each["state"] == "declined" else stands(each)
    if "entries_open" in each:
        told += f", {each['entries_open']} entries were open to it"
    return told if "entries_open" in each or each["on_one_sides_word"] else ""


def _what(entry: dict[str, Any], attested: Mapping[int, int]) -> str:
    """The act, and whether it has effect: a claim waits for the word of the one it concerns."""
    if entry.get("claim"):
        by = attested.get(entry["version"])
        return f"{entry['type']} ({f'attested by entry {by}' if by else 'claim'})"
    return f"{entry['type']} (no effect)" if entry.get("without_effect") else str(entry["type"])


def _when(entry: dict[str, Any]) -> str:
    """As precisely as it is known; a time of the day is local."""
    told = str(entry["occurred_at"])
    if length := {"year": 4, "month": 7, "day": 10}.get(entry["precision"]):
        return told[:length]
    return f"{datetime.fromisoformat(told).astimezone():%Y-%m-%d %H:%M}"


def _told(entry: dict[str, Any], named: dict[str, str]) -> str:
    """What the act says: the skeleton without its ids, and what was opened."""
    fields = {k: v for k, v in entry.get("act", {}).items() if k not in ("type", "referral", "handover")}
    for part in entry.get("personal", ()):
        fields |= part.get("fields", {part["category"]: "erased"})
    return "; ".join(f"{k}: {_said(v, named)}" for k, v in fields.items() if v not in _NOTHING)


ID: Final = 37
"""Characters of an id with what stands behind it: whoever copies it finds it in one piece."""
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def _said(value: Any, named: dict[str, str]) -> str:
    match value:
        case {"names": names}:
            return " ".join(names)
        case {"value": text}:
            return str(text)
        case dict():
            return " ".join(f"{k} {_said(v, named)}" for k, v in value.items() if v not in _NOTHING)
        case list():
            return ", ".join(_said(each, named) for each in value)
        case bool():
            return "yes" if value else "no"
        case _:
            return named.get(str(value), str(value))


def _person(person: dict[str, Any]) -> str:
    return shown(" ".join(person.get("names") or ())) or "(no name seen)"
