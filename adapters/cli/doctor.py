"""`raccordo doctor`: looks at everything and says what to do."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import typer

from adapters.cli.app import REFUSED, app
from adapters.cli.options import AsJson, Data
from adapters.cli.screen import out, write_json

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@app.command()
def doctor(as_json: AsJson = False, data: Data = Path("data")) -> None:
    """Check folder, keys, disk, message server, streams, clock, accounts, views and what was kept aside.

    A line each; where something is not well it says what to do. Exit code 1 if anything fails. When no service runs,
    what can be checked without one is.

    Examples:
        raccordo doctor

        raccordo doctor --data /srv/raccordo --json

    """
    from adapters.upkeep.doctor import examined

    found = asyncio.run(examined(data))
    if as_json:
        write_json([asdict(finding) for finding in found], indent=2)
    else:
        for finding in found:
            out.say((f"{finding.verdict:<5}", _COLOURS[finding.verdict]), f"{finding.check}: {finding.says}")
    if any(finding.verdict == "fail" for finding in found):
        raise typer.Exit(REFUSED)
