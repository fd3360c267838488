"""The doctor: every check that can be made, in order, whatever runs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from adapters.folder_lock import FolderInUseError
from adapters.nats.folder import FolderHeldError, ServerFolder, address
from adapters.nats.identity import Installation
from adapters.nats.of_folder import server_of
from adapters.nats.place import ElsewhereError
from adapters.nats.server import ServerFailedError
from adapters.own_health import own_health
from adapters.running import Running, running
from adapters.typed import typed
from adapters.upkeep.checks import Finding, advised, graded
from adapters.upkeep.checks_folder import folder, missing_keys
from adapters.upkeep.checks_persons import persons
from adapters.upkeep.checks_server import server
from adapters.upkeep.whole_record import read_through
from services.budgets import MIB

WARN_LAG, FAIL_LAG = 1_000, 100_000
WITHIN_S = 5.0

WHERE = {"drop": "wait at the drop doors", "dead": "are kept aside"}

_ROOM = {
    True: ("the disk has more room than the service keeps free", ""),
    False: (
        "the service records nothing: its disk has less room than it keeps free",
        "Make room, or start it with a smaller RACCORDO_ROOM (bytes)",
    ),
}
"""Whether there is room as the service itself counts it → what is said, and what to do."""

_WAITING = "It tries again by itself; if it stays so, this version cannot read the entry: update"
_LOST = "Where it lost entries nothing more is recorded: restore the backup into a new folder, or see the log"

_APART = "Let their machines follow a time server: until then that desk puts off what it is told"
_ADVICE = {"record": _LOST, "clocks": _APART}


async def examined(data: Path) -> list[Finding]:
    found = list(folder(data))
    runs = running(data)
    if missing_keys(data):
        return found  # opening the installation would make new keys in the place of those that are missing
    found.append(persons(data))
    if runs is None:
        found.append(Finding("service", "warn", f"none runs. Start it with: raccordo up --data {typed(data)}"))
        return [*found, *[finding async for finding in _store_alone(data)]]
    ours = address(ServerFolder.of(data)) == runs.nats
    found += [finding async for finding in server(Installation.open(data), runs, ours=ours)]
    return [*found, *await asyncio.to_thread(lambda: list(service(data, runs.http)))]


async def _store_alone(data: Path) -> AsyncIterator[Finding]:
    """The store of a service that does not run, or will not start: its message server is started for the while."""
    if not ServerFolder.of(data).store.is_dir():
        return
    try:
        async with server_of(data) as url:
            runs = Running(pid=0, nats=url, http="", office="")
            async for finding in server(Installation.open(data), runs, ours=True, accounts=False):
                yield finding
            yield await read_through(Installation.open(data), url)
    except (ElsewhereError, FolderInUseError, FolderHeldError, ServerFailedError) as error:
        yield Finding("message server", "fail", str(error))


def service(data: Path, http: str) -> Iterator[Finding]:
    try:
        told = own_health(data, http, within=WITHIN_S)
    except (OSError, ValueError) as error:
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
        advice = _ADVICE.get(part, _WAITING)
        yield Finding(part, "fail", f"stopped{at}: {stopped.get('reason')}. {advice}")
    elif "room" in stands:
        says, advice = _ROOM[stands["room"]]
        yield advised("room", "ok" if stands["room"] else "fail", says, advice)
    elif "over" in stands:
        yield _budgets(stands)
    elif "desks" in stands:
        yield Finding(part, "ok", f"{stands['desks']} desks, none of which differs by over 1 s")
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


def _budgets(stands: dict[str, Any]) -> Finding:
    """In totals: whom it is, the log says."""
    over = {of: number for of, number in stands["over"].items() if number}
    held = ", ".join(f"{size / MIB:.1f} MB {WHERE[of]}" for of, size in stands["bytes"].items() if of in WHERE)
    more = [f"{number} acts put off ({of})" for of, number in stands["put_off"].items()]
    more += [f"{number} unread not kept ({of})" for of, number in stands["not_kept"].items()]
    which = f" ({', '.join(of if number == 1 else f'{of} by {number}' for of, number in over.items())})" if over else ""
    says = ", ".join([f"{sum(over.values())} used up{which}", *([held] if held else []), *more])
    advice = "Find out who sends so much, and why: it is told to try later, and nobody else notices"
    return advised("budgets", "warn" if over else "ok", says, advice)
