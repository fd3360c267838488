"""Who sees an entry of a case: the policy of `domain.visibility`, closed to acts that the table does not name."""

from collections.abc import Iterable, Iterator

from domain import visibility
from domain.access.table import row
from domain.case import Case
from domain.entry import Entry
from domain.record_id import Kind
from domain.visibility import Change, Sight, Standing, Standings


def is_named(entry: Entry, reader: str) -> bool:
    """True if the table names the act; one that it does not name is its author's alone."""
    return row(Kind.CASE, type(entry.act)) is not None or entry.organisation == reader


def sight_as(stands: Standing | None, case: Case, entry: Entry, reader: str) -> Sight | None:
    """How the reader sees the entry, by its standing; None is hidden."""
    return visibility.sight_as(stands, case, entry, reader) if is_named(entry, reader) else None


def admits(case: Case, newest: Entry, reader: str, stands: Standing | None) -> bool:
    """True if the reader sees the last entry of the case."""
    return is_named(newest, reader) and visibility.admits(case, newest, reader, stands)


def admitted(case: Case, newest: Entry, standings: Standings) -> Iterator[str]:
    """Each reader that sees the last entry of the case."""
    if row(Kind.CASE, type(newest.act)) is not None:
        return visibility.admitted(case, newest, standings)
    return (reader for reader in standings if reader == newest.organisation)


def newly(case: Case, newest: Entry, reader: str, stands: Standing | None) -> Sight | None:
    """How a reader sees the last entry of the case; None is hidden."""
    return visibility.newly(case, newest, reader, stands) if is_named(newest, reader) else None


def changes(before: Case, after: Case, entered: Entry) -> Iterator[Change]:
    """What one entry changes in what anybody sees."""
    return (c for c in visibility.changes(before, after, entered) if is_named(c.entry, c.reader))


def changes_of(reader: str, before: Case, had: Standing | None, after: Case, has: Standing | None) -> Iterator[Change]:
    """What the last entry changes for one reader, by its standings before and after."""
    return (c for c in visibility.changes_of(reader, before, had, after, has) if is_named(c.entry, reader))


def changes_in(
    entries: Iterable[Entry], reader: str, before: Case, after: Case, stands: Standing | None
) -> Iterator[Change]:
    """What is new in these entries to a reader who stands to the case as before."""
    seen = (entry for entry in entries if is_named(entry, reader))
    return visibility.changes_in(seen, reader, before, after, stands)
