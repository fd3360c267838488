"""What all commands share: how errors are said, how results are shown."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import typer

from adapters.cli.screen import err
from adapters.running import Running, running, server_on
from adapters.typed import typed

if TYPE_CHECKING:
    from adapters.settings import Settings

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Raccordo: the shared record of a network of organisations that help people into work.",
)
REFUSED, UNREACHABLE, WRONG_USE = 1, 3, 2
"""Exit codes: the record said no; the service is not there; the command was put wrongly (0: done)."""


def fail(sentence: str, code: int) -> NoReturn:
    err.say_lines(sentence, "red")
    raise typer.Exit(code)


@contextmanager
def usable_files() -> Iterator[None]:
    """A file or folder that was named and cannot be used ends the command with a sentence."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        fail(f"{error.filename} cannot be used: {error.strerror}. Name another file or folder.", WRONG_USE)


def settings_of(**given: Any) -> "Settings":
    """What is set, by option or in the environment; ends the command where some of it cannot be read."""
    from pydantic import ValidationError

    from adapters.settings import Settings, faults_of

    try:
        return Settings(**given)
    except ValidationError as error:
        fail(faults_of(error), WRONG_USE)


def service_on(data: Path) -> Running:
    """The service that runs on the folder; ends the command with a sentence if there is none."""
    return running(data) or _none_runs(data)


def record_on(data: Path) -> str:
    """Where the message server of the folder is reached: who only reads the record needs nothing else."""
    return server_on(data) or _none_runs(data)


def _none_runs(data: Path) -> NoReturn:
    fail(f"No service runs on {data}. Start it with: raccordo up --data {typed(data)}", UNREACHABLE)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end; what is expected to go wrong is said in a sentence, with the exit code for it."""
    from adapters.nats.connection import UnreachableError
    from adapters.partner import NoAnswerError, NoCredentialsError
    from adapters.registration import NotRegisteredError
    from adapters.upkeep.console import CannotError
    from adapters.upkeep.kept_aside import NotKeptError

    try:
        return asyncio.run(work)
    except (UnreachableError, NoAnswerError) as error:
        fail(str(error), UNREACHABLE)
    except (NotRegisteredError, CannotError, NotKeptError) as error:
        fail(str(error), REFUSED)
    except NoCredentialsError as error:
        fail(str(error), WRONG_USE)
