"""The answers to what was handed in, on the feed: each stored once, in order, behind the last one."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from eventsourcing.persistence import OperationalError
from nats.nuid import NUID

from adapters.jetstream.append import BUSY, CONFLICTS
from adapters.jetstream.batch import EXPECTED, EXPECTED_ON
from adapters.jetstream.frames import atomic, lines
from adapters.jetstream.link import Link
from adapters.jetstream.message import leader_headers, sequence_of
from adapters.jetstream.reply import ApiError, Lost, NoAnswer, answer_of
from adapters.jetstream.stream import Stream

NUMBER: Final = "Raccordo-Dropped"
"""Header: incarnation of the organisation's stream and the number there of what is answered."""

LARGEST_PAGE_BYTES: Final = 512 * 1024
PAUSE: Final = 0.05


class AnsweredElsewhere(OperationalError):
    """Somebody else has answered meanwhile: what is left is to be found out anew."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to be stored, and the number of what it answers."""

    number: int
    subject: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reached:
    """The last answer: its sequence in the feed, and the number of what it answered."""

    sequence: int
    number: int


@dataclass(frozen=True, slots=True)
class Page:
    answers: Sequence[dict[str, Any]]
    last: int
    """Sequence of the organisation's last answer, 0 if none."""


def answers_to(organisation: str) -> str:
    return f"feed.{organisation}.answer.>"


class AnswerStream:
    """Lives on the loop of whoever uses it."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._nuid = NUID()

    async def reached(self, organisation: str, incarnation: str) -> Reached:
        """How far an organisation is answered, as the feed's leader has it."""
        deadline = self.stream.deadline()
        link = await self.stream.link(deadline)
        last = await self.stream.last_on(link, answers_to(organisation), deadline)
        if last is None:
            return Reached(0, 0)
        of, _, number = leader_headers(last).get(NUMBER, "").partition("/")
        return Reached(last["seq"], int(number) if of == incarnation else 0)

    async def publish(
        self, organisation: str, incarnation: str, said: Sequence[Said], *, after: Reached, within: float = 20.0
    ) -> Reached:
        """Store them all or none, if `after` is still the last; sent again until the outcome is known."""
        ends = asyncio.get_running_loop().time() + within
        while True:
            link = await self.stream.link()
            try:
                sequence = await self._attempt(link, organisation, incarnation, said, after.sequence)
                return Reached(sequence, said[-1].number)
            except ApiError as error:
                if error.code in CONFLICTS:
                    return await self._ours(organisation, incarnation, said)
                if error.code not in BUSY or asyncio.get_running_loop().time() > ends:
                    raise
            except (Lost, NoAnswer):
                await self.stream.drop(link)
                if asyncio.get_running_loop().time() > ends:
                    raise
            await asyncio.sleep(PAUSE)

    async def _ours(self, organisation: str, incarnation: str, said: Sequence[Said]) -> Reached:
        """The last answer is another one than was expected: because an attempt without an answer had arrived?"""
        reached = await self.reached(organisation, incarnation)
        if reached.number >= said[-1].number:
            return reached
        raise AnsweredElsewhere(f"Somebody else has answered up to {reached.number}")

    async def _attempt(self, link: Link, organisation: str, incarnation: str, said: Sequence[Said], after: int) -> int:
        first = lines({EXPECTED: str(after), EXPECTED_ON: answers_to(organisation)})
        messages = [
            (each.subject, each.payload, lines({NUMBER: f"{incarnation}/{each.number}"}) + (b"" if place else first))
            for place, each in enumerate(said)
        ]
        sent = atomic(messages, self._nuid.next().decode())
        answer = answer_of((await link.ask_batch(sent, within=self.stream.options.timeout)).data)
        return int(answer["seq"])

    async def page(self, organisation: str, *, after: int, since: datetime | None, limit: int) -> Page:
        """Answers stored after a sequence, or from a time on, oldest first."""
        deadline = self.stream.deadline()
        link = await self.stream.link(deadline)
        last = await self.stream.last_on(link, answers_to(organisation), deadline)
        where = {"start_time": since.isoformat()} if since else {"seq": after + 1}
        asked = {**where, "batch": limit, "max_bytes": LARGEST_PAGE_BYTES, "next_by_subj": answers_to(organisation)}
        found = await link.ask_all(
            f"$JS.API.DIRECT.GET.{self.stream.name}",
            json.dumps(asked).encode(),
            within=self.stream.remaining(deadline),
        )
        told = [{"number": sequence_of(m), **json.loads(m.data)} for m in found if m.status is None]
        return Page(told, last["seq"] if last else 0)
