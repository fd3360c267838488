"""How the service is, told in one document: every part with the position where it stands."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol, TypeVar

from eventsourcing.persistence import PersistenceError

from services.feed.feed import FeedStatus
from services.network import NetworkFollower
from services.record import Record
from services.views.store import NotBuiltError
from services.views.views import Status

PATIENCE_S = 3.0

T = TypeVar("T")


class Part(Protocol):
    """A projection that says where it stands, and why it stopped."""

    @property
    def status(self) -> Status | FeedStatus: ...


class Health:
    """`drop` tells of the drop door: how many acts wait there, and whether it stopped; `budgets`, what is used up;
    `clocks`, those of the desks; `questions`, what they take.
    """

    def __init__(
        self,
        record: Record,
        network: NetworkFollower,
        parts: dict[str, Part],
        room: Callable[[], bool],
        failing: Callable[[], str | None],
        *,
        drop: Callable[[], Awaitable[dict[str, Any]]],
        budgets: Callable[[], dict[str, Any]],
        clocks: Callable[[], dict[str, Any]],
        questions: Callable[[], dict[str, Any]],
    ) -> None:
        self._record = record
        self._network = network
        self._parts = parts
        self._room = room
        self._failing = failing
        self._drop = drop
        self._budgets = budgets
        self._clocks = clocks
        self._questions = questions

    async def told(self) -> dict[str, Any]:
        """`status` is `ok` only when every part works; a part that stopped names the position and the kind of fault."""
        position = await _within(self._record.position)
        record = _fault(position) if isinstance(position, Exception) else self._whole(position)
        told: dict[str, Any] = {
            "record": record,
            "network": {"position": self._record.network.position, **_stopped(self._network.error)},
            "desk": _stopped(self._failing()),
            "disk": {"room": self._room()},
            "drop": await self._dropped(),
            "budgets": self._budgets(),
            "clocks": self._clocks(),
            "questions": self._questions(),
        }
        for name, part in self._parts.items():
            status = await _within(partial(_status, part))
            told[name] = _fault(status) if isinstance(status, Exception) else _shown(status, position)
        well = told["disk"]["room"] and not any("stopped" in part for part in told.values())
        return {"status": "ok" if well else "degraded", **told}

    def _whole(self, position: int) -> dict[str, Any]:
        """A partner that meets another incarnation than before is told of another record: it was restored."""
        return {"position": position, "incarnation": self._record.incarnation}

    async def _dropped(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._drop()
        except TimeoutError as error:
            return {"waiting": None, "stopped": {"reason": type(error).__name__}}


def _status(part: Part) -> Status | FeedStatus:
    return part.status


async def _within(ask: Callable[[], T]) -> T | Exception:
    """Asked in a thread: where a part lives in another process, the answer may never come."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await asyncio.to_thread(ask)
    except (PersistenceError, NotBuiltError, TimeoutError) as error:
        return error


def _fault(error: Exception) -> dict[str, Any]:
    return {"position": None, "stopped": {"reason": type(error).__name__}}


def _shown(status: Status | FeedStatus, position: int | Exception) -> dict[str, Any]:
    lag = None if isinstance(position, Exception) else max(0, position - status.position)
    return {
        "position": status.position,
        "lag": lag,
        **({"stopped": asdict(status.stopped)} if status.stopped else {}),
        **({"standing_by": True} if isinstance(status, FeedStatus) and status.standing_by else {}),
    }


def _stopped(reason: str | None) -> dict[str, Any]:
    return {"stopped": {"reason": reason}} if reason else {}
