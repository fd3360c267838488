"""The record of a running message server, copied entry by entry and checked for contiguity on the way."""

import asyncio
import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from adapters.backup.archive import BEGINNING, BackupError, Manifest, Segment, chained, digest_of_file, line_of
from adapters.jetstream.copying import Stored
from adapters.jetstream.read import PAGE, Reader
from adapters.jetstream.stream import Stream
from services.position import Position, digest_of

Told = Callable[[int, int], None]
"""How many entries of how many are done."""


async def check_continues(stream: Stream, before: Manifest) -> None:
    """What is added must follow what is there. Raises `StoreRegressed` where the record lost what was copied."""
    await stream.link()
    if before.incarnation != stream.guard.incarnation:
        raise BackupError("that backup is of the record before it was restored or replaced: choose a new folder")
    if before.segments:
        last = before.segments[-1]
        await stream.expect(Position(last.last, last.digest))


async def copied(stream: Stream, folder: Path, before: tuple[Segment, ...], told: Told) -> tuple[Segment, ...]:
    """All segments; a new one holds what has come up to now."""
    end = (await stream.state()).last_seq
    first = before[-1].last + 1 if before else 1
    if first > end:
        return before
    path = folder / f"record-{first:09}-{end:09}.jsonl.gz"
    path.touch(0o600)
    with gzip.open(path, "wb", compresslevel=6) as lines:
        chain, last = await _written(stream, cast("IO[bytes]", lines), (first, end), _chain_of(before), told)
    sha256 = await asyncio.to_thread(_durable, path)
    digest = digest_of(last.event(stream.subjects))
    return (*before, Segment(file=path.name, first=first, last=end, sha256=sha256, chain=chain, digest=digest))


async def _written(
    stream: Stream, lines: IO[bytes], bounds: tuple[int, int], chain: str, told: Told
) -> tuple[str, Stored]:
    reader, (position, end) = Reader(stream), bounds
    while True:
        page = [Stored.of(message) for message in await reader.messages(position, min(PAGE, end - position + 1))]
        if not page:
            raise BackupError(f"the record says that it ends at {end}, and nothing is there from {position} on")
        for entry in page:
            chain = chained(chain, entry)
            lines.write(line_of(entry))
        position += len(page)
        told(position - 1, end)
        if position > end:
            return chain, page[-1]


def _chain_of(segments: tuple[Segment, ...]) -> str:
    return segments[-1].chain if segments else BEGINNING


def _durable(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return digest_of_file(path)
