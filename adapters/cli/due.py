"""`raccordo due|tasks|waiting|agenda`: what is to be done, by whom, until when."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from adapters.cli.app import app, usable_files
from adapters.cli.listing import Cells, Names, listed, person, short, who
from adapters.cli.options import After, AsJson, AsOf, Creds, Cursor, Data, Limit, Mine, OfCase
from adapters.cli.screen import err
from adapters.cli.standing import stands
from adapters.cli.talk import asked


@app.command()
def due(
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    within: Annotated[int, typer.Option(help="Of what is upcoming, what is due in so many days.")] = 60,
    state: Annotated[
        list[str] | None,
        typer.Option(help="Only what is so: open, late, missed, fulfilled, waived …; may be repeated."),
    ] = None,
    mine: Mine = False,
    by: Annotated[str | None, typer.Option(metavar="ORGANISATION", help="Only what this one has to do.")] = None,
    case: OfCase = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show all that is due on the caseload, by due date, each with the rule that asks for it.

    Without `--state` it is what still needs somebody: open, late, suspended, held and not yet confirmed, missed and
    still to be made up, and what is due within 60 days.

    Examples:
        raccordo due --creds coop.creds --mine

        raccordo due --creds coop.creds --state missed --as-of 2026-12-31 --json

    """
    parameters = {"as_of": as_of, "within": within, "states": state or [], "mine": mine, "by": by, "case": case}
    columns = ("due", "state", "what", "person", "case", "who", "rule")
    asking = {**parameters, "limit": limit, "cursor": cursor, "after": after}
    listed("due", asking, creds, data, as_json, columns, _due)


def _due(each: dict[str, Any], names: Names) -> Cells:
    rule = each["rule"]
    acting = each["to_attest"] or each["convenes"]
    number = f" {rule['number']}" if rule["number"] > 1 else ""
    what, edition = f"{rule['id']}{number}", f"edition {rule['edition']}"
    return (each["due"], stands(each), what, person(each), short(each), who(names, acting), edition)


@app.command()
def tasks(
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    mine: Mine = False,
    late: Annotated[bool, typer.Option("--late", help="Only what should have been done before.")] = False,
    done: Annotated[bool, typer.Option("--done", help="Also what is done.")] = False,
    case: OfCase = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show the tasks that meetings have set, by the day by which they are due.

    Example:
        raccordo tasks --creds coop.creds --mine --late

    """
    parameters = {"as_of": as_of, "mine": mine, "late": late, "done": done, "case": case}
    columns = ("due", "late", "task", "who", "person", "case", "set", "done")
    asking = {**parameters, "limit": limit, "cursor": cursor, "after": after}
    listed("tasks", asking, creds, data, as_json, columns, _task)


def _task(each: dict[str, Any], names: Names) -> Cells:
    about = person(each) if "case" in each else "(agreement)"
    text, doer = each["text"] or "(not seen)", who(names, [each["organisation"]])
    late = "missed" if each["missed"] else "to reassign" if each["to_reassign"] else each["late"]
    return (each["due"], late, text, doer, about, short(each), each["set_on"][:10], each["done"])


@app.command()
def waiting(
    creds: Creds = None,
    data: Data = Path("data"),
    everyone: Annotated[bool, typer.Option("--everyone", help="Also what waits for the word of others.")] = False,
    case: OfCase = None,
    limit: Limit = 100,
    cursor: Annotated[str | None, typer.Option(help="Where the page before ended: its `next`.")] = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits for your word: answers told for you, members to confirm, signatures others told for you.

    `raccordo attest CASE ENTRY` gives an entry its effect; `raccordo contest CASE ENTRY` says that it is not so. Case,
    entry and wording, where there is one, are copied as they stand here. Whoever gets a system finds what was told for
    it in the 24 months before (`told-before`): that has its effect already.

    Examples:
        raccordo waiting --creds centre.creds

        raccordo attest 018f0000-0000-7000-8000-000000000001 4 --creds centre.creds

    """
    parameters = {"everyone": everyone, "case": case, "limit": limit, "cursor": cursor, "after": after}
    whose = ("waits for",) if everyone else ()
    columns = ("since", "what", "told by", *whose, "person", "case", "entry", "wording", "position")
    cells = partial(_waiting, everyone=everyone)
    listed("waiting", parameters, creds, data, as_json, columns, cells, advice=_ADVICE)


_ADVICE: Final = (
    "it is so: raccordo attest CASE ENTRY (--wording N where one stands); it is not: raccordo contest CASE ENTRY"
)


def _waiting(each: dict[str, Any], names: Names, *, everyone: bool) -> Cells:
    """Case and entry as an attestation names them, and as `raccordo case` shows them."""
    whose = (who(names, [each["waits_for"]]),) if everyone else ()
    what, by = f"{each['what']}: {each['type']}", who(names, [each["told_by"]])
    where = (each["case"], each["entry"], each["wording"], each["position"])
    return (each["at"][:10], what, by, *whose, person(each), *where)


@app.command()
def agenda(
    creds: Creds = None,
    data: Data = Path("data"),
    since: Annotated[str | None, typer.Option(metavar="DAY", help="The first day; default: today.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="The last day; default: 60 days later.")] = None,
    mine: Mine = False,
    ics: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a calendar file, with nothing personal in it.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show meetings and due dates from a day to a day, or write them to a calendar file.

    Examples:
        raccordo agenda --creds coop.creds --until 2026-12-31

        raccordo agenda --creds coop.creds --mine --ics coop.ics

    """
    parameters = {"since": since, "until": until, "mine": mine, "after": after}
    if ics is not None:
        _write(ics, parameters, creds, data)
        return
    columns = ("day", "at", "what", "state", "person", "case", "who")
    listed("agenda", {**parameters, "limit": limit, "cursor": cursor}, creds, data, as_json, columns, _item)


def _item(each: dict[str, Any], names: Names) -> Cells:
    what = each["kind"] if each["what"] == "meeting" else f"due: {each['kind']}"
    about, by = person(each) if "case" in each else "(agreement)", who(names, each["organisations"])
    return (each["day"], each["at"] and each["at"][11:16], what, each["state"], about, short(each), by)


def _write(file: Path, parameters: dict[str, Any], creds: Path | None, data: Path) -> None:
    from adapters.calendar_file import calendar_file

    with usable_files():
        file.touch()  # first: what is asked for is to find a place
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        found = asked("agenda", {**parameters, "limit": 500, "cursor": cursor}, creds, data)
        items += found["agenda"]
        if (cursor := found["next"]) is None:
            break
    file.write_bytes(calendar_file(items))
    err.say(f"{len(items)} events are in {file}.")
