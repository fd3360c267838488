"""The doctor looks at the message server and the streams, over a connection that may only read."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from eventsourcing.persistence import PersistenceError
from nats.aio.client import RawCredentials

from adapters.jetstream.drop_stream import drop_definition
from adapters.jetstream.link import Address, Link
from adapters.jetstream.message import from_leader
from adapters.jetstream.reply import ApiError, Lost, NoAnswer
from adapters.jetstream.streams import (
    OLDEST_SERVER,
    STREAM_NOT_FOUND,
    StreamDiffers,
    StreamMissing,
    definitions,
    differences,
    verify,
    verify_sync,
)
from adapters.jetstream.subjects import Subjects
from adapters.mapper import UnreadableEntryError, read_entry
from adapters.nats.connection import UnreachableError, connect
from adapters.nats.identity import Installation
from adapters.nats.registrar import knows_account
from adapters.running import Running
from adapters.upkeep.checks import Finding, Verdict, advised, graded
from adapters.upkeep.checks_memory import remembered

WITHIN_S = 5.0
WARN_CLOCK_S, FAIL_CLOCK_S = 2.0, 60.0
WARN_DEAD = 1


async def server(
    installation: Installation, running: Running, *, ours: bool, accounts: bool = True
) -> AsyncIterator[Finding]:
    creds = cast("str", RawCredentials(installation.reader_creds()))  # text in the place of a path
    try:
        link = await Link.open(Address(running.nats, creds, "raccordo-doctor"), WITHIN_S)
    except Lost as error:
        yield Finding("message server", "fail", f"{error}. See {installation.data / 'nats' / 'server.log'}")
        return
    try:
        yield _version(link, running.nats)
        yield await _synced(installation, running.nats, ours=ours)
        async for finding in _streams(link, installation.data):
            yield finding
        if accounts:
            yield await _drop_streams(installation, link)
            yield await _accounts(installation, link, running.nats)
    except (Lost, NoAnswer, PersistenceError, UnreachableError) as error:
        yield Finding("message server", "fail", f"it stopped answering: {error}")
    finally:
        await link.close()


def _version(link: Link, url: str) -> Finding:
    version = ".".join(map(str, link.server_version))
    verdict: Verdict = "ok" if link.server_version >= OLDEST_SERVER else "fail"
    return advised("message server", verdict, f"{version} at {url}", "Install 2.15 or later: older ones tear batches")


async def _synced(installation: Installation, url: str, *, ours: bool) -> Finding:
    if not ours:
        return Finding("sync", "warn", "not ours: make sure that it runs with sync_interval: always")
    try:
        creds = cast("str", RawCredentials(installation.watcher_creds()))
        await verify_sync(Address(url, creds, "raccordo-doctor"), within=WITHIN_S)
    except (PersistenceError, Lost, NoAnswer) as error:
        return Finding("sync", "fail", f"{error}. What is acknowledged may be lost when the power fails")
    return Finding("sync", "ok", "every write is on the disk before it is acknowledged")


async def _streams(link: Link, data: Path) -> AsyncIterator[Finding]:
    for name, wanted in definitions().items():
        try:
            info = await link.api(f"STREAM.INFO.{name}", within=WITHIN_S)
        except ApiError as error:
            if error.code != STREAM_NOT_FOUND:
                raise
            yield Finding(f"stream {name}", "fail", "it is not there. Restore the backup into a new folder")
            continue
        wrong = differences(wanted, info["config"])
        says = "; ".join(wrong) if wrong else "as it should be"
        advice = "Find out who changed it; an administrator has to set it right"
        yield advised(f"stream {name}", "fail" if wrong else "ok", says, advice)
        if name == "RECORD":
            yield whole(info["state"])
            yield await remembered(link, info, data)
            for finding in await _clock(link, info):
                yield finding
        if name == "DEAD":
            count = info["state"]["messages"]
            verdict = graded(count, warn=WARN_DEAD, fail=float("inf"))
            yield advised("kept aside", verdict, f"{count} that could not be read", "See: raccordo dead list")


def whole(state: dict[str, Any]) -> Finding:
    """The record begins with entry 1 and has no hole."""
    first, last, lost = state["first_seq"], state["last_seq"], state.get("num_deleted", 0)
    if last and (first != 1 or lost or state["messages"] != last):
        return Finding(
            "record", "fail", f"entries {first} to {last}, {lost} missing. Stop the service and restore the backup"
        )
    return Finding("record", "ok", f"{last} entries, none missing")


async def _clock(link: Link, info: dict[str, Any]) -> list[Finding]:
    now = datetime.now(UTC)
    last: datetime | None = None
    if number := info["state"]["last_seq"]:
        answer = await link.api("STREAM.MSG.GET.RECORD", {"seq": number}, within=WITHIN_S)
        try:
            last = read_entry(from_leader(Subjects("record"), answer["message"])).recorded_at
        except UnreadableEntryError as error:
            return [Finding("clock", "warn", f"{error}: its time is not known. Is this an older version?")]
    return list(clocks(now, datetime.fromisoformat(info["ts"][:19] + "+00:00"), last))


def clocks(now: datetime, of_server: datetime, last: datetime | None) -> Iterator[Finding]:
    """The server tells whole seconds here; a record from the future makes all that follows carry its time."""
    apart = max(0.0, abs((now - of_server).total_seconds()) - 1)
    verdict = graded(apart, warn=WARN_CLOCK_S, fail=FAIL_CLOCK_S)
    yield advised("clock", verdict, f"{apart:.0f} s from the message server's", "Let both follow a time server")
    if last is not None:
        ahead = (last - now).total_seconds()
        verdict = graded(ahead, warn=WARN_CLOCK_S, fail=FAIL_CLOCK_S)
        says = f"the last entry was recorded at {last.isoformat(timespec='seconds')}"
        yield advised("recorded time", verdict, says, f"That is {ahead:.0f} s ahead of this clock: set it right")


async def _accounts(installation: Installation, link: Link, url: str) -> Finding:
    """Those whose keys were made here and whose registration is on the record must be known to the server."""
    unknown, count = [], 0
    system = await connect(url, installation.system_creds())
    try:
        for path in sorted((installation.data / "keys" / "accounts").glob("*.nk")):
            if await _registered(link, path.stem):
                count += 1
                if not await knows_account(system, installation.account_key(path.stem)):
                    unknown.append(path.stem)
    finally:
        await system.close()
    if unknown:
        advice = "Restart the service: it tells the server again"
        return Finding("accounts", "fail", f"unknown to the message server: {', '.join(unknown)}. {advice}")
    return Finding("accounts", "ok", f"{count}, all known to the message server")


async def _drop_streams(installation: Installation, link: Link) -> Finding:
    """Each organisation that may connect has one for what it hands in while nobody waits."""
    wrong, count = [], 0
    for path in sorted((installation.data / "keys" / "accounts").glob("*.nk")):
        if await _registered(link, path.stem):
            count += 1
            try:
                await verify(link, drop_definition(path.stem), within=WITHIN_S)
            except (StreamMissing, StreamDiffers) as error:
                wrong.append(str(error))
    if wrong:
        return Finding("drop streams", "fail", f"{'; '.join(wrong)}. Restart the service: it makes what is missing")
    return Finding("drop streams", "ok", f"{count}, as they should be")


async def _registered(link: Link, id_: str) -> bool:
    asked = json.dumps({"last_by_subj": f"record.organisation.{id_}.1"}).encode()
    answer = await link.ask("$JS.API.STREAM.MSG.GET.RECORD", asked, within=WITHIN_S)
    return "error" not in json.loads(answer.data)
