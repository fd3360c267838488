"""How much may wait at the drop doors: what the settings say, and next to nothing while the disk is nearly full.

A partner sees at once that its message is not taken: the server refuses what goes over the bound of a stream.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, Final

from adapters.jetstream.drop_stream import AT_ONCE, stream_of
from adapters.jetstream.link import Address, Link

OURS: Final = "raccordo-bytes"
"""In a stream's metadata: the bound that we have set. Another one is an administrator's, and stays."""
OPEN: Final = "raccordo-open-bytes"
"""While it is closed: the bound that it has when it is open."""
SHIPPED: Final = frozenset({256 * 1024 * 1024, 64 * 1024 * 1024})
CLOSED_BYTES: Final = 1


async def set_limits(
    address: Address, *, most: int, closed: bool, but: Collection[str] = (), within: float = 5.0
) -> None:
    """Of every stream, as an administrator; `but` those of these organisations are never closed."""
    link = await Link.open(address, within)
    spared = {stream_of(id_) for id_ in but}
    try:
        seen = 0
        while True:
            page = await link.api("STREAM.LIST", {"subject": "drop.>", "offset": seen}, within=within)
            found = [stream["config"] for stream in page.get("streams") or []]
            wanted = [fitted(config, most, closed=closed and config["name"] not in spared) for config in found]
            changed = [new for new, old in zip(wanted, found, strict=True) if new != old]
            for first in range(0, len(changed), AT_ONCE):
                await asyncio.gather(*(_update(link, new, within) for new in changed[first : first + AT_ONCE]))
            seen += len(found)
            if not found or seen >= page["total"]:
                return
    finally:
        await link.close()


def fitted(config: Mapping[str, Any], most: int, *, closed: bool) -> dict[str, Any]:
    """The configuration as it is to be; what waits in the stream already stays there."""
    metadata = dict(config.get("metadata") or {})
    usual = int(metadata.pop(OPEN, config["max_bytes"]))
    if usual in SHIPPED or str(usual) == metadata.get(OURS):
        usual = most
        metadata[OURS] = str(most)
    if closed:
        metadata[OPEN] = str(usual)
    return {**config, "max_bytes": CLOSED_BYTES if closed else usual, "metadata": metadata}


async def _update(link: Link, config: Mapping[str, Any], within: float) -> None:
    await link.api(f"STREAM.UPDATE.{config['name']}", dict(config), within=within)
