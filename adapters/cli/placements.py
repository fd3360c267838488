"""`raccordo placements|agreements|observations`: who works where, under which agreement, and how it goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import app
from adapters.cli.listing import Cells, Names, cell, listed, person, short, who
from adapters.cli.options import After, AsJson, AsOf, Case, Creds, Cursor, Data, Limit, OfCase
from adapters.cli.screen import out, table, write_json
from adapters.cli.standing import stands
from adapters.cli.talk import asked


@app.command()
def placements(
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    state: Annotated[str | None, typer.Option(help="agreed, started, suspended, ended or cancelled.")] = None,
    running: Annotated[bool, typer.Option("--running", help="Begun and not ended.")] = False,
    ends_within: Annotated[
        int | None, typer.Option(metavar="DAYS", help="Ends in so many days, or should have ended before.")
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="ORGANISATION", help="Only at this host.")] = None,
    case: OfCase = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show the placements of the caseload, by the day on which they end.

    Examples:
        raccordo placements --creds coop.creds --ends-within 60

        raccordo placements --creds coop.creds --running --as-of 2026-06-30 --json

    """
    wanted = {"as_of": as_of, "state": state, "running": running, "ends_within": ends_within, "host": host}
    columns = ("ends", "days left", "state", "channel", "host", "person", "case", "began", "grant")
    asking = {**wanted, "case": case, "limit": limit, "cursor": cursor, "after": after}
    listed("placements", asking, creds, data, as_json, columns, _placement)


def _placement(each: dict[str, Any], names: Names) -> Cells:
    planned, real, cents = each["planned"], each["real"], each["grant_cents"]
    ends, began = real["ended"] or planned["ends"], real["started"] or (planned["starts"] and f"({planned['starts']})")
    grant = None if cents is None else f"{cents // 100},{cents % 100:02} €"
    host, of = who(names, [each["host"]]), (person(each), short(each))
    return (ends, each["days_left"], stands(each), each["channel"], host, *of, began, grant)


@app.command()
def agreements(
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show the organisation's agreements: parties, period, and the places used of each year, by kind.

    Places are counted in all cases, also in those that the organisation does not see.

    Example:
        raccordo agreements --creds coop.creds --as-of 2026-12-31

    """
    asking = {"as_of": as_of, "limit": limit, "cursor": cursor, "after": after}
    columns = ("agreement", "state", "from", "until", "parties", "year", "places", "used", "left", "changes")
    listed("agreements", asking, creds, data, as_json, columns, _agreement)


def _agreement(each: dict[str, Any], names: Names) -> Cells:
    places = each["places"]
    lines = ("year", "place_kind"), ("left",)
    year, left = ("\n".join(" ".join(cell(p[n]) for n in names_) for p in places) for names_ in lines)
    used = "\n".join(map(_used, places))
    agreed = "\n".join(cell(p["agreed"]) for p in places)
    period = (each["valid_from"], each["ended"] or each["valid_until"])
    changes = "\n".join(_changes(each))
    return (short(each), each["state"], *period, who(names, each["parties"]), year, agreed, used, left, changes)


def _changes(each: dict[str, Any]) -> Iterator[str]:
    """What waits for how many signatures, and what was withdrawn or declined, each with its entry."""
    yield from (f"{change['change']} waits for {len(change['awaits'])}" for change in each["pending"])
    for change in each["dropped"]:
        yield f"{change['change']} {change['ended']['type'].rpartition('-')[2]}"


def _used(place: dict[str, Any]) -> str:
    alone = place["on_one_sides_word"]
    return f"{place['used']} ({alone} on one side's word)" if alone else str(place["used"])


@app.command()
def observations(
    case: Case,
    creds: Creds = None,
    data: Data = Path("data"),
    as_of: AsOf = None,
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show what was observed on published sheets, item by item over time.

    Example:
        raccordo observations 018f0000-0000-7000-8000-000000000001 --creds coop.creds

    """
    found = asked("observations", {"case": case, "as_of": as_of, "after": after}, creds, data)
    if as_json:
        write_json(found, indent=2)
        return
    for series in found["series"]:
        out.say((series["sheet"], "bold"), f", edition {series['edition']}")
        rows = table("item", *(o["occurred_at"][:10] for o in series["observations"]))
        for item in series["items"]:
            rows.add_row(item["item"], *(cell(score) for score in item["scores"]))
        out.show(rows)
    out.say(f"as of position {found['position']}, how things stand on {found['as_of']}")
