"""Watches the room on the disk: keeps the office's reserve, and closes the drop doors before the disk is full."""

import asyncio
from contextlib import AsyncExitStack
from typing import Final, cast

import structlog
from eventsourcing.persistence import PersistenceError
from nats.aio.client import RawCredentials

from adapters.ended import ended
from adapters.jetstream.drop_limits import set_limits
from adapters.jetstream.link import Address
from adapters.jetstream.reply import ApiError, Lost, NoAnswer
from adapters.main.base import Base
from adapters.nats.identity import Installation

LOOK_S: Final = 0.5

log = structlog.get_logger()


async def watch_room(base: Base, installation: Installation, stack: AsyncExitStack) -> None:
    """Also before anything is taken: what was closed before is as it must be now."""
    doors = _DropDoors(base, installation)
    await doors.look()
    task = asyncio.get_running_loop().create_task(doors.watch())
    stack.push_async_callback(ended, task)


class _DropDoors:
    def __init__(self, base: Base, installation: Installation) -> None:
        self._base, self._installation = base, installation
        self._closed = False
        self._told: tuple[bool, int] | None = None

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """As an administrator, who is gone again when it is done; what cannot be done now is tried at the next look."""
        disk, network = self._base.disk, self._base.record.network
        disk.keep_reserve()
        self._closed = disk.nearly_full(before=self._closed)
        now = self._closed, len(network.organisations)
        if now == self._told:
            return
        creds = cast("str", RawCredentials(self._installation.administrator_creds()))  # text in the place of a path
        address = Address(self._base.store.url, creds, "raccordo-administrator")
        spared = [network.office] if network.office else []
        most = self._base.settings.drop_bytes
        try:
            await set_limits(address, most=most, closed=self._closed, but=spared)
        except (ApiError, Lost, NoAnswer, PersistenceError) as error:
            log.warning("the drop doors are not as they must be yet", error=type(error).__name__)
            return
        if self._told is None or self._told[0] != self._closed:
            log.info("drop doors", closed=self._closed)
        self._told = now
