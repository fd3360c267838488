"""`raccordo doctor`: looks at everything and says what to do."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.app import REFUSED, app, service_on
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import bar, out, write_json

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@app.command()
def doctor(
    as_json: AsJson = False,
    data: Data = Path("data"),
    standing: Annotated[
        bool,
        typer.Option("--standing", help="Instead: entries without effect by the rules of authority."),
    ] = False,
) -> None:
    """Check folder, keys, disk, message server, streams, clock, accounts, views and what was kept aside.

    A line each; where something is not well it says what to do. Exit code 1 if anything fails. When no service runs,
    what can be checked without one is.

    Examples:
        raccordo doctor

        raccordo doctor --data /srv/raccordo --json

        raccordo doctor --standing

    """
    if standing:
        _standing(data, as_json)
        return
    from adapters.upkeep.doctor import examined

    found = asyncio.run(examined(data))
    if as_json:
        write_json([asdict(finding) for finding in found], indent=2)
    else:
        for finding in found:
            out.say((f"{finding.verdict:<5}", _COLOURS[finding.verdict]), f"{finding.check}: {finding.says}")
    if any(finding.verdict == "fail" for finding in found):
        raise typer.Exit(REFUSED)


def _standing(data: Path, as_json: bool) -> None:
    """For the office and the responsible organisations: what an older release had let through."""
    from adapters.nats.identity import Installation
    from adapters.upkeep.history import open_history
    from services.without_effect import without_effect

    running, number = service_on(data), 0
    with open_history(Installation.open(data), running.nats) as history, bar("entries", shown_=not as_json) as moved:
        for entry in without_effect(history, moved):
            number += 1
            found = {
                "position": entry.position,
                "case": entry.originator_id.removeprefix("case/"),
                "organisation": entry.organisation,
                "type": entry.act.type,
                "occurred_at": entry.occurred.time.date().isoformat(),
            }
            if as_json:
                write_json(found)
            else:
                out.say("  ".join(str(each) for each in found.values()))
    if not as_json:
        out.say(f"{number} entries have no effect: who belongs and what past is open does not follow them")
