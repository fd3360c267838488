"""`raccordo drop`: many acts handed in at once, with a report of what became of each."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from adapters.cli.app import REFUSED, UNREACHABLE, WRONG_USE, app, fail, run, service_on
from adapters.cli.options import AsJson, Creds, Data
from adapters.cli.screen import bar, err, out, write_json
from adapters.cli.talk import credentials

if TYPE_CHECKING:
    from adapters.upkeep.dropping import Report

INTERRUPTED = 130


@app.command()
def drop(
    file: Annotated[str, typer.Argument(help="A file with one act a line (NDJSON), or - for standard input.")],
    creds: Creds = None,
    data: Data = Path("data"),
    wait: Annotated[bool, typer.Option(help="Wait for the answers and report them.")] = True,
    as_json: AsJson = False,
) -> None:
    """Hand in many acts, one a line, and report what became of each. Acts of a case keep their order.

    It may be ended at any time and run again with the same file: what is on the record already is answered *known
    already*, and nothing is recorded twice. That also holds for lines without an `act_id`: with the same credentials
    the same line is the same act. Give ids where two acts are told in the same words. `occurred_at` must be told.

    Exit code 1 if a line was refused, 3 if the service is not there.

    Examples:
        raccordo drop history.ndjson --creds cpi.creds

        zcat history.ndjson.gz | raccordo drop - --creds cpi.creds --no-wait

    """
    from adapters.upkeep.dropping import Report
    from adapters.upkeep.handing_in import NotTakenError

    report = Report()
    text, running = credentials(creds, data), service_on(data)
    try:
        with _opened(file) as source, _shown(report) as moved:
            run(_dropped(source, text, running.nats, report, moved, wait=wait))
    except NotTakenError as error:
        fail(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        _say(report, wait=wait, as_json=as_json)
        err.say(f"Ended at line {report.last}. Run it again to go on: nothing is recorded twice.")
        raise typer.Exit(INTERRUPTED) from None
    _say(report, wait=wait, as_json=as_json)
    if report.refused:
        raise typer.Exit(REFUSED)


async def _dropped(source: BinaryIO, creds: str, url: str, report: "Report", moved: Any, *, wait: bool) -> None:
    from adapters.upkeep.answered import Answers
    from adapters.upkeep.dropping import Dropping
    from adapters.upkeep.handing_in import HandingIn, patient_partner
    from adapters.upkeep.lines import lines, secret_of

    def full() -> None:
        moved("the drop door is full; waiting until there is room")

    async with patient_partner(url, creds) as speaks:
        dropping = Dropping(HandingIn(speaks.client, full), Answers(speaks), report, moved)
        await dropping.drop(lines(source, speaks.organisation, secret_of(creds)), wait=wait)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb")  # noqa: SIM115 (its errors are told apart from those of what follows)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", WRONG_USE)
    with source:
        yield source


@contextmanager
def _shown(report: "Report") -> Iterator[Any]:
    """On a terminal, how far it is."""
    with bar("answered") as so_far:

        def moved(says: str = "") -> None:
            so_far(sum(report.outcomes.values()), report.lines, says)

        yield moved


def _say(report: "Report", *, wait: bool, as_json: bool) -> None:
    told = report.told()
    if as_json:
        write_json(told, indent=2)
        return
    for each in told["refused"]:
        out.say(f"line {each['line']}: {each['code']}: {sentences(each)}")
    if wait:
        counts = ", ".join(f"{number} {name}" for name, number in report.outcomes.items())
        unanswered = f", {len(report.waiting)} not answered yet" if report.waiting else ""
        out.say(f"{report.lines} lines: {counts}{unanswered}")
    else:
        out.say(f"{report.lines - len(report.refused)} handed in; see: raccordo answers")


def sentences(answer: dict[str, Any]) -> str:
    """What a refusal says, with each field that is wrong."""
    from adapters.sentences import in_full

    return in_full(answer)
