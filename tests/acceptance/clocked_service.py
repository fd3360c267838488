"""The service with a clock that a test sets: what time it is stands in the file named by CLOCK."""

import os
from datetime import datetime
from pathlib import Path

from adapters import main as service
from adapters.cli import main

_CLOCK = Path(os.environ["CLOCK"])


def _time() -> datetime:
    return datetime.fromisoformat(_CLOCK.read_text())


service.real_time = _time
main()
