"""The command line: for whoever runs the service, partners who try it, and evaluators."""

from adapters.cli import (  # noqa: F401 (each adds its commands)
    answers,
    backup,
    bench,
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
from adapters.runtime import write_whole


def main() -> None:
    write_whole()
    app()
