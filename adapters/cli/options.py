"""The options that several commands share, each said once."""

import uuid
from pathlib import Path
from typing import Annotated, Final

import typer

Data = Annotated[
    Path, typer.Option("--data", envvar="RACCORDO_DATA", file_okay=False, help="The data folder of the service.")
]
Http = Annotated[str, typer.Option("--http", envvar="RACCORDO_HTTP", help="HOST:PORT of the HTTP door (port 0: any).")]
Nats = Annotated[str, typer.Option("--nats", envvar="RACCORDO_NATS", help="HOST:PORT for partners (port 0: any).")]
LogLevel = Annotated[str, typer.Option(envvar="RACCORDO_LOG_LEVEL", help="debug, info, warning or error.")]
Moved = Annotated[bool, typer.Option("--moved", help="The folder was moved: where it was there is none any more.")]
Copy = Annotated[bool, typer.Option("--copy", help="The folder is a copy: make it another record.")]

Creds = Annotated[Path | None, typer.Option("--creds", help="Credentials of the organisation; default: the office's.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")]
After = Annotated[int | None, typer.Option(help="Wait until the view stands at this position or later.")]
AsOf = Annotated[
    str | None, typer.Option(metavar="DAY", help="How things stand on that day, by what is known now; default: today.")
]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Lines of one answer.")]
Cursor = Annotated[str | None, typer.Option(help="Go on after the answer that ended with this.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="The id of the case, or its end as lists show it.")]
OfCase = Annotated[str | None, typer.Option("--case", metavar="ID", help="Only this case.")]
Mine = Annotated[bool, typer.Option("--mine", help="Only what is for the organisation itself to do.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be answered; nothing is recorded.")]
Practitioner = Annotated[str, typer.Option(metavar="UUID", help="Who does it.")]
NOBODY: Final = str(uuid.UUID(int=0))
"""The practitioner of an act where none is named."""
