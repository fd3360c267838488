"""The service on a machine whose clock is wrong: by how many seconds it is ahead stands in the file named by AHEAD."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters import main as service
from adapters.cli import main

_AHEAD = Path(os.environ["AHEAD"])


def _time() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(_AHEAD.read_text()))


service.real_time = _time
main()
