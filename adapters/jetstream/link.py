"""One connection to the server, never reconnecting by itself: when it is lost, everyone waiting is told at once.

nats-py would keep a publish in its buffer and send it, after a reconnect, to a server that had lost its tail.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Any, Protocol

from eventsourcing.persistence import OperationalError
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from adapters.jetstream.frames import Message, frame, hand_over

LOOK_UP = 0.5
UNLIMITED = 0  # the server bounds what it sends; a message dropped here would look like a hole in the record


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

    at_once: tuple[int, Callable[[Msg], None]] | None = None
    """A subscription whose messages are taken where they are read, and by whom."""

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        """A queue and a task in between cost a quarter of what reading a page does."""
        if self.at_once is None or sid != self.at_once[0]:
            await super()._process_msg(sid, subject, reply, data, headers)
            return
        message = Msg(self, subject.decode(), reply.decode(), data, await self._process_headers(headers))
        self.at_once[1](message)

    async def _close(self, status: int, do_cbs: bool = True) -> None:
        self._pending.clear()
        self._pending_data_size = 0
        if writer := getattr(self._transport, "_io_writer", None):
            writer.transport.abort()
        await super()._close(status, do_cbs)


def status_of(message: Msg) -> str | None:
    """The status of a control message, None for an ordinary one."""
    return message.headers.get("Status") if message.headers and not message.data else None


class Link:
    """Requests over one connection, answered on one inbox."""

    def __init__(self, client: Client) -> None:
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
                inbox = await client.subscribe(f"{link._inbox}.*")
                client.at_once = inbox._id, link._answered  # noqa: SLF001 (the number in each message of it)
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

    async def ask(self, subject: str, payload: bytes, *, within: float, headers: dict[str, str] | None = None) -> Msg:
        """One request, one answer."""
        answer = _Answer(single=True)
        return (await self._ask(subject, answer, within, partial(self.send, subject, payload, headers=headers)))[0]

    async def ask_batch(self, messages: Sequence[Message], *, within: float) -> Msg:
        """All of them in one write; the answer is to the last."""
        *_, (subject, _, _) = messages
        answer = _Answer(single=True)
        return (await self._ask(subject, answer, within, partial(self._send_batch, messages)))[0]

    async def ask_each(
        self, messages: Sequence[Message], *, within: float, before: Sequence[Message] = ()
    ) -> list[bytes | None]:
        """Many requests in one write, and what was answered to each; None where it is not known what became of it.

        `before` are messages that are handed over before them, and not answered. Raises `Lost` if nothing was sent.
        """
        answers = [_Answer(single=True) for _ in messages]
        tokens = [str(next(self._numbers)) for _ in messages]
        self._waiting.update(zip(tokens, answers, strict=True))
        try:
            if self._ended:
                raise Lost("The connection has ended")
            asked = (frame(*each, f"{self._inbox}.{token}") for token, each in zip(tokens, messages, strict=True))
            await hand_over(self._client, chain((frame(*each) for each in before), asked))
            await asyncio.wait([answer.future for answer in answers], timeout=within)
            return [answer.data for answer in answers]
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error
        finally:
            for token in tokens:
                del self._waiting[token]

    def silent(self) -> Lost | NoAnswer:
        """Why there is no answer."""
        return NoAnswer(f"No answer {self._complaint}".rstrip()) if self.alive else Lost("The connection was lost")

    async def ask_all(self, subject: str, payload: bytes, *, within: float) -> list[Msg]:
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

    async def listen(self, take: Callable[[Msg], Awaitable[None]]) -> tuple[str, Subscription]:
        """An inbox of its own, for a consumer's messages (they keep their own subject)."""
        inbox = self._client.new_inbox()
        try:
            subscription = await self._client.subscribe(
                inbox, cb=take, pending_msgs_limit=UNLIMITED, pending_bytes_limit=UNLIMITED
            )
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error
        return inbox, subscription

    async def _send_batch(self, messages: Sequence[Message], *, reply: str) -> None:
        *earlier, last = messages
        try:
            await hand_over(self._client, [*(frame(*each) for each in earlier), frame(*last, reply)])
        except (NatsError, OSError) as error:
            raise Lost(str(error)) from error

    async def _ask(self, subject: str, answer: "_Answer", within: float, send: "_Send") -> list[Msg]:
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

    def _answered(self, message: Msg) -> None:
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
        self.future: asyncio.Future[list[Msg]] = asyncio.get_running_loop().create_future()
        self._messages: list[Msg] = []
        self._single = single

    def take(self, message: Msg) -> None:
        if self.future.done():
            return
        status = status_of(message)
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
