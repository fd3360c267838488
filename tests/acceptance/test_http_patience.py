"""Requests that never finish are ended after a while, and many of them at once keep nobody out."""

import asyncio
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapters.web.app import ARRIVES_S
from adapters.web.connections import PATIENCE_S
from tests.running_service import Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]
PATIENCE, LATEST = 8.0, 16.0
HASTY = [sys.executable, "-m", "tests.acceptance.hasty_service", "up"]
HOST = b"Host: raccordo\r\n"
FEW = 256


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, Member]]:
    with running_service(tmp_path_factory.mktemp("patience") / "data", command=HASTY) as service:
        yield service, service.add("centre", "employment-centre")


def connected(service: RunningService, *, receive: int | None = None) -> socket.socket:
    where = urlsplit(service.running.http)
    client = socket.socket()
    if receive:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    client.connect((where.hostname, where.port))
    client.settimeout(0.05)
    return client


def ended(client: socket.socket) -> bool:
    """Whether the other side has hung up; what it had answered before is read and thrown away."""
    try:
        while client.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def head(token: str, path: bytes = b"/api/acts", more: bytes = b"Content-Length: 500\r\n") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"Authorization: Bearer " + token.encode() + b"\r\n" + more


CHUNKED = b"Transfer-Encoding: chunked\r\n"
LINES = b"/api/acts/lines"
UNFINISHED: dict[str, Callable[[str], tuple[bytes, bytes]]] = {
    "nothing at all": lambda _: (b"", b""),
    "half a line": lambda _: (b"GET /hea", b""),
    "half the headers": lambda _: (b"GET /health HTTP/1.1\r\n" + HOST, b""),
    "headers a byte at a time": lambda _: (b"GET /health HTTP/1.1\r\n" + HOST + b"X-Slow: ", b"x"),
    "headers without an end": lambda _: (b"GET /health HTTP/1.1\r\n" + HOST, b"X-Slow: 1\r\n"),
    "a body announced and not sent": lambda token: (head(token) + b"\r\n", b""),
    "a body a byte at a time": lambda token: (head(token) + b"\r\n{", b" "),
    "half of a chunk": lambda token: (head(token, more=CHUNKED) + b"\r\n500\r\n{", b""),
    "a chunk a byte at a time": lambda token: (head(token, more=CHUNKED) + b"\r\n", b"1\r\n \r\n"),
    "a body where none is asked for": lambda _: (
        b"GET /health HTTP/1.1\r\n" + HOST + b"Content-Length: 5000\r\n\r\n",
        b"x",
    ),
    "a body of a stranger": lambda _: (head("nobody") + b"\r\n{", b" "),
    "lines of which none comes": lambda token: (head(token, LINES, CHUNKED) + b"\r\n", b""),
    "a line a byte at a time": lambda token: (head(token, LINES, CHUNKED) + b"\r\n", b"1\r\n \r\n"),
}


def test_as_shipped_a_request_has_twenty_seconds() -> None:
    assert (PATIENCE_S, ARRIVES_S) == (20, 15)


def test_whoever_keeps_its_turn_is_hung_up_on(service: tuple[RunningService, Member]) -> None:
    """All kinds at once: each is left to itself, or goes on a byte every half second."""
    served, centre = service
    with ExitStack() as stack:
        clients = {kind: stack.enter_context(connected(served)) for kind in UNFINISHED}
        drops = {kind: begin(clients[kind], *say(centre.token)) for kind, say in UNFINISHED.items()}
        closed = until_ended(clients, drops, served)
    assert set(closed) == set(UNFINISHED), set(UNFINISHED) - set(closed)
    assert max(closed.values()) <= LATEST, closed


def begin(client: socket.socket, first: bytes, drop: bytes) -> bytes:
    client.sendall(first)
    return drop


def until_ended(clients: dict[str, socket.socket], drops: dict[str, bytes], served: RunningService) -> dict[str, float]:
    """Seconds after which each was hung up on; meanwhile others are answered."""
    began, closed = time.monotonic(), dict[str, float]()
    while len(closed) < len(clients) and time.monotonic() - began < LATEST + 5:
        for kind in clients.keys() - closed.keys():
            with suppress(OSError):
                clients[kind].sendall(drops[kind])
            if ended(clients[kind]):
                closed[kind] = time.monotonic() - began
        assert served.http("GET", "/health").status == 200
    return closed


