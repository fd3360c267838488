"""What comes on a connection is found as the library finds it, however the bytes are cut."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.protocol.parser import Parser

from adapters.jetstream.taken import Taken, TakingParser

OURS, OTHERS = 1, 2


@dataclass
class Connection:
    """In the place of the library's client: what a parser tells it."""

    told: list[tuple[Any, ...]] = field(default_factory=list)

    async def _process_msg(self, sid: int, subject: bytes, reply: bytes, data: bytes, lines: bytes | None) -> None:
        self.told.append((sid, subject.decode(), reply.decode(), lines or b"", data))

    async def _process_ping(self) -> None:
        self.told.append(("PING",))

    async def _process_pong(self) -> None:
        self.told.append(("PONG",))

    async def _process_err(self, error: str) -> None:
        self.told.append((error,))

    async def _process_info(self, info: dict[str, Any]) -> None:
        self.told.append((str(info),))

    def take(self, message: Taken) -> None:
        self.told.append((OURS, *message))


def message(sid: int, subject: str, reply: str, lines: bytes | None, data: bytes) -> bytes:
    to = f"{subject} {sid} {reply}".strip().encode()
    if lines is None:
        return b"MSG %b %d\r\n%b\r\n" % (to, len(data), data)
    lines = b"NATS/1.0%b\r\n\r\n" % lines
    return b"HMSG %b %d %d\r\n%b%b\r\n" % (to, len(lines), len(lines) + len(data), lines, data)


BYTES = st.one_of(st.binary(max_size=50), st.sampled_from([b"\r\n", b"PING\r\n", b"\r\nMSG a 1 0\r\n\r\n", b"\r"]))
MESSAGES = st.builds(
    message,
    st.sampled_from([OURS, OTHERS]),
    st.sampled_from(["_INBOX.a.1", "record.case.a.1", "MSG", "\u00e8"]),
    st.sampled_from(["", "reply", "$JS.ACK.RECORD.a.1.2.3.4.5"]),
    st.one_of(st.none(), st.sampled_from([b"", b" 404 None", b"\r\nNats-Sequence: 1"]), BYTES),
    BYTES,
)
CONTROL = st.sampled_from(
    [b"PING\r\n", b"PONG\r\n", b"+OK\r\n", b"-ERR 'Permissions Violation'\r\n", b'INFO {"a": "MSG b 1 0"}\r\n']
)


def told_by(connection: Connection, parser: Parser, pieces: list[bytes]) -> list[tuple[Any, ...]]:
    async def parse() -> None:
        for piece in pieces:
            await parser.parse(piece)

    asyncio.run(parse())
    return connection.told


@given(st.lists(st.one_of(MESSAGES, CONTROL), max_size=6).map(b"".join), st.lists(st.integers(0, 400)))
def test_the_same_as_the_librarys(sent: bytes, cuts: list[int]) -> None:
    ends = sorted({*(cut for cut in cuts if cut < len(sent)), len(sent)})
    pieces = [sent[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
    mine, librarys = Connection(), Connection()
    taking = TakingParser(mine)  # type: ignore[arg-type]  # what parsers ask of a client
    taking.takers[OURS] = mine.take
    assert told_by(mine, taking, pieces) == told_by(librarys, Parser(librarys), [sent])


HEADERS = st.lists(
    st.tuples(st.sampled_from(["Raccordo-Type", "Nats-Sequence", "X"]), st.text("ab:\u00e8 -", max_size=9)), max_size=5
)


@given(HEADERS, st.sampled_from(["", " 404", " 100 Idle Heartbeat"]), st.binary(max_size=1))
async def test_headers_and_status_are_read_as_the_librarys(
    headers: list[tuple[str, str]], status: str, data: bytes
) -> None:
    lines = "".join([f"NATS/1.0{status}\r\n", *(f"{name}:{value}\r\n" for name, value in headers), "\r\n"]).encode()
    taken = Taken("subject", "", lines, data)
    librarys = await Client()._process_headers(lines) or {}
    assert taken.status == (librarys.pop("Status", None) if not data else None)
    librarys = {name: value for name, value in librarys.items() if name not in ("Status", "Description")}
    assert taken.headers == librarys
    for name in ("Raccordo-Type", "Nats-Sequence", "X"):
        assert taken.header(name.encode()) == librarys.get(name)
