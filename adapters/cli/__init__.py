"""The command line: for whoever runs the service, partners who try it, and evaluators."""

from adapters.cli import backup, dead, doctor, history, organisations, serve, service, talk, views, watch  # noqa: F401 (each adds its commands)
from adapters.cli.app import app


def main() -> None:
    app()
