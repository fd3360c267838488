"""The drop door: acts handed in while nobody waits; each is answered on the feed of who sent it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, Self

from eventsourcing.persistence import PersistenceError

from adapters.batcher import Batcher
from adapters.bus.drop_lane import Lane
from adapters.ended import ended
from adapters.jetstream.answers import AnswerStream
from adapters.jetstream.link import Address
from adapters.jetstream.reply import Lost, NoAnswer
from adapters.jetstream.stream import Options, Stream
from adapters.jetstream.streams import definitions
from services.record import Record

AT_THE_DESK: Final = 2
"""Dropped batches: while one is being stored, another is decided."""

LOOK_S: Final = 0.25
"""How often it is looked for organisations that have come."""


class DropDoor:
    """A lane for each organisation with an account, over one connection; not `taking`, it only tells of them.

    While there is no `room` nothing is taken: also the answers would be stored.
    """

    def __init__(
        self,
        url: str,
        creds: str,
        record: Record,
        batcher: Batcher,
        *,
        taking: bool = True,
        room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._taking, self._room = taking, room
        self.held: dict[str, int] = {}
        """Bytes that wait here, and that are kept aside, as they were when it was last asked how many acts wait."""
        address = Address(url, creds, name="raccordo-drop")
        self._stream = Stream(Options(address=address, definition=definitions()["FEED"], prefix="feed"))
        self.answers = AnswerStream(self._stream)
        self._record, self._batcher = record, batcher
        self._lanes: dict[str, Lane] = {}
        self._desk = asyncio.Semaphore(AT_THE_DESK)
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._taking:
            self._looking = asyncio.get_running_loop().create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._looking:
            await ended(self._looking)
        await asyncio.gather(*(lane.stop() for lane in self._lanes.values()))
        await self._stream.close()

    async def told(self) -> dict[str, Any]:
        """How many acts wait in all, and whether some of them cannot go on."""
        try:
            waiting = await self._waiting()
        except (Lost, NoAnswer, PersistenceError) as error:
            return {"waiting": None, "stopped": {"reason": type(error).__name__}}
        reasons = Counter(reason for lane in self._lanes.values() if (reason := lane.stopped))
        if not reasons:
            return {"waiting": waiting}
        [(reason, _)] = reasons.most_common(1)
        return {"waiting": waiting, "stopped": {"reason": reason, "organisations": reasons.total()}}

    async def _waiting(self) -> int:
        deadline = self._stream.deadline()
        link = await self._stream.link(deadline)
        seen = waiting = held = 0
        while True:
            asked = {"subject": "drop.>", "offset": seen}
            page = await link.api("STREAM.LIST", asked, within=self._stream.remaining(deadline))
            streams = page.get("streams") or []
            seen += len(streams)
            waiting += sum(int(stream["state"]["messages"]) for stream in streams)
            held += sum(int(stream["state"]["bytes"]) for stream in streams)
            if not streams or seen >= page["total"]:
                break
        dead = await link.api("STREAM.INFO.DEAD", within=self._stream.remaining(deadline))
        self.held = {"drop": held, "dead": int(dead["state"]["bytes"])}
        return waiting

    async def _look(self) -> None:
        while True:
            for id_, organisation in self._record.network.organisations.items():
                if organisation.account and id_ not in self._lanes:
                    lane = Lane(id_, self._record, self._batcher, self.answers, self._desk, self._room)
                    self._lanes[id_] = lane
                    lane.start()
            await asyncio.sleep(LOOK_S)
