"""Publishers to be killed: `python -m tests.feed_process URL` starts one for every folder it reads, and says its id.

All is imported once, and each is a fork: so what is killed is a publisher at work, not one that is starting.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from tests.feeds import SOON, Rig


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            _publish(sys.argv[1], Path(line.strip()))


def _publish(url: str, folder: Path) -> None:
    with Rig(url, folder) as rig:
        rig.network.wait_for(rig.record.position(), SOON)
        with rig.publishing(batch=25):
            os.write(1, b"%d\n" % os.getpid())
            threading.Event().wait()


if __name__ == "__main__":
    main()
