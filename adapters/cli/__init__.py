"""The command line: for whoever runs the service, partners who try it, and evaluators."""

from adapters.cli import (  # noqa: F401 (each adds its commands)
    answers,
    attest,
    backup,
    bench,
    case_file,
    dead,
    demo,
    doctor,
    drop,
    due,
    history,
    leave,
    news,
    organisations,
    placements,
    serve,
    service,
    simulate,
    talk,
    views,
    watch,
)
from adapters.cli.app import app
from adapters.cli.screen import settle, unexpected
from adapters.runtime import write_whole


def main() -> None:
    write_whole()
    settle()
    try:
        app()
    except Exception as error:  # noqa: BLE001 (as the interpreter would, but as text)
        unexpected(error)
        raise SystemExit(1) from None
