"""Logs: one JSON object a line, with ids and types and never with contents."""

import logging
import sys
import traceback
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.CRITICAL)  # libraries' own logs may show what they were handling


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
