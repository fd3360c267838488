"""`raccordo demo`: the service with a sample network that has lived for a year; what `make run` does."""

import asyncio
import signal
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.app import UNREACHABLE, WRONG_USE, Data, app, err, fail
from adapters.cli.network_wanted import Cases, Months, Organisations, Seed, wanted
from adapters.cli.service import say, serve_or_say
from adapters.running import Running


@app.command()
def demo(
    data: Data = Path("data"),
    organisations: Organisations = 12,
    cases: Cases = 60,
    months: Months = 12,
    seed: Seed = 1,
    http: Annotated[
        str, typer.Option("--http", envvar="RACCORDO_HTTP", help="HOST:PORT of the HTTP door (port 0: any).")
    ] = "127.0.0.1:0",
    nats: Annotated[
        str, typer.Option("--nats", envvar="RACCORDO_NATS", help="HOST:PORT for partners (port 0: any).")
    ] = "127.0.0.1:0",
) -> None:
    """Start everything with an invented network whose year ends today, played over its organisations' connections.

    While it is played the service goes by the played year's clock, so that what was on time is on time; then by the
    real one, for good. Ctrl-C may end it at any moment: the next start on the folder goes on where it was. On a folder
    that was played it only serves.

    Examples:
        raccordo demo --data data

        raccordo demo --data year --organisations 12 --cases 200

    """
    from adapters.logs import configure
    from adapters.sample.clock import PlayedClock
    from adapters.sample.folder import NotASampleError, Sample
    from adapters.settings import Settings
    from adapters.simulation.year import tour

    configure("warning")
    try:
        sample = Sample.on(data, wanted(organisations, cases, months, seed))
    except NotASampleError as error:
        fail(str(error), WRONG_USE)
    clock = None if sample.played else PlayedClock(datetime.combine(sample.wanted.begins, time(6), UTC))

    def ready(started: Running) -> asyncio.Task[None]:
        say(started)
        task = asyncio.get_running_loop().create_task(tell(started))
        task.add_done_callback(ended)
        return task

    async def tell(started: Running) -> None:
        if clock:
            from adapters.sample.play import Play

            await Play(sample, clock, lambda line: err.print(line, highlight=False, soft_wrap=True)).on(started)
        told = _NEXT.format(data=data, case=tour(sample.wanted), http=started.http)
        err.print(told, highlight=False, soft_wrap=True)

    failed: list[BaseException] = []

    def ended(task: asyncio.Task[None]) -> None:
        if task.cancelled():
            err.print("Ended before all was told; the next start on this folder goes on from here.")
        elif error := task.exception():
            # Served on, its clock would stand still.
            failed.append(error)
            signal.raise_signal(signal.SIGTERM)

    serve_or_say(Settings(data=data, http=http, nats=nats), ready, clock)
    if failed:
        again = f"Started again on {data} it goes on where it was."
        fail(f"The sample could not be played on ({type(failed[0]).__name__}: {failed[0]}). {again}", UNREACHABLE)


_NEXT = """
The service stays in the foreground; Ctrl-C ends it. In another terminal, look at:

  .venv/bin/raccordo board --data {data} --creds {data}/partners/coop-1.creds
  .venv/bin/raccordo case {case} --data {data} --creds {data}/partners/coop-1.creds
  .venv/bin/raccordo replay --data {data} --case {case}
  curl -s {http}/health
"""
