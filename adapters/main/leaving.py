"""The service ends in time, whatever still runs: what is not done by then is left where it is."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

from adapters.nats.folder import ServerFolder

WITHIN_S: Final = 8.0
"""From the signal to the end of the process; who supervises it often kills after 10 s."""

log = structlog.get_logger()


def leave_in_time(server_of: Path | None, within: float = WITHIN_S, leave: Callable[[int], object] = os._exit) -> None:
    """End this process after so many seconds, and its message server, if it still runs then.

    All that was acknowledged is on the disk: a start finds it as after a power failure. `server_of` is the data folder
    if the message server is ours.
    """

    def end() -> None:
        log.error("ending.not-in-time", after_s=within)
        if server_of is not None:
            with suppress(OSError, ValueError):
                os.kill(int(ServerFolder.of(server_of).process.read_text()), signal.SIGTERM)
        leave(0)

    timer = threading.Timer(within, end)
    timer.daemon = True
    timer.start()
