"""Every entry has a subject of its own: which record, whose, and which version."""

import re
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.persistence import DataError, InternalError

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
BARE_UUID = "uuid"  # the kind under which an originator that is a UUID, not a `<kind>/<id>`, is kept
TRACKING = "tracking"  # the second token of what a process recorder keeps beside its entries
RESERVED = frozenset({BARE_UUID, TRACKING})


class BadName(DataError):
    """A name that cannot stand in a subject: letters, digits, `-` and `_` only."""


class NotAnEntry(InternalError):
    """A message on the stream under a subject that no entry has: somebody else wrote into the record."""


def checked(token: str) -> str:
    if not TOKEN.fullmatch(token):
        raise BadName(f"{token!r} cannot be part of a subject")
    return token


@dataclass(frozen=True)
class Subjects:
    """The subjects of one stream, all below a prefix (`record` for RECORD)."""

    prefix: str

    def __post_init__(self) -> None:
        checked(self.prefix)

    def of(self, originator_id: UUID | str, version: int) -> str:
        if version < 0:
            raise BadName(f"Version {version} is below zero")
        return f"{self._stem(originator_id)}.{version}"

    def every_version(self, originator_id: UUID | str) -> str:
        return f"{self._stem(originator_id)}.*"

    @property
    def every_entry(self) -> str:
        return f"{self.prefix}.*.*.*"

    def every_of(self, kind: str) -> str:
        return f"{self.prefix}.{checked(kind)}.*.*"

    def tracking(self, application_name: str) -> str:
        return f"{self.prefix}.{TRACKING}.{checked(application_name)}"

    def is_tracking(self, subject: str) -> bool:
        return subject.count(".") == 2 and subject.startswith(f"{self.prefix}.{TRACKING}.")

    def read(self, subject: str) -> tuple[UUID | str, int]:
        """Originator id and version of the entry under this subject."""
        match subject.split("."):
            case [self.prefix, kind, id_, version] if version.isdecimal():
                return (UUID(id_) if kind == BARE_UUID else f"{kind}/{id_}"), int(version)
            case _:
                raise NotAnEntry(f"No entry has the subject {subject}")

    def _stem(self, originator_id: UUID | str) -> str:
        if isinstance(originator_id, UUID):
            return f"{self.prefix}.{BARE_UUID}.{originator_id.hex}"
        kind, slash, id_ = originator_id.partition("/")
        if not slash or kind in RESERVED:
            raise BadName(f"{originator_id!r} is not <kind>/<id>")
        return f"{self.prefix}.{checked(kind)}.{checked(id_)}"
