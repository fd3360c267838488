"""How a list is shown: one JSON document for machines, a table for people."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from adapters.cli.screen import Column, out, table, write_json
from adapters.cli.talk import asked, named_organisations
from domain.characters import shown as one_line

Cells = Iterable[Any]
Names = Mapping[str, str]


def listed(
    query: str,
    parameters: Mapping[str, Any],
    creds: Path | None,
    data: Path,
    as_json: bool,
    columns: Iterable[str],
    cells: Callable[[dict[str, Any], Names], Cells],
    *,
    of: str | None = None,
    advice: str = "",
) -> None:
    """Ask, and show each of what was found under the name of the query, or `of`; `advice` says what to do about it."""
    found = asked(query, dict(parameters), creds, data)
    if as_json:
        write_json(found, indent=2)
        return
    names = named_organisations(creds, data)
    rows = table(*(Column(c, no_wrap=c in ("case", "due", "day")) for c in columns))
    for each in found[of or query]:
        rows.add_row(*(cell(value) for value in cells(each, names)))
    out.show(rows)
    if advice and found[of or query]:
        out.say(advice)
    if found.get("next"):
        out.say(f"there are more: --cursor '{found['next']}'")
    day = f", how things stand on {found['as_of']}" if found.get("as_of") else ""
    out.say(f"as of position {found['position']}{day}")


def cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else ""
        case _:
            return str(value)


def short(each: Mapping[str, Any]) -> str:
    """A record by its end: the beginning of its id is the time, alike in all of one day."""
    return f"…{str(each.get('case') or each.get('agreement'))[-12:]}"


def person(each: Mapping[str, Any]) -> str:
    return one_line(" ".join((each.get("person") or {}).get("names") or ())) or "(no name seen)"


def who(names: Names, ids: Iterable[str | None]) -> str:
    return one_line(", ".join(names.get(id_) or id_ for id_ in ids if id_))
