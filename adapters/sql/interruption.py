"""Ends a statement when what it costs is over: SQLite looks now and then, PostgreSQL has a limit of time."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from domain.refusal import Refused
from services.cost import Cost

TIMED_OUT: Final = "57014"
"""What PostgreSQL says when a statement took too long."""
STEPS: Final = 50_000
"""Steps of SQLite's machine between two looks: about a millisecond."""


@contextmanager
def interrupted(connection: Connection, cost: Cost) -> Iterator[Cost]:
    """Raises what the cost raises, where a statement was ended because of it."""
    sqlite = connection.dialect.name == "sqlite"
    driver = cast("Any", connection.connection.driver_connection)
    if sqlite:
        driver.set_progress_handler(lambda: cost.over, STEPS)
    elif math.isfinite(cost.seconds):
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {math.ceil(cost.seconds * 1000)}")
    try:
        yield cost
    except DBAPIError as error:
        cost.check()
        if getattr(error.orig, "sqlstate", None) == TIMED_OUT:
            raise Refused("question.too-dear") from error
        raise
    finally:
        if sqlite:
            driver.set_progress_handler(None, 0)
