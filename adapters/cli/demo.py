"""`raccordo demo`: the service with a sample network that has lived for a year; what `make run` does."""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.app import UNREACHABLE, WRONG_USE, app, fail, settings_of, usable_files
from adapters.cli.network_wanted import Cases, Months, Organisations, Seed, wanted
from adapters.cli.options import Copy, Data, Http, Moved, Nats
from adapters.cli.screen import err
from adapters.cli.service import arrived, say, serve_or_say
from adapters.running import Running
from adapters.typed import typed

if TYPE_CHECKING:
    from adapters.sample.clock import PlayedClock
    from adapters.sample.folder import Sample


@app.command()
def demo(
    data: Data = Path("data"),
    organisations: Organisations = 12,
    cases: Cases = 60,
    months: Months = 12,
    seed: Seed = 1,
    http: Http = "127.0.0.1:0",
    nats: Nats = "127.0.0.1:0",
    moved: Moved = False,
    copy: Copy = False,
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
    from adapters.sample.folder import NotASampleError, Sample
    from adapters.settings import UNBOUNDED

    configure("warning")
    settings = settings_of(data=data, http=http, nats=nats)  # first: a wrong one leaves nothing behind
    try:
        with usable_files():
            sample = Sample.on(data, wanted(organisations, cases, months, seed))
    except NotASampleError as error:
        fail(str(error), WRONG_USE)
    show = _Show(sample, sample.clock())
    if not sample.played:
        settings = settings.model_copy(update=UNBOUNDED)
    serve_or_say(settings, show.begin, clock=show.clock, arrived=arrived(moved=moved, copy=copy))
    if show.failed:
        again = f"Started again on {data} it goes on where it was."
        fail(f"The sample could not be played on: {show.failed}. {again}", UNREACHABLE)


@dataclass
class _Show:
    """The sample beside the service that it is played to, or that is only served."""

    sample: "Sample"
    clock: "PlayedClock | None"
    failed: str = ""

    def begin(self, started: Running) -> asyncio.Task[None]:
        say(started)
        task = asyncio.get_running_loop().create_task(self._tell(started))
        task.add_done_callback(self._ended)
        return task

    async def _tell(self, started: Running) -> None:
        from adapters.sample.play import Play
        from adapters.simulation.year import tour

        if self.clock:
            await Play(self.sample, self.clock, _line).on(started)
        _line(_NEXT.format(data=typed(self.sample.data), case=tour(self.sample.wanted), http=started.http))

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            _line("Ended before all was told; the next start on this folder goes on from here.")
        elif error := task.exception():
            self.failed = f"{type(error).__name__}: {error}"
            signal.raise_signal(signal.SIGTERM)  # served on, its clock would stand still


def _line(text: str) -> None:
    err.say_lines(text)


_NEXT = """
The service stays in the foreground; Ctrl-C ends it. In another terminal, look at:

  .venv/bin/raccordo board --data {data} --creds {data}/partners/coop-1.creds
  .venv/bin/raccordo case {case} --data {data} --creds {data}/partners/coop-1.creds
  .venv/bin/raccordo replay --data {data} --case {case}
  curl -s {http}/health
"""
