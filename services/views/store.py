"""Where views are kept: one generation of them, and the generations beside one another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol

from domain.entry import Entry
from services.cost import Cost
from services.seen import Seen
from services.views.kinds.kind import Kind, R
from services.views.kinds.referrals import ReferralRow
from services.views.places import PlacesTaken
from services.views.rows import BoardRow, Changes, OrganisationRow, Reached
from services.views.told_for import ToldForRow

SCHEMA = 8
"""Of the tables and of what the folds put there. Raised, it makes the views be built anew beside the old."""


class Snapshot(Protocol):
    """The views at one position; whatever is read of cases is what the reader may see."""

    def reached(self) -> Reached: ...
    def organisation(self, id_: str) -> OrganisationRow | None: ...
    def organisations(self) -> Sequence[OrganisationRow]: ...
    def line(self, reader: str, record: str) -> BoardRow | None: ...
    def board(self, reader: str, *, before: int, limit: int, status: str | None) -> Sequence[BoardRow]: ...
    def referrals(
        self, reader: str, *, before: int, limit: int, record: str | None, states: Sequence[str] | None
    ) -> Sequence[ReferralRow]: ...
    def rows(self, reader: str, kind: Kind[R], record: str | None = None) -> Sequence[R]:
        """All of a kind, by record and id."""
        ...

    def places(self, reader: str) -> Sequence[PlacesTaken]:
        """Of the agreements that the reader sees, in all cases."""
        ...

    def lines(
        self, reader: str, *, moved_after: int = 0, may_be_due: bool = False, records: Sequence[str] | None = None
    ) -> Sequence[BoardRow]:
        """Of the whole caseload, or of no more than 500 records of it; by record."""
        ...

    def told_for(
        self, reader: str, *, before: int, since: str, first: int, limit: int, record: str | None = None
    ) -> Sequence[ToldForRow]:
        """What was told for the reader before a position and recorded since, that it sees and has said nothing of.

        In the order of the record, from the position `first` on.
        """
        ...

    def agreements(self, reader: str) -> Sequence[Seen]:
        """The entries of agreements, by record and in order."""
        ...

    def news(self, reader: str, records: Sequence[str], after: int) -> Sequence[tuple[Seen, int]]:
        """What the reader sees of these records since that position, each with the position that brought it about."""
        ...

    def of_record(self, reader: str, record: str) -> Sequence[Seen]: ...
    def at(self, reader: str, positions: Sequence[int]) -> Sequence[Seen]: ...
    def namings(self, reader: str, practitioners: Sequence[str]) -> Sequence[Seen]: ...
    def digest(self, reader: str) -> str: ...


class ViewStore(Protocol):
    """One generation of the views."""

    @property
    def name(self) -> str: ...
    def reached(self) -> Reached: ...
    def office(self) -> str | None: ...
    def follows(self, entry: Entry) -> bool:
        """Whether the entry is the one the view holds at the position it reached."""
        ...

    def write(self, changes: Changes, before: Reached) -> Reached:
        """Everything of the batch and the position in one transaction; returns where the view stands then.

        Raises where it no longer stands at `before`: another process has moved it.
        """
        ...

    def reading(self, cost: Cost | None = None) -> AbstractContextManager[Snapshot]:
        """Raises `ClosedError` once it is closed. What is read is counted, and ends as soon as the cost is over."""
        ...

    def close(self) -> None:
        """After the last reader is gone."""
        ...


class Generations(Protocol):
    """The current generation, and those being built beside it."""

    def current_name(self) -> str | None:
        """Which one it is; cheap enough to be asked now and then."""
        ...

    def current(self) -> ViewStore | None:
        """None if there is none yet of this schema."""
        ...

    def fresh(self, incarnation: str) -> ViewStore:
        """A new one, at position 0. The first ever is the current one at once: there is none to read meanwhile."""
        ...

    def switch(self, store: ViewStore) -> None:
        """From now on this is the current one, whatever is killed when."""
        ...

    def drop(self, store: ViewStore) -> None: ...


class NotBuiltError(Exception):
    """Nobody has built any views yet, or none of this version."""


class ClosedError(Exception):
    """A newer generation of the views has taken the place of this one, or they are not served any more."""


@contextmanager
def reading_of(current: Callable[[], ViewStore], cost: Cost | None) -> Iterator[Snapshot]:
    """Read the generation that is the current one; where another has just taken its place, that one."""
    with ExitStack() as stack:
        while True:
            try:
                snapshot = stack.enter_context(current().reading(cost))
            except ClosedError:
                continue
            break
        yield snapshot
