"""The HTTP server, run on the loop of the service."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Final, cast

import uvicorn
from fastapi import FastAPI

from adapters.web.connections import Connections

GRACE_S: Final = 2
"""How long a request may go on when the service ends; one that hands in lines could last for ever."""

BACKLOG: Final = 64
"""Connections that wait to be taken: so many may be open for a moment beyond those that are let in."""


class _Quiet(uvicorn.Server):
    """Leaves the signals to the service, which ends its parts in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """`most` connections at once."""

    def __init__(self, app: FastAPI, host: str, port: int, *, most: int) -> None:
        self._connections = Connections(most)
        self._server = _Quiet(
            uvicorn.Config(
                app,
                http=cast("Any", self._connections.made),  # it asks for a class, and calls it
                ws="none",
                backlog=BACKLOG,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._address = host, port
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Return its URL; port 0 lets the system choose."""
        host, port = self._address
        try:
            listening = socket.create_server((host, port))
        except OSError:
            raise PortInUseError(f"{host}:{port} cannot be listened on: choose another address with --http") from None
        self._connections.start()
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[listening]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 (the library tells no other way)
            await asyncio.sleep(0.01)
        return f"http://{host}:{listening.getsockname()[1]}"

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task:
            await self._task
        await self._connections.stop()


class PortInUseError(RuntimeError):
    """Another program listens there."""
