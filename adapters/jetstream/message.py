"""An entry as a message: the state is the payload, unchanged; three headers say type, commit id and batch size."""

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from eventsourcing.persistence import DataError, Notification

from adapters.jetstream.frames import Lines, lines
from adapters.jetstream.subjects import Subjects
from adapters.jetstream.taken import Taken

TYPE = "Raccordo-Type"
COMMIT = "Raccordo-Commit"
BATCH_SIZE = "Raccordo-Batch-Size"

_TYPE = TYPE.encode()

SAFE_TOPIC = re.compile(r"[!-~](?:[ -~]*[!-~])?")  # headers are lines: no line end, nothing trimmed away


class BadTopic(DataError):
    """A topic that a header cannot carry unchanged: printable ASCII only, no spaces at its ends."""


@lru_cache(1024)
def type_line(topic: str) -> Lines:
    if not SAFE_TOPIC.fullmatch(topic):
        raise BadTopic(f"{topic!r} cannot stand in a header")
    return lines({TYPE: topic})


def from_direct_get(subjects: Subjects, message: Taken) -> Notification:
    return entry_of(subjects, subject_of(message), sequence_of(message), message)


def from_consumer(subjects: Subjects, message: Taken) -> Notification:
    return entry_of(subjects, message.subject, sequence_delivered(message), message)


def entry_of(subjects: Subjects, subject: str, sequence: int, message: Taken) -> Notification:
    """Where it is known already under which subject and at which position it stands."""
    return _entry(subjects, subject, sequence, message.header(_TYPE), message.data)


def subject_of(message: Taken) -> str:
    """Of a direct get: under which subject it is stored."""
    return message.header(b"Nats-Subject") or ""


def sequence_of(message: Taken) -> int:
    """Of a direct get."""
    return int(message.header(b"Nats-Sequence") or 0)


def from_leader(subjects: Subjects, stored: Mapping[str, Any]) -> Notification:
    """`message` of a STREAM.MSG.GET answer."""
    topic = leader_headers(stored).get(TYPE)
    return _entry(subjects, stored["subject"], stored["seq"], topic, base64.b64decode(stored.get("data", "")))


def leader_headers(stored: Mapping[str, Any]) -> dict[str, str]:
    lines = base64.b64decode(stored.get("hdrs", "")).decode(errors="replace").split("\r\n")[1:]
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines) if name}


def sequence_delivered(message: Taken) -> int:
    """The stream sequence in a delivered message's reply subject: two layouts, with and without a domain."""
    return _delivered(message, 5)


def count_delivered(message: Taken) -> int:
    """How many messages the consumer has delivered with this one."""
    return _delivered(message, 6)


def _delivered(message: Taken, at: int) -> int:
    tokens = message.reply.split(".")
    return int(tokens[at] if len(tokens) == 9 else tokens[at + 2])


def _entry(subjects: Subjects, subject: str, sequence: int, topic: str | None, state: bytes) -> Notification:
    originator_id, version = subjects.read(subject)
    # a foreign writer's message may lack the type: reading the record never refuses
    return Notification(
        originator_id=originator_id,
        originator_version=version,
        topic=topic or "",
        state=state,
        id=sequence,
    )
