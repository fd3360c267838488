"""Messages taken where the socket is read: of a page of the record, nothing is looked at but what is asked for.

nats-py makes a dictionary of the headers of each, an object, a queue and a task: several times what the rest costs.
"""

from collections.abc import Callable
from typing import NamedTuple

from nats.aio.client import Client
from nats.protocol.parser import Parser

END = b"\r\n"


class Taken(NamedTuple):
    """A message as it came; `lines` are its headers, unread."""

    subject: str
    reply: str
    lines: bytes
    data: bytes

    def header(self, name: bytes) -> str | None:
        """The value of the last line of that name, as `headers` has it; the server's own lines come last."""
        before = b"\r\n%b:" % name
        if (at := self.lines.rfind(before)) < 0:
            return None
        at += len(before)
        return self.lines[at : self.lines.index(END, at)].strip().decode("utf-8", "replace")

    @property
    def headers(self) -> dict[str, str]:
        return Client._parse_header_lines(self.lines.partition(END)[2])  # noqa: SLF001 (as it reads them)

    @property
    def status(self) -> str | None:
        """Of a control message, None of an ordinary one."""
        return self.lines[9:12].decode() if not self.data and self.lines.startswith(b"NATS/1.0 ") else None


Take = Callable[[Taken], None]


class TakingParser(Parser):
    """Finds the messages in what comes. `takers` have those of their subscriptions; all else is the library's."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.takers: dict[int, Take] = {}

    def reset(self) -> None:
        super().reset()
        self._rest = b""

    async def parse(self, data: bytes = b"") -> None:
        data, at = self._rest + data, 0
        while (end := data.find(END, at)) >= 0:
            begin = end + 2
            match data[at:end].split():
                case [b"HMSG", subject, sid, *reply, lines, size] if (sid + lines + size).isdigit():
                    middle, stop = begin + int(lines), begin + int(size)
                case [b"MSG", subject, sid, *reply, size] if (sid + size).isdigit():
                    middle, stop = begin, begin + int(size)
                case _:
                    await super().parse(data[at:begin])
                    at = begin
                    continue
            if len(data) < stop + 2:
                break
            at = stop + 2
            if take := self.takers.get(int(sid)):
                take(Taken(subject.decode(), b"".join(reply).decode(), data[begin:middle], data[middle:stop]))
            else:
                message = data[middle:stop], data[begin:middle] or None
                await self.nc._process_msg(int(sid), subject, b"".join(reply), *message)  # noqa: SLF001
        self._rest = data[at:]