def test_a_body_that_comes_too_slowly_is_told_so(service: tuple[RunningService, Member]) -> None:
    served, centre = service
    with connected(served) as client:
        client.sendall(head(centre.token) + b"\r\n{")
        client.settimeout(LATEST)
        answer = b""
        while part := client.recv(65536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"door.too-slow"' in answer


def test_who_does_not_read_its_answers_is_hung_up_on(service: tuple[RunningService, Member]) -> None:
    served, _ = service
    asked = b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n"
    with connected(served, receive=4096) as client:
        client.sendall(asked * 200)
        assert within(LATEST + 5, lambda: connections(served) == 0), connections(served)


def connections(service: RunningService) -> int:
    """Those of partners that the service has open, as the system says."""
    port = f"{urlsplit(service.running.http).port:04X}"
    rows = [line.split() for line in Path(f"/proc/{service.pid}/net/tcp").read_text().splitlines()[1:]]
    own = {os.readlink(file) for file in Path(f"/proc/{service.pid}/fd").iterdir() if file.is_symlink()}  # noqa: PTH115
    return sum(row[1].endswith(f":{port}") and row[3] != "0A" and f"socket:[{row[9]}]" in own for row in rows)


def within(seconds: float, reached: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(0.2)
    return False


def test_who_goes_on_slowly_is_answered(service: tuple[RunningService, Member], act: Make) -> None:
    """Lines that come one every few seconds, a question that waits for its answer, answers that are read by and by."""
    served, centre = service
    with connected(served) as lines, connected(served) as waiting, connected(served, receive=4096) as reading:
        reading.sendall((b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 200)
        longer = f"/api/board?after={2**40}&timeout={PATIENCE + 4:.0f}"
        asked = f"GET {longer} HTTP/1.1\r\nAuthorization: Bearer {centre.token}\r\n"
        waiting.sendall(asked.encode() + HOST + b"\r\n")
        lines.sendall(head(centre.token, LINES, CHUNKED) + b"\r\n")
        for _ in range(4):
            line = json.dumps(act("case-opened")).encode() + b"\n"
            lines.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            for _ in range(3):
                time.sleep(1)
                assert read(reading, 32 * 1024), "it was hung up on"
        lines.sendall(b"0\r\n\r\n")
        lines.settimeout(10)
        answered = b""
        while answered.count(b'"outcome":"recorded"') < 4:
            answered += lines.recv(65536)
        waiting.settimeout(10)
        assert b"not yet" in waiting.recv(65536)


def read(client: socket.socket, most: int) -> int:
    """So many bytes at most, as they are there."""
    got = 0
    with suppress(TimeoutError):
        while got < most and (part := client.recv(most - got)):
            got += len(part)
    return got


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[tuple[RunningService, Member]]:
    """A service that may have few descriptors."""
    limit = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW}, {FEW}));"
    run = "runpy.run_module('adapters.cli', run_name='__main__', alter_sys=True)"
    command = [sys.executable, "-c", f"{limit} {run}", "up"]
    with running_service(tmp_path / "data", command=command) as service:
        yield service, service.add("centre", "employment-centre")


@pytest.fixture
def many(poor: tuple[RunningService, Member]) -> Iterator[list[socket.socket]]:
    """Connections that ask for nothing, more than there are descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft > 3 * FEW, "this test needs descriptors of its own"
    clients = []
    with ExitStack() as stack:
        for _ in range(2 * FEW):
            with suppress(OSError):
                clients.append(stack.enter_context(connected(poor[0])))
        yield clients
    assert (soft, hard) == resource.getrlimit(resource.RLIMIT_NOFILE)


def test_more_connections_than_there_are_descriptors_keep_nobody_out(
    poor: tuple[RunningService, Member], many: list[socket.socket], act: Make
) -> None:
    service, centre = poor
    assert len(many) > FEW
    began = time.monotonic()
    for _ in range(5):
        answer = service.http("POST", "/api/acts", centre.token, json.dumps(act("case-opened")).encode())
        assert answer.status == 201
    assert time.monotonic() - began < PATIENCE_S / 2
    assert connections(service) <= FEW / 2


@pytest.mark.kills
def test_the_message_server_is_started_again_while_there_are_no_descriptors(
    poor: tuple[RunningService, Member], many: list[socket.socket], act: Make
) -> None:
    service, centre = poor
    with ExitStack() as stack:
        for _ in range(FEW):  # also while it is being started
            with suppress(OSError):
                many.append(stack.enter_context(connected(service)))
        killed = service.server_pid
        os.kill(killed, signal.SIGKILL)
        assert within(20, lambda: server_of(service) not in (None, killed)), service.state()
        assert within(30, lambda: recorded(service, centre, act)), service.state()
    assert within(30, lambda: service.http("GET", "/health").status == 200), service.state()


def server_of(service: RunningService) -> int | None:
    with suppress(OSError, ValueError):
        return service.server_pid
    return None


def recorded(service: RunningService, centre: Member, act: Make) -> bool:
    with suppress(OSError):
        sent = json.dumps(act("case-opened")).encode()
        return service.http("POST", "/api/acts", centre.token, sent).status == 201
    return False


async def test_a_partner_that_opens_connections_to_the_message_server_leaves_it_its_descriptors(
    poor: tuple[RunningService, Member], act: Make
) -> None:
    service, centre = poor
    where = urlsplit(service.running.nats)
    with ExitStack() as stack:
        for _ in range(2 * FEW):
            with suppress(OSError):
                client = stack.enter_context(socket.socket())
                client.settimeout(0.2)
                client.connect((where.hostname, where.port))
        assert await asyncio.to_thread(within, 5, lambda: recorded(service, centre, act))
        assert await asyncio.to_thread(within, 5, lambda: open_files(service.server_pid) < FEW / 2)
    assert service.http("GET", "/health").status == 200


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
