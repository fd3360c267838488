"""The live door at work: alone, with views and feed behind it, on cold cases, and all in one process."""

from collections.abc import Iterator, Sequence

from adapters.bench.bench import DURABLE, LENGTH, Bench
from adapters.bench.filling import fill
from adapters.bench.peers import Peer
from adapters.bench.process import Process, usage
from adapters.bench.row import Row, Target
from adapters.bench.site import CATCHING_UP_S, Site, site
from adapters.bench.task import Done, told
from adapters.bench.workload import MIX

COLD_LENGTH = 50
PROFILED = 5_000
"""Acts; profilers make everything slow."""


def live(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    on = bench.site
    echo = bench.echo
    with on.part("desk") as desk:
        bench.said("live door, alone")
        before = _cpu(on, desk)
        done = bench.load(on)
        used = _cpu(on, desk)
    work = "live door, rules, sealing, fsync; views and feed stopped"
    settings = _settings(bench, "server and desk a process each, one client for all")
    cpu = ", ".join(f"{name} {1e6 * (used[name] - before[name]) / done.acts:.0f}" for name in used)
    yield Row(
        name="live",
        work=work,
        value=_rate(done),
        unit="acts/s",
        peer="empty FastStream echo",
        peer_value=echo,
        target=Target(of="ratio", at="least", bound=0.5),
        settings=settings,
        durability=DURABLE,
        notes=f"CPU µs an act: {cpu}, client {1e6 * done.cpu / done.acts:.0f}",
    )
    yield bench.beside_postgresql("live", work, _rate(done), 5, settings)
    yield _sqlite(bench, work, _rate(done), settings)
    if bench.profiles:
        _profiled(bench)


def followed(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    on = bench.site
    with on.parts("desk", "views", "feed"):
        on.wait_caught_up()
        bench.said("live door with views and feed")
        done = bench.load(on)
        behind = max(on.wait_views(done.position, CATCHING_UP_S), on.wait_feed(done.position, CATCHING_UP_S))
    work = "live door, views and feed running"
    settings = _settings(bench, "server, desk, views, feed a process each")
    yield Row(
        name="followed",
        work=work,
        value=_rate(done),
        unit="acts/s",
        peer="empty FastStream echo",
        peer_value=bench.echo,
        target=Target(of="ratio", at="least", bound=0.25),
        settings=settings,
        durability=f"{DURABLE}; views SQLite WAL",
    )
    yield bench.beside_postgresql("followed", work, _rate(done), 2.5, settings)
    yield Row(
        name="followed/behind",
        work="how far views and feed are behind at its end",
        value=behind,
        unit="s",
        target=Target(of="value", at="most", bound=1),
        settings="from the last answer until both stand there",
    )


def cold(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    on, cases = bench.site, bench.scale.cold
    first = on.cases
    bench.said("filling cold cases")
    fill(on, cases, COLD_LENGTH, bench.scale.open_cases, lambda _: None)
    with on.part("desk"):
        bench.said("live door on cold cases")
        task = bench.task(on, "load", first=first, cases=cases, length=COLD_LENGTH + 1, begun=COLD_LENGTH)
        done = told(task)
    yield Row(
        name="cold",
        work=f"live door, each act on a case of {COLD_LENGTH} entries that is not in memory",
        value=_rate(done),
        unit="acts/s",
        peer="empty FastStream echo",
        peer_value=bench.echo,
        settings=f"{cases} acts, 64 in flight, desk just started; server and desk a process each",
        durability=DURABLE,
    )


def up(bench: Bench, _: Sequence[str]) -> Iterator[Row]:
    bench.said("everything in one process")
    with site(bench.folder / "up", up=True) as on:
        done = bench.load(on)
        behind = max(on.wait_views(done.position, CATCHING_UP_S), on.wait_feed(done.position, CATCHING_UP_S))
    yield Row(
        name="up",
        work="live door, everything in one process (`raccordo up`)",
        value=_rate(done),
        unit="acts/s",
        peer="empty FastStream echo",
        peer_value=bench.echo,
        settings=_settings(bench, "one process and the server"),
        durability=DURABLE,
        notes=f"views and feed {behind:.1f} s behind at the end",
    )


def _profiled(bench: Bench) -> None:
    """Beside the rows: what is profiled is slow, and functions that call many small ones look dearer than they are.

    On a record of its own: a desk that first looks through a long one would hide what an act costs.
    """
    bench.said("profiles of the desk, the client and the views")
    cases = max(1, min(PROFILED, bench.scale.acts) // LENGTH)
    acts = cases * LENGTH
    with site(bench.folder / "profiled") as on:
        task = bench.task(on, "load", first=on.new_cases(cases), cases=cases, length=LENGTH)
        with (
            bench.profile("desk", acts) as desk,
            bench.profile("client", acts) as client,
            on.part("desk", profile=desk),
        ):
            position = told(task, profile=client).position
        with bench.profile("views", position) as views, on.part("views", profile=views):
            on.wait_views(position, CATCHING_UP_S)
        with bench.profile("feed", position) as feed, on.part("feed", profile=feed):
            on.wait_feed(position, CATCHING_UP_S)


def _sqlite(bench: Bench, work: str, value: float, settings: str) -> Row:
    peer = bench.sqlite
    assert isinstance(peer, Peer)  # noqa: S101 (it comes with Python)
    return Row(
        name="live/sqlite",
        work=work,
        value=value,
        unit="acts/s",
        peer="stock library on SQLite",
        peer_value=peer.single,
        settings=f"{settings}; peer: {peer.settings}",
        durability=f"peer: {peer.durability}",
        notes=peer.notes,
    )


def _settings(bench: Bench, processes: str) -> str:
    acts = bench.scale.acts // LENGTH * LENGTH
    return f"{acts:,} acts on {acts // LENGTH:,} cases of {LENGTH}, 64 in flight; {processes}; mix: {MIX}"


def _cpu(on: Site, desk: Process) -> dict[str, float]:
    return {"desk": desk.usage.cpu, "server": usage(on.server_pid).cpu}


def _rate(done: Done) -> float:
    return done.acts / done.took
