"""Logs: one JSON object a line, with ids and types and never with contents."""

import logging
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

EventDict = Any


def configure(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: _ToStderr(),
    )
    logging.basicConfig(level=logging.CRITICAL)  # libraries' own logs may show what they were handling


class _ToStderr:
    """A log that nobody reads any more must not end the thread that writes it."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):  # a broken pipe, a closed file
            print(message, file=sys.stderr, flush=True)  # noqa: T201 (what a log is)

    log = debug = info = warning = error = critical = msg


def _without_values(_: Any, __: str, event: EventDict) -> EventDict:
    # The text of an exception may hold what somebody sent; its type and place do not.
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = list(_places(error.__traceback__))
        if error.__cause__ is not None:
            event["cause"] = type(error.__cause__).__name__
    return event


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno}" for f in traceback.extract_tb(trace)]
