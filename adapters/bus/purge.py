"""What was kept aside is thrown away: of an organisation, for a reason, older than some time."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nats.aio.client import Client
from pydantic_core import from_json, to_json

from adapters.bus.console import CannotError, Step, Work
from adapters.upkeep.dead_sizes import STREAM, Size, sizes

TOLD_EVERY: Final = 1_000
UNKNOWN: Final = "unknown"
"""Under this name stands what came from nobody that was recognised."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def purging(client: Client, known: Callable[[str], bool], purged: Callable[[], None]) -> Work:
    """Asked with `organisation`, `reason`, `older_than_s` (each may be left out) and `dry_run`.

    A step is how many were counted so far; the last one says how many there are, or were thrown away, and their bytes.
    """

    async def purge(asked: Step) -> AsyncIterator[Step]:
        subject, organisation = _subject(asked), asked.get("organisation")
        if organisation and organisation != UNKNOWN and not known(organisation):
            raise CannotError(f"no organisation {organisation} is on the record; see: raccordo org list")
        before = datetime.now(UTC) - timedelta(seconds=asked.get("older_than_s") or 0)
        found, size, last = 0, 0, None
        async for each in sizes(client, subject):
            if each.kept_at > before:
                break
            found, size, last = found + 1, size + each.bytes, each
            if found % TOLD_EVERY == 0:
                yield {"counted": found}
        if last is not None and not asked.get("dry_run"):
            await _purge(client, subject, last)
            purged()
        yield {"found": found, "bytes": size}

    return purge


async def _purge(client: Client, subject: str, last: Size) -> None:
    """What has come since it was counted stays."""
    which: dict[str, Any] = {"filter": subject, "seq": last.number + 1}
    answer = await client.request(f"$JS.API.STREAM.PURGE.{STREAM}", to_json(which), timeout=30)
    if error := from_json(answer.data).get("error"):
        raise CannotError(f"the message server does not throw them away: {error.get('description')}")


def _subject(asked: Step) -> str:
    tokens = [(asked.get(name) or "").replace(".", "-") for name in ("reason", "organisation")]
    for token in tokens:
        if token and not _TOKEN.fullmatch(token):
            raise CannotError(f"nothing is kept aside under {token!r}; see: raccordo dead list")
    return ".".join(("dead", *(token or "*" for token in tokens), ">"))
