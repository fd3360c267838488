"""Messages as the bytes that go to the server: those of a batch are handed over in one write.

nats-py makes each of its headers anew and hands each message over by itself, some 30 µs where this takes two.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from nats.aio.client import Client
from nats.errors import BadHeaderError, BadSubjectError, ConnectionClosedError, MaxPayloadError

Lines = bytes
"""Header lines, each ended; those that a batch has in common are made once and put before the others."""

Message = tuple[str, bytes, Lines]
"""Subject, payload and headers."""

_SUBJECT: Final = re.compile(r"[!-~]+")
_NAME: Final = re.compile(r"[!-9;-~]+")  # no colon
_VALUE: Final = re.compile(r"[^\r\n]*")


def lines(headers: Mapping[str, str]) -> Lines:
    """Refused where a name or a value would end its line, and so say something else."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise BadHeaderError(name)
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()


def frame(subject: str, payload: bytes, headers: Lines, reply: str = "") -> bytes:
    """One message, as the server reads it."""
    if not _SUBJECT.fullmatch(subject) or (reply and not _SUBJECT.fullmatch(reply)):
        raise BadSubjectError
    size = len(headers) + 12  # with the first line and the empty one that ends them
    command = f"HPUB {subject} {reply} {size} {size + len(payload)}\r\nNATS/1.0\r\n".encode()
    return b"%b%b\r\n%b\r\n" % (command, headers, payload)


def atomic(messages: Sequence[Message], batch_id: str) -> list[Message]:
    """Marked so that the server stores all of them or none; one alone needs no mark."""
    if len(messages) == 1:
        return list(messages)
    mark = b"Nats-Batch-Id: %b\r\nNats-Batch-Sequence: " % batch_id.encode()
    marked = [
        (subject, payload, b"%b%b%d\r\n" % (headers, mark, number))
        for number, (subject, payload, headers) in enumerate(messages, 1)
    ]
    subject, payload, headers = marked[-1]
    marked[-1] = subject, payload, headers + b"Nats-Batch-Commit: 1\r\n"
    return marked


async def hand_over(client: Client, frames: Iterable[bytes]) -> None:
    """All of them at once, as `Client.publish` does with one: behind what waits, within what may wait."""
    if not client.is_connected:
        raise ConnectionClosedError
    sent = list(frames)
    for each in sent:
        # The server hangs up on one that is too large; the line of the command does not count, nor the end.
        if len(each) > client.max_payload and len(each) - each.index(b"\r\n") - 4 > client.max_payload:
            raise MaxPayloadError
    await client._send_command(b"".join(sent))  # noqa: SLF001 (the way of `publish`)
    if client._flush_queue is not None and client._flush_queue.empty():  # noqa: SLF001
        await client._flush_pending()  # noqa: SLF001
