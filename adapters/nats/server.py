"""The message server that comes with us, running as a process of its own for one data folder."""

import os
import re
import subprocess
import time
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from adapters.nats import of_itself
from adapters.nats.binary import binary
from adapters.nats.config import STORE_KEY, server_config
from adapters.nats.connection import UnreachableError
from adapters.nats.folder import ServerFolder, address, free_lock
from adapters.nats.identity import Installation
from adapters.nats.memory import memory_rules
from adapters.nats.place import refuse_elsewhere
from adapters.nats.staging import clear, stage_in_memory
from adapters.nats.store_files import give_back, hold, with_content
from adapters.private_file import private_folder, write

_PAUSE = 0.01


class ServerFailedError(RuntimeError):
    """The message server did not start, or did not end."""


class NatsServer:
    """Started once we hold the folder (`FolderLock`); the ports the system chose are kept over restarts."""

    def __init__(self, installation: Installation, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.folder = ServerFolder.of(installation.data)
        self.host = host
        self.port = port
        self._installation = installation
        self._process: subprocess.Popen[bytes] | None = None
        self._url: str | None = None
        self._watcher = installation.watcher_creds()

    @property
    def url(self) -> str:
        return self._running()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailedError("the message server has not been started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *, within: float = 20.0) -> None:
        """Start the server and wait until it takes messages and has read its streams."""
        deadline = time.monotonic() + within
        for path in (self.folder.root, self.folder.accounts, self.folder.store):
            private_folder(path)
        lock = free_lock(self.folder, deadline)
        try:
            refuse_elsewhere(self.folder)
            self.folder.process.unlink(missing_ok=True)
            for stale in self.folder.root.glob("*.ports"):
                stale.unlink()
            write(self.folder.config, server_config(self._installation, self.folder, host=self.host, port=self.port))
            log_start = self.folder.log.stat().st_size if self.folder.log.exists() else 0
            hold(self.folder)
            self._process = self._spawn(lock)
        finally:
            os.close(lock)  # the server's own copy holds on, as long as it lives
        try:
            self._url = _ready_url(self._process, self.folder, self._watcher, deadline)
            give_back(self.folder)
            self._refuse_unread(deadline)
        except ServerFailedError as error:
            self.stop()
            give_back(self.folder)
            raise ServerFailedError(self._why(str(error), log_start)) from error
        self.port = urlsplit(self._url).port or self.port
        stage_in_memory(self.folder)

    def stop(self, *, within: float = 10.0) -> None:
        """End the server: it closes its files in order, or is killed when that takes too long."""
        if self._process is None:
            return
        if self.alive:
            self._process.terminate()
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._process.kill()
        if self._process.wait() == 0:
            clear(self.folder)
        self._url = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _running(self) -> str:
        if self._url is None:
            raise ServerFailedError("the message server is not running")
        return self._url

    def _spawn(self, lock: int) -> subprocess.Popen[bytes]:
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder.root),
            **memory_rules(),
            STORE_KEY: self._installation.store_key,
        }
        with self.folder.log.open("ab") as log:
            return subprocess.Popen(
                [binary(), "-c", str(self.folder.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=(lock,),
                # Ctrl-C in a terminal goes to the whole group: it would be gone before our last writes.
                start_new_session=True,
            )

    def _refuse_unread(self, deadline: float) -> None:
        """A stream that it has not taken up would be begun anew. (One that is killed just now has none.)"""
        while self.alive:
            with suppress(UnreachableError):
                if unread := with_content(self.folder) - of_itself.streams(self._running(), self._watcher):
                    named = ", ".join(sorted(unread))
                    raise ServerFailedError(
                        f"the message server cannot read {named}; nothing was written there. Restore the backup into a "
                        "new folder"
                    )
                return
            if time.monotonic() > deadline:
                raise ServerFailedError("the message server does not tell which streams it has")
            time.sleep(_PAUSE)

    def _why(self, reason: str, log_start: int) -> str:
        with self.folder.log.open("rb") as log:
            log.seek(log_start)
            said = log.read().decode(errors="replace").strip()
        if busy := re.search(r"listen tcp (\S+):(\d+): bind: address already in use", said):
            host, port = busy.groups()
            return f"port {port} on {host} is in use by another program: end that one, or choose another port"
        lines = said.splitlines()
        last = "\n".join([line for line in lines if "[WRN]" in line or "[ERR]" in line][-8:] or lines[-8:])
        return f"{reason}; its log, {self.folder.log}, says:\n{last}"


def _ready_url(process: subprocess.Popen[bytes], folder: ServerFolder, watcher: str, deadline: float) -> str:
    while time.monotonic() < deadline:
        if process.poll() is not None:
            msg = f"the message server ended at once (code {process.returncode})"
            raise ServerFailedError(msg)
        found = address(folder)
        if found is not None and of_itself.healthy(found, watcher):
            return found
        time.sleep(_PAUSE)
    raise ServerFailedError("the message server was not ready in time")
