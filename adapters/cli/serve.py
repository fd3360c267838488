"""`raccordo serve`: one part of the service, or some, in a process of their own."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.app import WRONG_USE, app, fail, settings_of
from adapters.cli.options import Copy, Data, Http, LogLevel, Moved, Nats
from adapters.cli.screen import err
from adapters.cli.service import arrived, serve_or_say
from adapters.running import Running


@app.command()
def serve(
    parts: Annotated[list[str], typer.Argument(metavar="PART...", help="server, desk, views, feed or web.")],
    data: Data = Path("data"),
    http: Http = "127.0.0.1:8080",
    nats: Nats = "127.0.0.1:4222",
    log_level: LogLevel = "info",
    moved: Moved = False,
    copy: Copy = False,
) -> None:
    """Start some parts of the service in this process; the others run beside it, on the same data folder.

    **server** is the message server (leave it out where RACCORDO_NATS_URL names one), **desk** takes acts by message,
    **views** and **feed** follow the record, **web** answers questions and takes acts by HTTP. Several desks and webs
    share the work; of several views or feeds one works and the others stand by.

    Examples:
        raccordo serve server --data /srv/raccordo

        raccordo serve desk --data /srv/raccordo

        raccordo serve views feed --data /srv/raccordo

    """
    from adapters.logs import configure
    from adapters.main.parts import ALL

    if unknown := sorted(set(parts) - ALL):
        fail(f"There is no part {unknown[0]}; they are: server, desk, views, feed, web.", WRONG_USE)
    settings = settings_of(data=data, http=http, nats=nats, log_level=log_level)
    configure(settings.log_level)
    named = frozenset(part for part in ALL if part in parts)

    def say(started: Running) -> None:
        where = " · ".join(f"{what} {url}" for what, url in (("HTTP", started.http), ("NATS", started.nats)) if url)
        err.say((f"{', '.join(sorted(named))}: up.", "green"), f" {where}")

    serve_or_say(settings, say, named, arrived=arrived(moved=moved, copy=copy))
