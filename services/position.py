"""A position on the record is a number and the digest of the entry there."""

from dataclasses import dataclass
from hashlib import sha256

from eventsourcing.persistence import Notification, StoredEvent


@dataclass(frozen=True)
class Position:
    """Where a reader stands. The digest tells a record that was cut and written anew from the one read."""

    number: int
    digest: str


def position_of(notification: Notification) -> Position:
    return Position(notification.id, digest_of(notification))


def digest_of(stored: StoredEvent) -> str:
    """SHA-256 (hex) of originator id, version, topic and state, each preceded by its length in 8 bytes."""
    digest = sha256()
    for part in (
        str(stored.originator_id).encode(),
        str(stored.originator_version).encode(),
        stored.topic.encode(),
        stored.state,
    ):
        digest.update(len(part).to_bytes(8, "big"))  # without it "ab"+"c" would equal "a"+"bc"
        digest.update(part)
    return digest.hexdigest()
