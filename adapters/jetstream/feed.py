"""The feed on JetStream: notices in atomic batches, each ended by the cursor that expects itself where it was."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Self, TypeVar

from eventsourcing.persistence import OperationalError
from nats.nuid import NUID

from adapters.jetstream.append import BUSY, CONFLICTS, AnotherAnswer
from adapters.jetstream.batch import EXPECTED
from adapters.jetstream.bridge import Bridge
from adapters.jetstream.feed_consumer import ACK_WAIT_S, FOR_EVER, NOT_PAUSED, consumer
from adapters.jetstream.feed_message import CURSOR, cursor_payload, every_entry, messages, read_cursor, read_id
from adapters.jetstream.frames import Message, atomic, lines
from adapters.jetstream.link import Address, Link
from adapters.jetstream.read import Reader
from adapters.jetstream.reply import ApiError, Lost, NoAnswer, answer_of
from adapters.jetstream.stream import Options, Stream
from adapters.jetstream.streams import definitions
from services.feed.notices import Notice
from services.feed.outlet import Cursor, Kept, OvertakenError

T = TypeVar("T")
PAUSE = 0.02
AT_ONCE = 16  # consumers being made side by side


class OutcomeUnknown(OperationalError):
    """The server went away while the feed was being written: what was stored, the cursor tells."""


class FeedStream:
    """The synchronous face, for one publisher; connects when made, and checks the stream."""

    def __init__(self, bridge: Bridge, options: Options, *, ack_wait: float = ACK_WAIT_S) -> None:
        self._bridge = bridge
        self._patience = 2 * options.timeout + 1
        self._stream: Stream = self._call(_stream(options))
        self._reader = Reader(self._stream)
        self._ack_wait = ack_wait
        self._nuid = NUID()
        self._by = self._new_id()

    def kept(self) -> Kept | None:
        if (last := self._call(self._reader.last_payload(CURSOR))) is None:
            return None
        cursor, by, at = read_cursor(last[1])
        return Kept(cursor, last[0], (datetime.now(UTC) - at).total_seconds(), by == self._by)

    def untouched(self) -> bool:
        return self._call(self._reader.last_position()) == 0

    def last(self, organisation: str) -> str | None:
        last = self._call(self._reader.last_payload(every_entry(organisation)))
        return read_id(last[1]) if last else None

    def publish(self, notices: Sequence[Notice], cursor: Cursor, *, after: int) -> int:
        payload = cursor_payload(cursor, self._by, datetime.now(UTC))
        moved = CURSOR, payload, lines({EXPECTED: str(after)})
        return self._call(self._publish([*messages(notices, cursor.incarnation), moved]))

    def admit(self, organisations: Iterable[str]) -> None:
        self._open(organisations, barred=False)

    def bar(self, organisations: Iterable[str]) -> None:
        self._open(organisations, barred=True)

    def _open(self, organisations: Iterable[str], *, barred: bool) -> None:
        ids = list(organisations)
        for first in range(0, len(ids), AT_ONCE):
            self._call(self._admit(ids[first : first + AT_ONCE], barred=barred))

    def close(self) -> None:
        self._call(self._stream.close())
        self._bridge.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _publish(self, batch: Sequence[Message]) -> int:
        deadline = self._stream.deadline()
        while True:
            link = await self._stream.link(deadline)
            try:
                return await self._attempt(link, batch, deadline)
            except ApiError as error:
                if error.code in CONFLICTS:
                    raise OvertakenError from error
                if error.code not in BUSY or self._stream.remaining(deadline) <= PAUSE:
                    raise
                await asyncio.sleep(PAUSE)
            except (Lost, NoAnswer) as error:
                # Sending again would not tell an attempt of ours from another's: the cursor, read anew, does.
                await self._stream.drop(link)
                raise OutcomeUnknown(f"No answer about what was written to the feed: {error}") from error

    async def _attempt(self, link: Link, batch: Sequence[Message], deadline: float) -> int:
        sent = atomic(batch, self._new_id())
        answer = answer_of((await link.ask_batch(sent, within=self._left(deadline))).data)
        if answer.get("stream") != self._stream.name or answer.get("count", 1) != len(batch):
            raise AnotherAnswer(f"{len(batch)} messages sent to {self._stream.name}, acknowledged: {answer}")
        return int(answer["seq"])

    async def _admit(self, organisations: Sequence[str], *, barred: bool) -> None:
        deadline = self._stream.deadline()
        link = await self._stream.link(deadline)
        try:
            await asyncio.gather(*(self._make_consumer(link, id_, deadline, barred=barred) for id_ in organisations))
        except (Lost, NoAnswer) as error:
            raise OutcomeUnknown(f"No answer about who may take the feed: {error}") from error

    async def _make_consumer(self, link: Link, organisation: str, deadline: float, *, barred: bool) -> None:
        """Made, or changed to what it must be; how far it has been taken stays."""
        config = consumer(organisation, self._ack_wait)
        made = await link.api(
            f"CONSUMER.CREATE.{self._stream.name}.{organisation}.{config['filter_subject']}",
            {"stream_name": self._stream.name, "config": config, "action": ""},
            within=self._left(deadline),
        )
        if bool(made.get("paused")) != barred:
            until = FOR_EVER if barred else NOT_PAUSED
            pause = f"CONSUMER.PAUSE.{self._stream.name}.{organisation}"
            await link.api(pause, {"pause_until": until}, within=self._left(deadline))

    def _left(self, deadline: float) -> float:
        return self._stream.remaining(deadline)

    def _new_id(self) -> str:
        return self._nuid.next().decode()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._bridge.call(coroutine, self._patience)


def open_feed(url: str, creds: str | None = None, *, timeout: float = 5.0, ack_wait: float = ACK_WAIT_S) -> FeedStream:
    """The feed on an existing stream, with a loop thread of its own; `creds` is the path of a credentials file."""
    address = Address(url, creds, name="raccordo-feed")
    options = Options(address=address, definition=definitions()["FEED"], prefix="feed", timeout=timeout)
    bridge = Bridge("feed-stream")
    try:
        return FeedStream(bridge, options, ack_wait=ack_wait)
    except BaseException:
        bridge.close()
        raise


async def _stream(options: Options) -> Stream:
    """Made on the loop: locks and events belong to it."""
    stream = Stream(options)
    await stream.link()
    return stream
