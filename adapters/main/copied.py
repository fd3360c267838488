"""A copy of a data folder becomes a record of its own, so that nobody takes it for the one that was followed.

As after a restore, the entries stay and the incarnation is new; views and feed are made anew. Each step may be done
twice: a copy that was interrupted is finished by the next start.
"""

from pathlib import Path
from typing import Final

import structlog

from adapters.jetstream.link import Address, Link
from adapters.jetstream.reply import ApiError
from adapters.jetstream.streams import INCARNATION, STREAM_NOT_FOUND
from adapters.last_known import forget
from adapters.nats.folder import ServerFolder
from adapters.nats.place import note, noted
from adapters.sql.generations import generations

WITHIN_S: Final = 10.0

log = structlog.get_logger()


async def finish_copy(data: Path, address: Address) -> None:
    """Give a copied record its new incarnation, as an administrator; does nothing on any other folder."""
    folder = ServerFolder.of(data)
    found = noted(folder)
    if found is None or found.becoming is None:
        return
    link = await Link.open(address, WITHIN_S)
    try:
        await _renamed(link, found.becoming)
        await _without_feed(link)
    finally:
        await link.close()
    forget(data)
    generations(data).forget()
    note(folder)
    log.warning("this copy is a record of its own now", incarnation=found.becoming)


async def _renamed(link: Link, incarnation: str) -> None:
    try:
        info = await link.api("STREAM.INFO.RECORD", within=WITHIN_S)
    except ApiError as error:
        if error.code == STREAM_NOT_FOUND:  # copied before anything was recorded
            return
        raise
    metadata = {**info["config"].get("metadata", {}), INCARNATION: incarnation}
    await link.api("STREAM.UPDATE.RECORD", {**info["config"], "metadata": metadata}, within=WITHIN_S)


async def _without_feed(link: Link) -> None:
    """Its messages name the other record; consumers go with it, and are made anew with the feed."""
    try:
        await link.api("STREAM.DELETE.FEED", within=WITHIN_S)
    except ApiError as error:
        if error.code != STREAM_NOT_FOUND:
            raise
