"""The doctor: every check that can be made, in order, whatever runs."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from adapters.folder_lock import FolderInUseError
from adapters.nats.folder import FolderHeldError, ServerFolder, running_address
from adapters.nats.identity import Installation
from adapters.nats.of_folder import server_of
from adapters.nats.server import ServerFailedError
from adapters.running import Running, running
from adapters.upkeep.checks import Finding, advised, graded
from adapters.upkeep.checks_folder import folder, missing_keys
from adapters.upkeep.checks_server import server
from adapters.upkeep.whole_record import read_through

WARN_LAG, FAIL_LAG = 1_000, 100_000
WITHIN_S = 5.0

_WAITING = "It tries again by itself; if it stays so, this version cannot read the entry: update"
_LOST = "Where it lost entries nothing more is recorded: restore the backup into a new folder, or see the log"


async def examined(data: Path) -> list[Finding]:
    found = list(folder(data))
    runs = running(data)
    if missing_keys(data):
        return found  # opening the installation would make new keys in the place of those that are missing
    if runs is None:
        found.append(Finding("service", "warn", f"none runs. Start it with: raccordo up --data {data}"))
        return [*found, *[finding async for finding in _store_alone(data)]]
    ours = await asyncio.to_thread(running_address, data)
    found += [finding async for finding in server(Installation.open(data), runs, ours.monitor_url if ours else None)]
    return [*found, *await asyncio.to_thread(lambda: list(service(runs.http)))]


async def _store_alone(data: Path) -> AsyncIterator[Finding]:
    """The store of a service that does not run, or will not start: its message server is started for the while."""
    if not ServerFolder.of(data).store.is_dir():
        return
    try:
        async with server_of(data) as url:
            runs = Running(pid=0, nats=url, http="", office="")
            async for finding in server(Installation.open(data), runs, None, accounts=False):
                yield finding
            yield await read_through(Installation.open(data), url)
    except (FolderInUseError, FolderHeldError, ServerFailedError) as error:
        yield Finding("message server", "fail", str(error))


def service(http: str) -> Iterator[Finding]:
    try:
        told = _health(http)
    except (URLError, OSError, ValueError) as error:
        yield Finding("service", "fail", f"{http} does not answer ({type(error).__name__}). See its log, or restart it")
        return
    well = told["status"] == "ok"
    yield advised("service", "ok" if well else "fail", f"{http} says {told['status']}", "What it is, is told below")
    for part, stands in told.items():
        if isinstance(stands, dict):
            yield from _part(part, stands)


def _part(part: str, stands: dict[str, Any]) -> Iterator[Finding]:
    if stopped := stands.get("stopped"):
        at = f" at position {stopped['position']}" if stopped.get("position") else ""
        advice = _LOST if part == "record" else _WAITING
        yield Finding(part, "fail", f"stopped{at}: {stopped.get('reason')}. {advice}")
    elif "cpu_s" in stands:
        says = f"{stands['kept']} kept, {stands['put_off']} put off since the start, {stands['cpu_s']:.1f} s of CPU"
        yield Finding(part, "ok", says)
    elif "waiting" in stands:
        yield Finding(part, "ok", f"{stands['waiting']} acts wait to be answered")
    elif "lag" in stands:
        lag = stands["lag"]
        if lag is None:
            yield Finding(part, "warn", f"at position {stands['position']}; how far behind is not known")
            return
        advice = "It is catching up; if that number does not fall, see the log"
        yield advised(
            part, graded(lag, warn=WARN_LAG, fail=FAIL_LAG), f"{lag} behind, at position {stands['position']}", advice
        )


def _health(http: str) -> dict[str, Any]:
    try:
        with urlopen(f"{http}/health", timeout=WITHIN_S) as answer:  # noqa: S310 (the address our own service wrote)
            told: dict[str, Any] = json.load(answer)
    except HTTPError as error:  # 503 has the same document
        with error:
            told = json.load(error)
    return told
