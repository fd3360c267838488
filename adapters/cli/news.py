"""`raccordo news|contacts|irregularities`: what has moved, who is silent, what was not done as the rules say."""

from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, app, fail
from adapters.cli.listing import Cells, Names, listed, person, short, who
from adapters.cli.options import After, AsJson, AsOf, Creds, Cursor, Data, Limit, OfCase
from adapters.cli.screen import out, write_json
from adapters.cli.talk import asked, named_organisations


@app.command()
def news(
    creds: Creds = None,
    data: Data = Path("data"),
    since: Annotated[
        int, typer.Option(min=0, metavar="POSITION", help="The position that the last look ended with.")
    ] = 0,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show what is new since a position, case by case; it ends with the position to ask from next time.

    Example:
        raccordo news --creds coop.creds --since 1200

    """
    asking = {"since": since, "limit": limit, "cursor": cursor, "after": after}
    found = asked("news", asking, creds, data)
    if since > found["since_next"]:
        fail(f"The record has not come to position {since}: it stands at {found['since_next']}.", REFUSED)
    if as_json:
        write_json(found, indent=2)
        return
    names = named_organisations(creds, data)
    for group in found["news"]:
        about = person(group) if "case" in group else "Agreement"
        out.say((about, "bold"), f" {short(group)}: {group['count']} new")
        for entry in group["entries"]:
            out.say(f"{entry['position']:>8}  {_entry(entry, names)}")
    if found["next"]:
        out.say(f"there are more: --cursor '{found['next']}'")
    out.say(f"next time: raccordo news --since {found['since_next']}")


def _entry(entry: dict[str, Any], names: Names) -> str:
    if entry.get("masked"):
        return "(masked)"
    return f"{entry['occurred_at'][:10]}  {entry['type']}  {who(names, [entry['organisation']])}"


@app.command()
def contacts(
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    case: OfCase = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show when each pair of organisations last spoke or met, the longest silence first.

    Example:
        raccordo contacts --creds coop.creds --as-of 2026-12-31

    """
    asking = {"as_of": as_of, "case": case, "limit": limit, "cursor": cursor, "after": after}
    columns = ("organisations", "last", "days ago", "how", "contacts", "cases")
    listed("contacts", asking, creds, data, as_json, columns, _contact)


def _contact(each: dict[str, Any], names: Names) -> Cells:
    pair = who(names, each["organisations"])
    return (pair, each["last"], each["days"], each["channel"], each["count"], each["cases"])


@app.command()
def irregularities(
    creds: Creds = None,
    data: Data = Path("data"),
    case: OfCase = None,
    rule: Annotated[str | None, typer.Option(help="Only against this rule, by its id.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="Recorded on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="Recorded on this day or before.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show what was recorded although a rule of practice says otherwise, as it was judged then.

    Example:
        raccordo irregularities --creds coop.creds --rule told-late --since 2026-01-01

    """
    wanted = {"case": case, "rule": rule, "since": since, "until": until}
    columns = ("rule", "edition", "position", "what", "who", "recorded", "person", "case")
    asking = {**wanted, "limit": limit, "cursor": cursor, "after": after}
    listed("irregularities", asking, creds, data, as_json, columns, _irregularity)


def _irregularity(each: dict[str, Any], names: Names) -> Cells:
    by, when = who(names, [each["organisation"]]), each["recorded_at"][:10]
    return (each["rule"], each["edition"], each["position"], each["type"], by, when, person(each), short(each))
