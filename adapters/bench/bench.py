"""What all rows share: the folder, the scale, and the peers, each measured once when the first row asks for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from adapters.bench import peers
from adapters.bench.peers import NotInstalledError, Peer
from adapters.bench.process import Process
from adapters.bench.row import Row, Target
from adapters.bench.scale import Said, Scale
from adapters.bench.site import Site, site
from adapters.bench.task import Done, Task, told
from adapters.jetstream.streams import record_definition
from adapters.nats.folder import ServerFolder
from adapters.nats.staging import stage_in_memory

DURABLE: Final = "fsync before every answer (sync_interval: always), encrypted store, one server"
LENGTH: Final = 20


@dataclass
class Bench:
    """`stack` ends everything that was started, whatever happens. `profiles` is where profiles are written, if any."""

    folder: Path
    scale: Scale
    said: Said
    stack: ExitStack
    profiles: Path | None = None
    profiled: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """What was profiled: the file, and during how many acts."""

    @cached_property
    def site(self) -> Site:
        self.said("starting a network")
        return self.stack.enter_context(site(self.folder / "live"))

    @cached_property
    def postgresql(self) -> Peer | str:
        """Or why there is none."""
        return self._peer(peers.postgresql)

    @cached_property
    def sqlite(self) -> Peer | str:
        return self._peer(peers.sqlite)

    @cached_property
    def echo(self) -> float:
        """Acts a second through the live door with nothing behind it."""
        self.said("empty FastStream echo")
        live = self.site
        log = self.folder / "echo.log"
        with Process(["adapters.bench.echo", live.url, live.service_creds], log) as echo:
            echo.until_said("up.")
            done = self.load(live)
        return done.acts / done.took

    def raw_batches(self, *, in_memory: bool = True) -> float:
        """Messages a second in atomic batches of 100, to a stream set up as the record's.

        The server puts them together on the disk by itself, those of the record `in_memory`.
        """
        self.said(f"raw atomic batches, put together {'in memory' if in_memory else 'on the disk'}")
        done = self.raw("batches", self.scale.raw_batches, in_memory=in_memory)
        return 100 * done.acts / done.took

    def raw(self, do: str, acts: int, *, in_memory: bool = True) -> Done:
        live = self.site
        config = {**record_definition("BENCH", "bench").config, "name": "BENCH"}
        live.api("STREAM.CREATE.BENCH", config)
        if in_memory:
            stage_in_memory(ServerFolder.of(live.data), "BENCH")
        try:
            administrator = live.installation.administrator_creds()
            return told(Task(do=do, url=live.url, creds=[administrator], acts=acts))  # type: ignore[arg-type]
        finally:
            live.api("STREAM.DELETE.BENCH")

    def load(self, on: Site) -> Done:
        """The live load: new cases, 64 acts under way; before it a tenth of it, so that everybody is awake."""
        if self.scale.warmed:
            cases = max(1, self.scale.acts // LENGTH // 10)
            told(self.task(on, "load", first=on.new_cases(cases), cases=cases, length=LENGTH))
        cases = max(1, self.scale.acts // LENGTH)
        return told(self.task(on, "load", first=on.new_cases(cases), cases=cases, length=LENGTH))

    def task(self, on: Site, do: str, **more: float | str) -> Task:
        return Task(do=do, url=on.url, creds=on.creds, organisations=on.organisations, **more)  # type: ignore[arg-type]

    @contextmanager
    def profile(self, name: str, acts: int) -> Iterator[Path | None]:
        """Where the profile of a process is to be written, if profiles are wanted.

        It counts when the block is done: of one that was interrupted nobody knows how many acts it is about.
        """
        if self.profiles is None:
            yield None
            return
        yield (file := self.profiles / f"{name}.prof")
        self.profiled[name] = (file, acts)

    def beside_postgresql(self, name: str, work: str, value: float, least: float, settings: str) -> Row:
        """One more row, for the second peer of a work."""
        peer = self.postgresql
        return Row(
            name=f"{name}/postgresql",
            work=work,
            value=value,
            unit="acts/s",
            peer="stock library on PostgreSQL",
            peer_value=peer.single if isinstance(peer, Peer) else None,
            target=Target(of="ratio", at="least", bound=least),
            settings=f"{settings}; peer: {peer.settings}" if isinstance(peer, Peer) else settings,
            durability=f"peer: {peer.durability}" if isinstance(peer, Peer) else "",
            notes=peer.notes if isinstance(peer, Peer) else f"PostgreSQL {peer}",
        )

    def _peer(self, measure: Callable[[Path, Scale, Said], Peer]) -> Peer | str:
        folder = self.folder / "peers"
        folder.mkdir(exist_ok=True)
        try:
            return measure(folder, self.scale, self.said)
        except NotInstalledError as missing:
            return str(missing)


@contextmanager
def bench(folder: Path, scale: Scale, said: Said, profiles: Path | None = None) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(folder, scale, said, stack, profiles)
