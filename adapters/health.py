"""How the service is, told in one document: every part with the position where it stands."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Protocol

from eventsourcing.persistence import PersistenceError

from services.feed.feed import FeedStatus
from services.network import NetworkFollower
from services.record import Record
from services.views.views import Status

PATIENCE_S = 3.0


class Part(Protocol):
    """A projection that says where it stands, and why it stopped."""

    @property
    def status(self) -> Status | FeedStatus: ...


class Health:
    """`drop` tells of the drop door: how many acts wait there, and whether it stopped."""

    def __init__(
        self,
        record: Record,
        network: NetworkFollower,
        parts: dict[str, Part],
        room: Callable[[], bool],
        *,
        drop: Callable[[], Awaitable[dict[str, Any]]],
    ) -> None:
        self._record = record
        self._network = network
        self._parts = parts
        self._room = room
        self._drop = drop

    async def told(self) -> dict[str, Any]:
        """`status` is `ok` only when every part works; a part that stopped names the position and the kind of fault."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                position = await asyncio.to_thread(self._record.position)
                record: dict[str, Any] = {"position": position}
        except (PersistenceError, TimeoutError) as error:
            position = None
            record = {"position": None, "stopped": {"reason": type(error).__name__}}
        told: dict[str, Any] = {
            "record": record,
            "network": {"position": self._record.network.position, **_stopped(self._network.error)},
            "disk": {"room": self._room()},
            "drop": await self._dropped(),
        }
        for name, part in self._parts.items():
            status = part.status
            lag = max(0, position - status.position) if position is not None else None
            stopped = {"stopped": asdict(status.stopped)} if status.stopped else {}
            told[name] = {"position": status.position, "lag": lag, **stopped}
            if isinstance(status, FeedStatus) and status.standing_by:
                told[name]["standing_by"] = True
        well = told["disk"]["room"] and not any("stopped" in part for part in told.values())
        return {"status": "ok" if well else "degraded", **told}

    async def _dropped(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._drop()
        except TimeoutError as error:
            return {"waiting": None, "stopped": {"reason": type(error).__name__}}


def _stopped(reason: str | None) -> dict[str, Any]:
    return {"stopped": {"reason": reason}} if reason else {}
