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

from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from adapters.jetstream.client import OnceConnected
from adapters.jetstream.frames import Message, frame, hand_over
from adapters.jetstream.reply import Lost, NoAnswer, Reply, answer_of
from adapters.jetstream.taken import Take, Taken

LOOK_UP = 0.5
GONE = (NatsError, OSError, RuntimeError)
"""How a connection that breaks while it is written to says so; the last is uvloop's word for a socket just closed."""


class _Send(Protocol):
    """Sends what waits for an answer, and says where the answer is to go."""

    async def __call__(self, *, reply: str) -> None: ...


@dataclass(frozen=True)
class Address:
    """Where the server is and who we are there. `url` may list several servers, separated by commas."""

    url: str
    creds: str | None = None
    name: str = "raccordo-recorder"


class Link:
    """Requests over one connection, answered on one inbox."""

    def __init__(self, client: OnceConnected) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._numbers = count(1)
        self._waiting: dict[str, Reply] = {}
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
        except (*GONE, TimeoutError) as error:
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
        with contextlib.suppress(*GONE):
            await self._client.close()
        await self._lose()

    async def ask(self, subject: str, payload: bytes, *, within: float, headers: dict[str, str] | None = None) -> Taken:
        """One request, one answer."""
        answer = Reply(single=True)
        return (await self._ask(subject, answer, within, partial(self.send, subject, payload, headers=headers)))[0]

    async def ask_batch(self, messages: Sequence[Message], *, within: float) -> Taken:
        """All of them in one write; the answer is to the last."""
        *_, (subject, _, _) = messages
        answer = Reply(single=True)
        return (await self._ask(subject, answer, within, partial(self._send_batch, messages)))[0]

    async def ask_each(self, messages: Sequence[Message], *, within: float) -> list[bytes | None]:
        """Each is a request, all in one write; what was answered to each, None where it is not known."""
        answers = [Reply(single=True) for _ in messages]
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
        return await self._ask(subject, Reply(single=False), within, partial(self.send, subject, payload))

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
        except GONE as error:
            raise Lost(str(error)) from error

    async def listen(self, take: Take) -> tuple[str, Subscription]:
        """An inbox of its own, for a consumer's messages (they keep their own subject)."""
        inbox = self._client.new_inbox()
        try:
            subscription = await self._client.taking(inbox, take)
        except GONE as error:
            raise Lost(str(error)) from error
        return inbox, subscription

    async def _send_batch(self, messages: Sequence[Message], *, reply: str) -> None:
        *earlier, last = messages
        await self._hand_over([*(frame(*each) for each in earlier), frame(*last, reply)])

    async def _hand_over(self, frames: Iterable[bytes]) -> None:
        try:
            await hand_over(self._client, frames)
        except GONE as error:
            raise Lost(str(error)) from error

    async def _ask(self, subject: str, answer: Reply, within: float, send: "_Send") -> list[Taken]:
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
