"""The service as it runs where the machine's clock was set back by an hour."""

from datetime import UTC, datetime, timedelta

import adapters.main
from adapters.cli import main


def _an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


adapters.main.real_time = _an_hour_ago
main()
