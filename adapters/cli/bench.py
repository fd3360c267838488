"""`raccordo bench`: figures of this machine, beside those of the peers, as a table."""

import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from adapters.cli import screen
from adapters.cli.app import REFUSED, WRONG_USE, app, fail

if TYPE_CHECKING:
    from adapters.bench.row import Row
    from adapters.bench.scale import Scale


@app.command()
def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes, in some minutes; named so.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a row instead of a document.")] = False,
    only: Annotated[list[str] | None, typer.Option(metavar="ROW", help="Only this row; may be repeated.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the document there instead of showing it.")] = None,
    profile: Annotated[
        Path | None, typer.Option(help="Also profile desk, client, views and feed, and write what costs what there.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Work in this new folder, and leave it there.")
    ] = None,
    scale: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure throughput, waiting times, views and memory on this machine, side by side with their peers.

    Everything is started in a folder of its own and ended afterwards. The rows: live, followed, cold, up, drop, idle,
    visible, hostile, fold, rebuild, feed, queries, memory, replay. A full run takes half an hour or more and 10 GB of
    disk; let nothing else run meanwhile. Exit code 1 if a row could not be measured; a target that is missed is said
    in the table.

    Examples:
        raccordo bench --quick

        raccordo bench --write docs/benchmarks.md --profile docs/profiles.md

        raccordo bench --quick --only live --only idle --json

    """
    from adapters.bench.machine import machine, versions
    from adapters.bench.scale import SCALES
    from adapters.logs import configure

    names, chosen = _names(only), SCALES[scale or ("quick" if quick else "full")]
    configure("error")
    _end_in_order()
    rows: list[Row] = []
    about = [*machine(), *versions()]
    try:
        _measure(chosen, names, _kept_in(rows, as_json), about, keep, profile)
    finally:  # what has been measured is said, also where the rest was interrupted
        if rows and (write or not as_json):
            _document(rows, chosen.name, about, write)
    if any(row.notes.startswith("failed") for row in rows):
        raise typer.Exit(REFUSED)


def _names(only: Sequence[str] | None) -> Sequence[str]:
    from adapters.bench.run import NAMES

    if unknown := sorted(set(only or ()) - set(NAMES)):
        fail(f"There is no row {unknown[0]}; they are: {', '.join(NAMES)}.", WRONG_USE)
    return only or NAMES


def _measure(
    scale: "Scale",
    names: Sequence[str],
    add: Callable[["Row"], None],
    about: Sequence[str],
    keep: Path | None,
    profile: Path | None,
) -> None:
    from adapters.bench.bench import bench as opened
    from adapters.bench.profiles import profiles
    from adapters.bench.run import measured

    with _folder(keep) as folder, _shown() as said, opened(folder, scale, said, folder if profile else None) as running:
        try:
            for row in measured(running, names):
                add(row)
        finally:  # as with the rows
            if profile and running.profiled:
                profile.write_text(profiles(running.profiled, about), "utf-8")


def _document(rows: "Sequence[Row]", scale: str, about: Sequence[str], write: Path | None) -> None:
    from adapters.bench.report import markdown
    from adapters.bench.scale import SCALES

    command = "raccordo bench" if scale == "full" else f"raccordo bench --{scale}"
    text = markdown(rows, SCALES[scale], about, command)
    if write:
        write.write_text(text, "utf-8")
    else:
        screen.write(text)


def _kept_in(rows: "list[Row]", as_json: bool) -> Callable[["Row"], None]:
    def keep(row: "Row") -> None:
        rows.append(row)
        if as_json:
            screen.write_json(row.told())

    return keep


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="raccordo-bench-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)
        return
    if keep.exists():
        fail(f"{keep} exists already; name a new folder with --keep.", WRONG_USE)
    keep.mkdir(parents=True)
    yield keep.resolve()


@contextmanager
def _shown() -> Iterator[Callable[[str], None]]:
    """On a terminal one line that changes; else a line for each step, none for each movement."""
    if not screen.err.is_terminal:
        last = [""]

        def say(text: str) -> None:
            if not text[:1].isdigit() and text != last[0]:
                screen.err.say(f"bench: {text}")
            last[0] = text

        yield say
        return
    with screen.changing_line() as changed:
        yield lambda text: changed(f"bench: {text}")


def _end_in_order() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)


def _interrupted(*_: object) -> NoReturn:
    """Told once; what was started is then ended in order, however often it is told again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
