"""The entries that a reader may see: what every other reading of entries begins with."""

from typing import Any

from eventsourcing.persistence import Notification
from sqlalchemy import Connection, Select, select

from adapters.mapper import read_entry
from adapters.sql.tables import AUDIENCE, ENTRY
from services.seen import Seen
from services.views.rows import EVERYONE


def visible(reader: str) -> Select[Any]:
    return (
        select(
            AUDIENCE.c.position,
            AUDIENCE.c.record,
            AUDIENCE.c.categories,
            AUDIENCE.c.masked,
            AUDIENCE.c.because,
            ENTRY.c.version,
            ENTRY.c.type,
            ENTRY.c.content,
        )
        .join(ENTRY, (ENTRY.c.position == AUDIENCE.c.position) & (ENTRY.c.record == AUDIENCE.c.record))
        .where(AUDIENCE.c.organisation.in_((reader, EVERYONE)))
    )


def stored(row: Any) -> Notification:
    return Notification(row.record, row.version, row.type, row.content.encode(), row.position)


def seen(row: Any) -> Seen:
    return Seen(read_entry(stored(row)), frozenset(row.categories.split()), bool(row.masked))


def all_seen(connection: Connection, wanted: Select[Any]) -> list[Seen]:
    return [seen(row) for row in connection.execute(wanted)]
