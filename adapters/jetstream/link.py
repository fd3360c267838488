"""One connection to the server, never reconnecting by itself: when it is lost, everyone waiting is told at once.

nats-py would keep a publish in its buffer and send it, after a reconnect, to a server that had lost its tail.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Protocol

from eventsourcing.persistence import OperationalError
from nats.aio.client import Client
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from adapters.jetstream.frames import Message, frame, hand_over
from adapters.jetstream.taken import Take, Taken, TakingParser

LOOK_UP = 0.5


class _Send(Protocol):
    """Sends what waits for an answer, and says where the answer is to go."""

    async def __call__(self, *, reply: str) -> None: ...


class Lost(Exception):
    """The connection ended before the answer came."""


class NoAnswer(Exception):
    """The server did not answer in time, or nobody there listens (JetStream still starting)."""


class ApiError(OperationalError):
    """JetStream answered with an error."""

    def __init__(self, code: int, status: int, description: str) -> None:
        super().__init__(f"JetStream: {description} ({code})")
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Address:
    """Where the server is and who we are there. `url` may list several servers, separated by commas."""

    url: str
    creds: str | None = None
    name: str = "raccordo-recorder"


class OnceConnected(Client):
    """nats-py's client, closing for certain, with answers taken at once.

    It writes its buffer out before it closes; if the socket breaks then (a killed server), or whoever closes is
    interrupted, it stops half-way: nobody is told, and its tasks and socket stay. So the socket is given up first. What
    is buffered is unwanted here: who sent it finds out what became of it.
    """

    def __init__(self) -> None:
        super().__init__()
        parser = TakingParser(self)
        self._ps = parser
        self.takers = parser.takers

    async def taking(self, inbox: str, take: Take) -> Subscription:
        """Subscribe for one who takes each message where it is read; a queue and a task cost several times that."""
        subscription = await self.subscribe(inbox)
        self.takers[subscription._id] = take  # noqa: SLF001 (the number in each message of it)
        return subscription

    def _remove_sub(self, sid: int, max_msgs: int = 0) -> None:
        super()._remove_sub(sid, max_msgs)
        self.takers.pop(sid, None)

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self._pending.clear()
        self._pending_data_size = 0
        if writer := getattr(self._transport, "_io_writer", None):
            writer.transport.abort()
        await super()._close(status, do_cbs)


class Link:
    """Requests over one connection, answered on one inbox."""

    def __init__(self, client: OnceConnected) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._numbers = count(1)
        self._waiting: dict[str, _Answer] = {}
        self._ended = False
        self._complaint = ""  # a forbidden subject is never answered: only this tells why
        self.when_lost: set[Callable[[], None]] = set()

    @classmethod
    async def open(cls, address: Address, within: float) -> "Link":
        client = OnceConnected()
        link = cls(client)
        try:
            async with asyncio.timeout(within):
                await client.connect(
                    address.url.split(","),
                    name=address.name,
                    user_credentials=address.creds,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,
                    reconnect_time_wait=0,
                    connect_timeout=max(1, round(within)),
                    error_cb=link._note,
                    closed_cb=link._lose,
                    pending_size=64 * 1024 * 1024,  # a batch of a thousand entries of 64 kB waits here
                )
                await client.taking(f"{link._inbox}.*", link._answered)
        except (NatsError, OSError, TimeoutError) as error:
            await link.close()
            raise Lost(f"No connection to {address.url}: {error or type(error).__name__}") from error
        except BaseException:
            await link.close()
            raise
        if not client.is_connected:  # seen with an account that cannot be reached
            await link.close()
            raise Lost(f"{address.url} closed the connection at once")
        return link

    @property
    def alive(self) -> bool:
        return self._client.is_connected and not self._ended

    @property
    def server_version(self) -> tuple[int, int, int]:
        version = self._client.connected_server_version
        return version.major, version.minor, version.patch

    async def close(self) -> None:
        with contextlib.suppress(NatsError, OSError):
            await self._client.close()
        await self._lose()

    async def ask(self, subject: str, payload: bytes, *, within: float, headers: dict[str, str] | None = None) -> Taken:
        """One request, one answer."""
        answer = _Answer(single=True)
        return (await self._ask(subject, answer, within, partial(self.send, subject, payload, headers=headers)))[0]

    async def ask_batch(self, messages: Sequence[Message], *, within: float) -> Taken:
        """All of them in one write; the answer is to the last."""
        *_, (subject, _, _) = messages
        answer = _Answer(single=True)
        return (await self._ask(subject, answer, within, partial(self._send_batch, messages)))[0]

    async def ask_each(self, messages: Sequence[Message], *, within: float) -> list[bytes | None]:
        """Each is a request, all in one write; what was answered to each, None where it is not known."""
        answers = [_Answer(single=True) for _ in messages]
        tokens = [str(next(self._numbers)) for _ in messages]
        self._waiting.update(zip(tokens, answers, strict=True))
        try:
            if self._ended:
                raise Lost("The connection has ended")
            asked = (frame(*each, f"{self._inbox}.{token}") for token, each in zip(tokens, messages, strict=True))
            await self._hand_over(asked)
            await asyncio.wait([answer.future for answer in answers], timeout=within)
            return [answer.data for answer in answers]
        finally:
            for token in tokens:
                del self._waiting[token]

    async def ask_all(self, subject: str, payload: bytes, *, within: float) -> list[Taken]:
        """One request, answers up to and including the control message that ends them."""
        return await self._ask(subject, _Answer(single=False), within, partial(self.send, subject, payload))

    async def api(self, call: str, body: dict[str, Any] | None = None, *, within: float) -> dict[str, Any]:
        """A call of the JetStream API; its errors become ApiError."""
        payload = b"" if body is None else json.dumps(body).encode()
        answer = await self.ask(f"$JS.API.{call}", payload, within=within)
        return answer_of(answer.data)

    async def send(
        self, subject: str, payload: bytes, *, reply: str = "", headers: dict[str, str] | None = None
    ) -> None:
        """Publish without waiting for anything."""
        try:
            await self._client.publish(subject, payload, reply=reply, headers=headers)
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error

    async def listen(self, take: Take) -> tuple[str, Subscription]:
        """An inbox of its own, for a consumer's messages (they keep their own subject)."""
        inbox = self._client.new_inbox()
        try:
            subscription = await self._client.taking(inbox, take)
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error
        return inbox, subscription

    async def _send_batch(self, messages: Sequence[Message], *, reply: str) -> None:
        *earlier, last = messages
        await self._hand_over([*(frame(*each) for each in earlier), frame(*last, reply)])

    async def _hand_over(self, frames: Iterable[bytes]) -> None:
        try:
            await hand_over(self._client, frames)
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error

    async def _ask(self, subject: str, answer: "_Answer", within: float, send: "_Send") -> list[Taken]:
        token = str(next(self._numbers))
        self._waiting[token] = answer
        try:
            if self._ended:
                raise Lost("The connection has ended")
            await send(reply=f"{self._inbox}.{token}")
            async with asyncio.timeout(within):
                while not (await asyncio.wait((answer.future,), timeout=LOOK_UP))[0]:
                    if self._client.is_closed:  # should it ever close without telling
                        raise Lost("The connection has been closed")
            return answer.future.result()
        except TimeoutError as error:
            raise NoAnswer(f"No answer on {subject} within {within:.1f} s {self._complaint}".rstrip()) from error
        finally:
            del self._waiting[token]

    def _answered(self, message: Taken) -> None:
        if answer := self._waiting.get(message.subject.rpartition(".")[2]):
            answer.take(message)

    async def _note(self, error: Exception) -> None:
        """What goes wrong on the connection reaches whoever waits; nats-py would also log it."""
        self._complaint = f"({error})"

    async def _lose(self) -> None:
        self._ended = True
        for answer in self._waiting.values():
            answer.fail(Lost("The connection was lost"))
        for tell in tuple(self.when_lost):
            tell()


class _Answer:
    """What one request has got so far."""

    def __init__(self, *, single: bool) -> None:
        self.future: asyncio.Future[list[Taken]] = asyncio.get_running_loop().create_future()
        self._messages: list[Taken] = []
        self._single = single

    def take(self, message: Taken) -> None:
        if self.future.done():
            return
        status = message.status
        if status == "503":
            self.fail(NoAnswer("Nobody answers: JetStream is not up, or the account may not ask this"))
            return
        self._messages.append(message)
        if self._single or status is not None:
            self.future.set_result(self._messages)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)

    @property
    def data(self) -> bytes | None:
        """Of the one answer, if it has come."""
        return self.future.result()[0].data if self.future.done() and self.future.exception() is None else None


def answer_of(data: bytes) -> dict[str, Any]:
    """The JSON of an API answer or a publish acknowledgement."""
    answer: dict[str, Any] = json.loads(data)
    if error := answer.get("error"):
        raise ApiError(error.get("err_code", 0), error.get("code", 0), error.get("description", ""))
    return answer
