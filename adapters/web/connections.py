"""Connections to the HTTP door: so many at once, and none for longer than a client keeps its turn.

Whoever sends half a request, or does not read its answer, is hung up on. If there are too many at once, the client
that has kept its turn longest goes first: so those that never finish do not keep others out.
"""

import asyncio
import time
from contextlib import suppress
from typing import Any, Final, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from adapters.ended import ended

PATIENCE_S: Final = 20.0
LOOK_S: Final = 1.0
LEAST_READ: Final = 16 * 1024
"""Bytes of an answer that a client has to read within `PATIENCE_S`, if there are so many."""
BY_LINES: Final = frozenset({"/api/acts/lines"})
"""Where a request goes on as long as whole lines come."""


class Connections:
    """All that are open. `most` bounds them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[Connection, None] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            await ended(self._task)

    def made(self, **by_server: Any) -> asyncio.Protocol:
        """What the HTTP server calls for each connection."""
        return Connection(self, AutoHTTPProtocol(**by_server))

    def opened(self, connection: "Connection") -> None:
        self._open[connection] = None
        if len(self._open) > self._most:
            waiting = (each for each in self._open if each.since is not None)
            min(waiting, key=lambda each: each.since or 0.0, default=connection).hang_up()

    def closed(self, connection: "Connection") -> None:
        self._open.pop(connection, None)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            now = time.monotonic()
            for connection in tuple(self._open):
                with suppress(RuntimeError, OSError):  # it may have gone just now
                    if connection.overdue(now):
                        connection.hang_up()


class Connection(asyncio.Protocol):
    """One connection: passes on what comes to the HTTP server's own protocol, and knows whose turn it is.

    `since` is when the client's turn began: to send the rest of a request, or a first or next one. None is our turn.
    """

    def __init__(self, connections: Connections, inner: Any) -> None:
        self._connections = connections
        self._inner = inner
        self._app = cast("ASGIApp", inner.app)
        inner.app = self._asked
        self._transport: asyncio.Transport | None = None
        self._idle = False
        self._sent = 0
        self._read = (0, time.monotonic())
        """Bytes that the client had read when it was last seen to read, and when."""
        self.since: float | None = time.monotonic()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._inner.connection_made(transport)
        self._connections.opened(self)

    def data_received(self, data: bytes) -> None:
        if self._idle:
            self._idle, self.since = False, time.monotonic()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return cast("bool | None", self._inner.eof_received())

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.closed(self)
        self._inner.connection_lost(exc)

    def hang_up(self) -> None:
        self._connections.closed(self)
        if self._transport:
            self._transport.abort()

    def overdue(self, now: float) -> bool:
        """True if the client has kept its turn for too long, or reads too little of what was sent to it."""
        unread = self._transport.get_write_buffer_size() if self._transport else 0
        if not unread:
            self._read = self._sent, now
            return self.since is not None and now - self.since > PATIENCE_S
        if self._idle:
            self.since = now  # its turn begins when it has read the answer
        read, at = self._read
        if self._sent - unread >= read + LEAST_READ:
            self._read = self._sent - unread, now
            return False
        return now - at > PATIENCE_S

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, whose head is there."""
        whole = not _has_body(scope)
        by_lines = scope.get("path") in BY_LINES
        if whole:
            self.since = None

        async def received() -> Message:
            if by_lines and self.since is None and not whole:
                self.since = time.monotonic()
            message = await receive()
            if not message.get("more_body") or (by_lines and b"\n" in message.get("body", b"")):
                self.since = None
            return message

        async def sent(message: Message) -> None:
            self._sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, received, sent)
        finally:
            self._idle, self.since = True, time.monotonic()


def _has_body(scope: Scope) -> bool:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    with suppress(ValueError):
        return b"transfer-encoding" in headers or int(headers.get(b"content-length", b"0")) > 0
    return True
