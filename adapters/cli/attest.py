"""`raccordo attest|contest`: an organisation says whether what was told of it is so."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, app, fail
from adapters.cli.options import NOBODY, AsJson, Case, Creds, Data, DryRun, Practitioner
from adapters.cli.screen import out, write_json
from adapters.cli.talk import case_named, sent, too_much

Entry = Annotated[
    int, typer.Argument(metavar="ENTRY", min=1, help="Its number in the case, as `waiting` and `case` show it.")
]


class Ground(StrEnum):
    """Why an entry is contested."""

    NOT_SO = "not-so"
    NOT_OURS = "not-ours"
    INCOMPLETE = "incomplete"


@app.command()
def attest(
    case: Case,
    entry: Entry,
    wording: Annotated[
        int | None, typer.Option(min=1, help="The entry that has put it right, where `waiting` shows one.")
    ] = None,
    practitioner: Practitioner = NOBODY,
    dry_run: DryRun = False,
    creds: Creds = None,
    data: Data = Path("data"),
    as_json: AsJson = False,
) -> None:
    """Say that an entry told for you, or waiting for your word, is so: a claim has its effect from then on.

    Exit code 1 if it is refused.

    Examples:
        raccordo attest 018f0000-0000-7000-8000-000000000001 4 --creds coop.creds

        raccordo attest 4b3f41d3e47d 4 --wording 6 --creds coop.creds --dry-run

    """
    fields = {"type": "act-attested", "entry": entry, **({"wording": wording} if wording else {})}
    _tell("attested", case, fields, practitioner, creds, data, dry_run=dry_run, as_json=as_json)


@app.command()
def contest(
    case: Case,
    entry: Entry,
    ground: Annotated[Ground, typer.Option(help="Why.")] = Ground.NOT_SO,
    note: Annotated[str, typer.Option(help="What is not so, in words; it is sealed.")] = "",
    practitioner: Practitioner = NOBODY,
    dry_run: DryRun = False,
    creds: Creds = None,
    data: Data = Path("data"),
    as_json: AsJson = False,
) -> None:
    """Say that an entry is not so, not yours, or incomplete; it stays, and is shown as contested.

    Exit code 1 if it is refused.

    Examples:
        raccordo contest 018f0000-0000-7000-8000-000000000001 4 --creds coop.creds

        raccordo contest 4b3f41d3e47d 4 --ground incomplete --note "from the 12th on only" --creds coop.creds

    """
    fields = {"type": "act-contested", "entry": entry, "ground": ground.value, **({"text": note} if note else {})}
    _tell("contested", case, fields, practitioner, creds, data, dry_run=dry_run, as_json=as_json)


def _tell(
    done: str,
    case: str,
    fields: dict[str, Any],
    practitioner: str,
    creds: Path | None,
    data: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Send the act and say what became of it, as a sentence or, as JSON, the answer itself."""
    whole = case_named(case, creds, data)
    once = {"dry_run": True} if dry_run else {}
    answer = sent({**fields, "case": whole, "practitioner": practitioner, **once}, creds, data)
    if as_json:
        write_json(answer, indent=2)
    match answer["outcome"]:
        case "refused":
            from adapters.sentences import in_full

            fail(in_full(answer), REFUSED)
        case "try later":
            fail(too_much(answer), UNREACHABLE)
        case _:
            pass
    if not as_json:
        said = f"would be {done}" if dry_run else done
        where = "" if dry_run else f", recorded at position {answer['position']}"
        out.say(f"{said.capitalize()}: entry {fields['entry']} of {whole}{where}")
