"""The entries that a reader may see: what every other reading of entries begins with."""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import Notification
from sqlalchemy import Join, Select, select, true
from sqlalchemy.ext.compiler import compiles

from adapters.mapper import read_entry
from adapters.sql.tables import AUDIENCE, ENTRY
from domain.facts import replace
from services.seen import Seen
from services.views.rows import EVERYONE


class _InOrder(Join):
    """The left side is looked up first. SQLite keeps to the order of a cross join; PostgreSQL plans as for any join."""

    inherit_cache = True


@compiles(_InOrder)
def _in_order(join: _InOrder, compiler: Any, **how: Any) -> str:
    left, right = (compiler.process(side, **how) for side in (join.left, join.right))
    return f"{left} CROSS JOIN {right}"


_SAME = (ENTRY.c.position == AUDIENCE.c.position) & (ENTRY.c.record == AUDIENCE.c.record)
_COLUMNS = (
    AUDIENCE.c.position,
    AUDIENCE.c.categories,
    AUDIENCE.c.masked,
    AUDIENCE.c.because,
    ENTRY.c.subject,
    ENTRY.c.version,
    ENTRY.c.type,
    ENTRY.c.content,
    ENTRY.c.ruled,
)


def visible(reader: str) -> Select[Any]:
    return select(*_COLUMNS).join(ENTRY, _SAME).where(AUDIENCE.c.organisation.in_((reader, EVERYONE)))


def visible_at(reader: str, positions: Sequence[int]) -> Select[Any]:
    """For some hundred positions SQLite would walk through all that the reader may see."""
    of_reader = AUDIENCE.c.organisation.in_((reader, EVERYONE))
    wanted = select(*_COLUMNS).select_from(_InOrder(ENTRY, AUDIENCE, true())).where(_SAME, of_reader)
    return wanted.where(ENTRY.c.position.in_(positions)).order_by(ENTRY.c.position)


def stored(row: Any) -> Notification:
    return Notification(row.subject, row.version, row.type, row.content.encode(), row.position)


def seen(row: Any) -> Seen:
    entry = read_entry(stored(row))
    return Seen(
        replace(entry, ruled=row.ruled) if row.ruled else entry, frozenset(row.categories.split()), bool(row.masked)
    )
