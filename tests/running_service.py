"""A real service in processes of its own, with real sockets, that a test may kill and start again."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from adapters.nats.folder import ServerFolder
from adapters.nats.identity import Installation
from adapters.registration import Wanted, add
from adapters.running import Running, running

COMMAND = [sys.executable, "-m", "adapters.cli"]
STARTS_S = 120.0
"""A start is waited for while its processes live; one that ends fails at once. How long a start takes is measured by
`raccordo bench` (the row `up`): beside ten other programs the interpreter alone takes half a minute to load it."""


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation of the network, as it holds its own papers."""

    id: str
    creds: str = field(repr=False)
    token: str = field(repr=False)


@dataclass(slots=True)
class HttpAnswer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class RunningService:
    data: Path
    command: list[str] = field(default_factory=lambda: [*COMMAND, "up"])
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _ports: tuple[int, int] = (0, 0)

    def start(self, *, within: float = STARTS_S) -> None:
        """On the folder and the ports it had before; returns when it answers."""
        http, nats = self._ports
        addresses = ["--http", f"127.0.0.1:{http}", "--nats", f"127.0.0.1:{nats}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.command, "--data", str(self.data), *addresses],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment},
            )
        self._wait(lambda: self._told() is not None, within, "did not start")
        self._ports = urlsplit(self.running.http).port or 0, urlsplit(self.running.nats).port or 0

    def until_logged(self, text: str, *, within: float = 30.0) -> None:
        self._wait(lambda: text in self.log.read_text(), within, f"did not say {text!r}")

    def state(self) -> str:
        """For a failure's message: whether it runs, how it says it is, and the end of its log (neither is personal)."""
        ended = self._process.poll() if self._process else "never started"
        try:
            health = str(self.health().body) if ended is None else "not asked"
        except OSError as error:
            health = f"not answered: {error}"
        runs = "it runs" if ended is None else f"it ended with {ended}"
        return f"{runs}; health: {health}; its log ends:\n{self.log.read_text()[-3000:]}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    @property
    def running(self) -> Running:
        found = self._told()
        assert found is not None, "the service does not run"
        return found

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def server_pid(self) -> int:
        return int(ServerFolder.of(self.data).process.read_text())

    def stop(self, *, by: signal.Signals = signal.SIGTERM, within: float = 20.0) -> int:
        """End it as a person would, and return its exit code."""
        assert self._process is not None
        self._process.send_signal(by)
        return self._process.wait(within)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def kill_server(self, within: float = 10.0) -> None:
        """Kill the server that runs; one that is being started again has told nobody yet which process it is."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            with suppress(FileNotFoundError, ProcessLookupError, ValueError):
                return os.kill(self.server_pid, signal.SIGKILL)
            time.sleep(0.01)
        raise AssertionError(f"there is no message server to kill: {self.state()}")

    def end(self) -> None:
        """However it stands; nothing of it is left."""
        if self._process is not None and self._process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        with suppress(OSError, ValueError):
            os.kill(self.server_pid, signal.SIGKILL)

    def add(self, name: str, kind: str, **more: Any) -> Member:
        """Register an organisation as the command line does."""
        creds, token = self.data / f"{name}.creds", self.data / f"{name}.token"
        wanted = Wanted(name=name, kind=kind, **more)
        id_ = asyncio.run(add(Installation.open(self.data), self.running, wanted, creds, token))
        return Member(id_, creds.read_text(), token.read_text().strip())

    def http(
        self, method: str, path: str, token: str | None = None, body: bytes | None = None, **headers: str
    ) -> HttpAnswer:
        """One request with a connection of its own."""
        request = urllib.request.Request(self.running.http + path, body, method=method)  # noqa: S310 (our own)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if token is not None:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return HttpAnswer(answer.status, dict(answer.headers), _json(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return HttpAnswer(error.code, dict(error.headers), _json(error.read()))

    @property
    def office_token(self) -> str:
        return (self.data / "office" / "office.token").read_text().strip()

    def health(self) -> HttpAnswer:
        """As the operator is told: with the reasons."""
        return self.http("GET", "/health", self.office_token)

    def _told(self) -> Running | None:
        found = running(self.data)
        return found if found and self._process and found.pid == self._process.pid else None

    def _wait(self, reached: Callable[[], bool], within: float, failed: str) -> None:
        assert self._process is not None
        deadline = time.monotonic() + within
        while not reached():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the service {failed}:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)


@contextmanager
def running_service(data: Path, **how: Any) -> Iterator[RunningService]:
    service = RunningService(data, **how)
    try:
        service.start()
        yield service
    finally:
        service.end()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
