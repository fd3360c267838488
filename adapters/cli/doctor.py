"""`raccordo doctor`: looks at everything and says what to do."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import typer

from adapters.cli.app import REFUSED, app, out, show_json
from adapters.cli.options import AsJson, Data

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
        show_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            colour = _COLOURS[finding.verdict]
            out.print(f"[{colour}]{finding.verdict:<5}[/{colour}]", end="")
            out.print(f"{finding.check}: {finding.says}", highlight=False, markup=False, soft_wrap=True)
    if any(finding.verdict == "fail" for finding in found):
        raise typer.Exit(REFUSED)
