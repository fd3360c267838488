"""One question to a stream, answered by whichever server holds a copy; what lags behind is not taken."""

import json
from collections.abc import Sequence
from typing import Any, Final

from eventsourcing.persistence import InternalError, Notification

from adapters.jetstream.guard import Gap
from adapters.jetstream.link import Link
from adapters.jetstream.message import from_direct_get, sequence_of, subject_of
from adapters.jetstream.stream import Stream
from adapters.jetstream.taken import Taken

SUBJECTS_ASKED: Final = 1000
"""At once: the server answers for at most 1,024 subjects."""

END, NOTHING, TOO_MANY = "204", "404", "413"


class Refused(InternalError):
    """The server would not answer a direct get."""


class Lagging(Exception):
    """A replica answered that has not yet got what is already known."""


async def messages_asked(
    stream: Stream, link: Link, asked: dict[str, Any], deadline: float
) -> tuple[list[Taken], Taken]:
    """The messages of one direct get and the one that ended it; a lagging replica's answer is not taken."""
    payload = json.dumps(asked, separators=(",", ":")).encode()
    known = stream.guard.highest
    *messages, end = await link.ask_all(f"$JS.API.DIRECT.GET.{stream.name}", payload, within=stream.remaining(deadline))
    reached = end.header(b"Nats-UpTo-Sequence")
    if reached is not None and "up_to_seq" not in asked and int(reached) < known:
        if stream.replicas > 1:
            raise Lagging(f"A replica stands at {reached}, {known} is known")
        raise Gap(f"Stream {stream.name} stands at {reached}, {known} was known")
    return messages, end


async def entries_asked(
    stream: Stream, link: Link, asked: dict[str, Any], deadline: float
) -> list[Notification] | None:
    """Entries as asked for; None if there are too many for one answer."""
    messages, end = await messages_asked(stream, link, asked, deadline)
    if end.status == TOO_MANY:
        return None
    if end.status not in {END, NOTHING}:
        raise Refused(f"A direct get was refused: {end.status}")
    return [from_direct_get(stream.subjects, message) for message in messages]


async def existing(stream: Stream, link: Link, subjects: Sequence[str], deadline: float) -> dict[str, int]:
    """Which of these subjects have a message, and its sequence."""
    there: dict[str, int] = {}
    for first in range(0, len(subjects), SUBJECTS_ASKED):
        asked = {"multi_last": list(subjects[first : first + SUBJECTS_ASKED])}
        messages, _ = await messages_asked(stream, link, asked, deadline)
        there |= {subject_of(m): sequence_of(m) for m in messages}
    return there
