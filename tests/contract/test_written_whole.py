"""What a command writes arrives whole, also where Python is asked to buffer nothing and a signal comes."""

import array
import fcntl
import os
import signal
import subprocess
import sys
import termios
import time
from typing import IO

PIPE = 65_536
LENGTH = 1_000_000
WRITES = f"""
import signal, sys
from adapters.runtime import write_whole
signal.signal(signal.SIGUSR1, lambda *_: None)
write_whole()
sys.stdout.write("x" * {LENGTH})
"""


def _until_full(pipe: IO[bytes]) -> None:
    held = array.array("i", [0])
    deadline = time.monotonic() + 20
    while held[0] < PIPE:
        assert time.monotonic() < deadline, "the pipe was never full"
        fcntl.ioctl(pipe, termios.FIONREAD, held)
        time.sleep(0.01)


def test_a_signal_while_the_pipe_is_full_takes_nothing_away() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITES], stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout
        _until_full(process.stdout)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.1)  # let it come while the process is still waiting: earlier, nothing would be tried
        assert len(process.stdout.read()) == LENGTH
    assert process.returncode == 0
