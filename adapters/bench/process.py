"""A process of the bench: started, watched and ended by its own id, whatever happens to the bench."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

PATIENCE_S: Final = 300.0
ENVIRONMENT: Final = {name: value for name, value in os.environ.items() if not name.startswith("RACCORDO_")}
"""Ours, without what is set for a service that runs on this machine."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class BenchFailedError(RuntimeError):
    """Something that is measured did not run; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds so far, resident bytes now, and the most there ever were; 0 where the system does not tell."""

    cpu: float
    resident: int
    peak: int


class Process:
    """Ended with SIGTERM when the block is left, and killed if that takes too long."""

    def __init__(
        self,
        arguments: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        profile: Path | None = None,
    ) -> None:
        module = ["-m", *arguments]
        command = ["-m", "adapters.bench.profiled", str(profile), *arguments] if profile else module
        self.log = log
        with log.open("wb") as file:  # what an earlier one said is not what this one says
            self._popen = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env={**ENVIRONMENT, **(environment or {})},
                start_new_session=True,  # Ctrl-C is for the bench; it ends its processes in order
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def usage(self) -> Usage:
        return usage(self.pid)

    def until_said(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while text not in self.log.read_text("utf-8"):
            if self._popen.poll() is not None or time.monotonic() > deadline:
                raise BenchFailedError(f"{self.log.stem} did not start: {self.log.read_text('utf-8')[-800:]}")
            time.sleep(0.02)

    def must_run(self) -> None:
        if self._popen.poll() is not None:
            raise BenchFailedError(f"{self.log.stem} has ended: {self.log.read_text('utf-8')[-800:]}")

    def end(self) -> None:
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(20)
        self._popen.kill()
        self._popen.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


def asked(arguments: Sequence[str], task: str, *, profile: Path | None = None) -> str:
    """What a module says when it is given the task; it is ended with us."""
    command = ["adapters.bench.profiled", str(profile), *arguments] if profile else list(arguments)
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    ) as process:
        try:
            said, wrong = process.communicate(task)
        finally:
            process.kill()
    if process.returncode:
        raise BenchFailedError(f"{arguments[0]}: {wrong[-800:]}")
    return said


def usage(pid: int) -> Usage:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return Usage(0, 0, 0)
    kilobytes = {
        line.partition(":")[0]: int(line.split()[1])
        for line in status.splitlines()
        if line.startswith(("VmRSS", "VmHWM"))
    }
    return Usage(
        (int(stat[11]) + int(stat[12])) / _TICKS, kilobytes.get("VmRSS", 0) * 1024, kilobytes.get("VmHWM", 0) * 1024
    )
