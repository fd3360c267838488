"""`raccordo simulate`: the acts of a network that does not exist, as lines of JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.app import WRONG_USE, app, fail
from adapters.cli.network_wanted import Cases, Months, Organisations, Seed, wanted
from adapters.cli.screen import err, flush, nobody_reads, table, write

if TYPE_CHECKING:
    from adapters.simulation.year import Simulation


@app.command()
def simulate(
    organisations: Organisations = 12,
    cases: Cases = 200,
    months: Months = 12,
    seed: Seed = 1,
    begins: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Its first day; default: so that it ends today.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")] = None,
) -> None:
    """Write the acts of an invented network, one a line: `at` is when it is told, `act` what its organisation sends.

    Organisations stand by short names such as centre-1; `raccordo demo` registers them and plays such a network.

    Examples:
        raccordo simulate --output year.ndjson

        raccordo simulate --organisations 6 --cases 10 --months 6 --seed 7 --from 2026-01-01

    """
    from adapters.simulation.year import simulate as made

    simulation = made(wanted(organisations, cases, months, seed, begins))
    text = "".join(f"{step.line}\n" for step in simulation.steps)
    try:
        if output:
            output.write_text(text, "utf-8")
        else:
            write(text)
            flush()
    except BrokenPipeError:
        nobody_reads()
        raise typer.Exit from None
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}", WRONG_USE)
    _summed_up(simulation)


def _summed_up(simulation: "Simulation") -> None:
    from adapters.simulation.year import acts_by_type
    from domain.record_id import Kind, kind_of

    counted = acts_by_type(simulation.steps)
    rows = table("acts", "type")
    for type_, count in counted.items():
        rows.add_row(str(count), type_)
    err.print(rows)
    told = {step.record for step in simulation.steps}
    cases = sum(kind_of(record) is Kind.CASE for record in told)
    err.say(
        f"{len(simulation.steps)} acts of {len(counted)} types: {cases} cases, "
        f"{len(simulation.network.organisations)} organisations"
    )
