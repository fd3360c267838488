"""Who sees an entry of a case: the policy of `domain.visibility`, closed to acts that the table does not name."""

from collections.abc import Iterator

from domain import visibility
from domain.access.table import row
from domain.case import Case
from domain.entry import Entry
from domain.record_id import Kind
from domain.visibility import Change, Sight, Standing


def _may(entry: Entry, reader: str) -> bool:
    return row(Kind.CASE, type(entry.act)) is not None or entry.organisation == reader


def sight_as(stands: Standing | None, case: Case, entry: Entry, reader: str) -> Sight | None:
    """How the reader sees the entry, by its standing; None is hidden."""
    return visibility.sight_as(stands, case, entry, reader) if _may(entry, reader) else None


def admits(case: Case, newest: Entry, reader: str, stands: Standing | None) -> bool:
    """True if the reader sees the last entry of the case."""
    return _may(newest, reader) and visibility.admits(case, newest, reader, stands)


def changes(before: Case, after: Case, entered: Entry) -> Iterator[Change]:
    """What one entry changes in what anybody sees."""
    return (c for c in visibility.changes(before, after, entered) if _may(c.entry, c.reader))


def changes_of(reader: str, before: Case, had: Standing | None, after: Case, has: Standing | None) -> Iterator[Change]:
    """What the last entry changes for one reader, by its standings before and after."""
    return (c for c in visibility.changes_of(reader, before, had, after, has) if _may(c.entry, reader))
