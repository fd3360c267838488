"""Many acts in one request, one a line: each line is answered by a line, in order, as soon as it is decided."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response
from pydantic_core import to_json
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from adapters.answering import told
from adapters.batcher import MOST, Batcher
from adapters.web.beginning import Beginning
from domain.refusal import Refused
from services.answers import Answer, Refusal, TryLater
from services.desk import Arrival, Whole

NDJSON: Final = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Line:
    """Of one that is too long its beginning, one byte more than an act may have: the desk then says so."""

    number: int
    body: bytes
    whole: Whole | None = None


class LinesResponse(Response):
    """Sent while the request is still being read.

    The library's own streaming response also reads what comes in, looking for the end of the connection: acts would
    be lost in it.
    """

    media_type = NDJSON

    def __init__(self, lines: AsyncIterator[bytes]) -> None:
        super().__init__()
        self._lines = lines
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (`lines` reads)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with suppress(ClientDisconnect):
            async for part in self._lines:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


class Lines:
    """Takes a body apart as it comes in; never keeps more than one act's worth of an unfinished line."""

    def __init__(self) -> None:
        self._begun = Beginning()
        self._number = 0

    def of(self, chunk: bytes) -> Iterator[Line]:
        """The lines that end in the chunk; empty ones are passed over, but counted."""
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            self._begun.take(part)
            yield from self.end()
        self._begun.take(rest)

    def end(self) -> Iterator[Line]:
        """What has begun, as a line."""
        self._number += 1
        begun, self._begun = self._begun, Beginning()
        if body := begun.body.strip():
            yield Line(self._number, body, begun.whole)


async def answered_lines(
    body: AsyncIterator[bytes], batcher: Batcher, caller: Callable[[], str], language: str
) -> AsyncIterator[bytes]:
    """`caller` says who speaks, or raises. After a first "try later" nothing more is decided: order is kept."""
    lines = Lines()
    later: TryLater | None = None
    async for chunk in body:
        for batch in _batches(lines.of(chunk)):
            answers = await _answers(batch, batcher, caller, later)
            later = later or next((a for a in answers if isinstance(a, TryLater)), None)
            yield _written(batch, answers, language)
    if last := list(lines.end()):
        yield _written(last, await _answers(last, batcher, caller, later), language)


async def _answers(
    batch: list[Line], batcher: Batcher, caller: Callable[[], str], later: TryLater | None
) -> list[Answer]:
    if later:
        return [later] * len(batch)
    try:
        organisation = caller()
    except Refused as refused:  # suspended since
        return [Refusal(refused)] * len(batch)
    async with batcher.lines.of(organisation):
        return await batcher.answer_many([Arrival(organisation, line.body, whole=line.whole) for line in batch])


def _written(batch: list[Line], answers: list[Answer], language: str) -> bytes:
    told_: list[dict[str, Any]] = [
        {"line": line.number, **told(answer, language)} for line, answer in zip(batch, answers, strict=True)
    ]
    return b"".join(to_json(each) + b"\n" for each in told_)


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == MOST:
            yield batch
            batch = []
    if batch:
        yield batch
