"""A network of four organisations on a folder of its own, whose parts run as processes while they are measured."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from nats.aio.client import RawCredentials

from adapters.bench.process import PATIENCE_S, BenchFailedError, Process
from adapters.bench.workload import Workload
from adapters.jetstream.feed import open_feed
from adapters.jetstream.link import Address, Link
from adapters.nats.folder import FolderHeldError, ServerFolder, free_lock
from adapters.nats.identity import Installation
from adapters.registration import Wanted, add
from adapters.running import Running, running, server_on
from adapters.settings import UNBOUNDED
from adapters.sql.generations import generations
from services.views.beside import ViewsBeside
from services.views.store import NotBuiltError

KINDS = ("employment-centre", "social-cooperative-b", "mental-health-service", "trainer")
WITHIN_S = 5.0
CATCHING_UP_S = 600.0
_UNBOUNDED = {f"RACCORDO_{name.upper()}": str(value) for name, value in UNBOUNDED.items()}
ADDRESSES = ("--http", "127.0.0.1:0", "--nats", "127.0.0.1:0")


@dataclass
class Site:
    """`organisations` and `creds` in the order of `Workload`."""

    data: Path
    organisations: list[str] = field(default_factory=list)
    creds: list[str] = field(default_factory=list)
    cases: int = 0
    """Numbers of cases that have been told of."""
    limits: Mapping[str, str] = field(default_factory=lambda: _UNBOUNDED)
    """What each organisation may use, as the environment says; by itself all that goes through."""

    @property
    def url(self) -> str:
        if (url := server_on(self.data)) is None:
            raise BenchFailedError(f"no message server runs on {self.data}")
        return url

    @property
    def installation(self) -> Installation:
        return Installation.open(self.data)

    @property
    def service_creds(self) -> str:
        return str(self.data / "keys" / "service.creds")

    @property
    def server_pid(self) -> int:
        return int(ServerFolder.of(self.data).process.read_text())

    def workload(self, *, alone: bool = False) -> Workload:
        return Workload(self.organisations, alone=alone)

    def new_cases(self, count: int) -> int:
        """Return the number of the first."""
        first, self.cases = self.cases, self.cases + count
        return first

    @contextmanager
    def part(self, *parts: str, profile: Path | None = None) -> Iterator[Process]:
        """Some parts in one process, until the end of the block."""
        with self._begun(*parts, profile=profile) as process:
            process.until_said("up.")
            yield process

    def _begun(self, *parts: str, profile: Path | None = None) -> Process:
        log = self.data.parent / f"{self.data.name}-{'-'.join(parts)}.log"
        log.unlink(missing_ok=True)
        command = ("up",) if parts == ("up",) else ("serve", *parts)
        arguments = ["adapters.cli", *command, "--data", str(self.data), *ADDRESSES]
        return Process(arguments, log, environment={"COLUMNS": "200", **self.limits}, profile=profile)

    @contextmanager
    def parts(self, *parts: str) -> Iterator[dict[str, Process]]:
        """Each in a process of its own."""
        with ExitStack() as stack:
            begun = {part: stack.enter_context(self._begun(part)) for part in parts}
            for process in begun.values():
                process.until_said("up.")
            yield begun

    def register(self) -> None:
        """While all parts run."""
        if (found := running(self.data)) is None:
            raise BenchFailedError(f"the service on {self.data} does not run")
        for kind in KINDS:
            id_, creds = self.one_more(found, kind)
            self.organisations.append(id_)
            self.creds.append(creds)

    def one_more(self, found: Running, kind: str) -> tuple[str, str]:
        """The id and the credentials of another organisation, which is none of the load's."""
        file = self.data / f"{len(list(self.data.glob('*.creds')))}.creds"
        wanted = Wanted(name=f"Ente di prova {file.stem}", kind=kind)
        return asyncio.run(add(self.installation, found, wanted, file, None)), file.read_text("utf-8")

    def views_stand(self) -> int:
        with closing(ViewsBeside(generations(self.data, None))) as views, suppress(NotBuiltError):
            return views.status.position
        return 0

    def wait_views(self, position: int, within: float = PATIENCE_S, of: Process | None = None) -> float:
        """Seconds until they stand there; in vain if the process that makes them ends."""
        with closing(ViewsBeside(generations(self.data, None))) as views:

            def stand() -> int:
                with suppress(NotBuiltError):
                    return views.status.position
                return 0

            return until(lambda: stand() >= position, "the views do not get there", within, of)

    def wait_feed(self, position: int, within: float = PATIENCE_S, of: Process | None = None) -> float:
        with closing(open_feed(self.url, self.service_creds)) as feed:

            def stands() -> bool:
                kept = feed.kept()
                return kept is not None and kept.cursor.whole >= position

            return until(stands, "the feed does not get there", within, of)

    def wait_caught_up(self) -> None:
        """Until views and feed have all that is on the record: what is measured then has the machine for itself."""
        last = int(self.stream("RECORD")["last_seq"])
        self.wait_views(last, CATCHING_UP_S)
        self.wait_feed(last, CATCHING_UP_S)

    def stream(self, name: str) -> dict[str, Any]:
        """Its state, as the server says."""
        return dict(self.api(f"STREAM.INFO.{name}")["state"])

    def api(self, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of JetStream as an administrator."""

        async def called() -> dict[str, Any]:
            async with self.administering() as link:
                return dict(await link.api(call, body, within=WITHIN_S))

        return asyncio.run(called())

    @asynccontextmanager
    async def administering(self) -> AsyncIterator[Link]:
        creds = cast("str", RawCredentials(self.installation.administrator_creds()))  # on no disk
        link = await Link.open(Address(self.url, creds), WITHIN_S)
        try:
            yield link
        finally:
            await link.close()


@contextmanager
def site(data: Path, *, up: bool = False, limits: Mapping[str, str] = _UNBOUNDED) -> Iterator[Site]:
    """With its message server running, or (`up`) everything in one process."""
    data.mkdir(parents=True)
    made = Site(data, limits=limits)
    server = made.part("up") if up else made.part("server")
    try:
        with server:
            if up:
                made.register()
            else:
                with made.part("desk", "views", "feed", "web"):
                    made.register()
            yield made
    finally:
        _left_behind(data)


def until(reached: Callable[[], bool], failed: str, within: float, of: Process | None = None) -> float:
    began = time.perf_counter()
    while not reached():
        if of:
            of.must_run()
        if time.perf_counter() - began > within:
            raise BenchFailedError(f"{failed} within {within:g} s")
        time.sleep(0.01)
    return time.perf_counter() - began


def _left_behind(data: Path) -> None:
    """The server ends with the process that started it; where that was killed, it is ended here."""
    with suppress(OSError, FolderHeldError):
        os.close(free_lock(ServerFolder.of(data), time.monotonic() + 2 * WITHIN_S))
