"""Where notices go: the stream of the feed, which says itself how far it has got."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from services.feed.notices import Notice

LARGEST_BATCH: Final = 999
"""Notices that are stored all or none; the cursor that says so is the thousandth message."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the record has been told. `done` of the notices of entry `position` have gone out; None is all."""

    incarnation: str
    position: int = 0
    digest: str = ""
    done: int | None = None
    rulebooks: tuple[str, ...] = ()
    """The records of rules seen so far: what an organisation that appears later is told first."""

    @property
    def whole(self) -> int:
        """The last entry of which everything has gone out."""
        return self.position if self.done is None else self.position - 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The cursor as it stands in the feed: under which sequence, since how many seconds, and whether we wrote it."""

    cursor: Cursor
    sequence: int
    age: float
    ours: bool


class OvertakenError(Exception):
    """The cursor is not where we left it: somebody else publishes, or an attempt of ours arrived after all."""


class Outlet(Protocol):
    """The feed as a publisher needs it. Every call may raise the library's `PersistenceError` in an outage."""

    def kept(self) -> Kept | None:
        """The cursor as the feed's leader has it; None if there is none."""
        ...

    def untouched(self) -> bool:
        """Whether nothing was ever published there."""
        ...

    def last(self, organisation: str) -> str | None:
        """The id of the last notice kept for the organisation."""
        ...

    def publish(self, notices: Sequence[Notice], cursor: Cursor, *, after: int) -> int:
        """Store the notices, and the cursor where its last sequence is `after`, all or none; return the new sequence.

        Raises `OvertakenError` where it is not. After any other error it may have been stored: the cursor tells.
        """
        ...

    def admit(self, organisations: Iterable[str]) -> None:
        """Make sure that each of them can take its feed."""
        ...

    def bar(self, organisations: Iterable[str]) -> None:
        """Make sure that none of them can take its feed; what is told to them meanwhile is kept."""
        ...
