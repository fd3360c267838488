"""A stream to which every connection is checked before it is used."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Notification, OperationalError, StoredEvent

from adapters.jetstream.bridge import RecorderClosed
from adapters.jetstream.guard import NOT_FOUND, Guard
from adapters.jetstream.link import Address, Link
from adapters.jetstream.reply import ApiError, Lost, NoAnswer
from adapters.jetstream.streams import Definition, StreamState, create, verify, verify_sync
from adapters.jetstream.subjects import Subjects
from services.position import Position

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
HEADS = 20_000


class Unreachable(OperationalError):
    """The server cannot be reached, or does not answer; calling again later may succeed."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to reach a stream. `timeout` bounds every call, in seconds, outages included."""

    address: Address
    definition: Definition
    prefix: str
    timeout: float = 5.0
    watcher: Address | None = None
    """How to ask the server itself whether it syncs every write; None where that is not known."""
    create: bool = False  # for tests and first trials: needs an administrator's rights
    subjects: Subjects = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subjects", Subjects(self.prefix))


class Stream:
    """The way to one stream: `link` gives a connection on which the stream was verified."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.name = options.definition.name
        self.subjects = options.subjects
        self.guard = Guard(self.name, self.subjects)
        self.heads = Heads()
        self.replicas = 1
        self._link: Link | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    def deadline(self) -> float:
        return asyncio.get_running_loop().time() + self.options.timeout

    def remaining(self, deadline: float) -> float:
        return max(0.001, deadline - asyncio.get_running_loop().time())

    async def link(self, deadline: float | None = None) -> Link:
        """A checked connection, made anew if need be until the deadline (loop time) has passed; none once closed."""
        if link := self._usable():
            return link
        deadline = self.deadline() if deadline is None else deadline
        why: BaseException | None = None
        pause = FIRST_PAUSE
        try:
            async with asyncio.timeout_at(deadline), self._connecting:
                while not (link := self._usable()):
                    try:
                        self._link = await self._open(deadline)
                    except (Lost, NoAnswer, ApiError, OSError) as error:
                        why = error
                        await asyncio.sleep(pause)
                        pause = min(2 * pause, LONGEST_PAUSE)
                return link
        except TimeoutError as error:
            raise Unreachable(f"Stream {self.name} cannot be reached: {why or 'time is up'}") from (why or error)

    async def expect(self, position: Position) -> None:
        self.guard.refuse_if_regressed()
        self.guard.expect(position)
        link = await self.link()
        await self._check(link, self.deadline())

    async def state(self) -> StreamState:
        """What the leader says now."""
        deadline = self.deadline()
        link = await self.link(deadline)
        try:
            return await verify(link, self.options.definition, within=self.remaining(deadline))
        except (Lost, NoAnswer) as error:
            raise Unreachable(str(error)) from error

    async def last_on(self, link: Link, subject: str, deadline: float) -> Mapping[str, Any] | None:
        """The last message on a subject (wildcards allowed), from the leader; None if there is none."""
        return await self._from_leader(link, {"last_by_subj": subject}, deadline)

    async def drop(self, link: Link) -> None:
        """Give up a connection that does not answer: the next call checks a new one."""
        if self._link is link:
            self._link = None
        await link.close()

    async def close(self) -> None:
        """Whoever still reads or writes is told; nobody connects again."""
        self._closed = True
        if self._link:
            await self._link.close()

    def _usable(self) -> Link | None:
        """The connection, if there is one. Raises `StoreRegressed`, or `RecorderClosed`."""
        self.guard.refuse_if_regressed()
        if self._closed:
            raise RecorderClosed("The recorder has been closed")
        return self._link if self._link and self._link.alive else None

    async def _from_leader(self, link: Link, which: Mapping[str, Any], deadline: float) -> Mapping[str, Any] | None:
        try:
            answer = await link.api(f"STREAM.MSG.GET.{self.name}", dict(which), within=self.remaining(deadline))
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        message: Mapping[str, Any] = answer["message"]
        return message

    async def _open(self, deadline: float) -> Link:
        link = await Link.open(self.options.address, self.remaining(deadline))
        try:
            await self._check(link, deadline)
        except BaseException:
            await link.close()
            raise
        if self._closed:  # meanwhile: there is nobody else who would
            await link.close()
        return link

    async def _check(self, link: Link, deadline: float) -> None:
        """As at a start: the configuration, the server's fsync, the incarnation and the highest entry known."""
        known = self.guard.known()  # taken first: other calls go on writing while the server answers
        if self.options.create:
            await create(link, self.options.definition, within=self.remaining(deadline))
        state = await verify(link, self.options.definition, within=self.remaining(deadline))
        if self.options.watcher:
            await verify_sync(self.options.watcher, within=self.remaining(deadline))
        await self.guard.check(link, state, known, self.remaining(deadline))
        self.replicas = state.replicas


class Heads:
    """The last entry seen of each originator, a bounded memory: what a writer expects to find before its own.

    It only narrows what is accepted. An originator not remembered is written with the version check alone.
    """

    def __init__(self, size: int = HEADS) -> None:
        self._size = size
        self._heads: OrderedDict[UUID | str, tuple[int, int]] = OrderedDict()

    def note(self, entries: Sequence[Notification]) -> None:
        for entry in entries:
            known = self._heads.get(entry.originator_id)
            if known is None or known[0] < entry.originator_version:
                self._heads[entry.originator_id] = (entry.originator_version, entry.id)
            self._heads.move_to_end(entry.originator_id)
        while len(self._heads) > self._size:
            self._heads.popitem(last=False)

    def before(self, stored: StoredEvent) -> int | None:
        """The sequence of the entry one version earlier, if it is remembered."""
        version, sequence = self._heads.get(stored.originator_id, (None, 0))
        return sequence if version == stored.originator_version - 1 else None

    def forget(self, entries: Sequence[StoredEvent]) -> None:
        for entry in entries:
            self._heads.pop(entry.originator_id, None)
