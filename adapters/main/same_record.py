"""Before anything is written: whatever remembers an entry of this record must find it there still.

The message server may have cut a damaged log without a word, or its folder may be an older copy.
"""

from typing import Any, cast

from adapters.jetstream.feed import open_feed
from adapters.last_known import last_known
from adapters.main.store import Store
from adapters.settings import Settings
from adapters.sql.generations import generations
from services.record import Record
from services.views.followed import RecordChanged, check_same


def check_same_record(settings: Settings, store: Store, record: Record) -> None:
    """Raises `StoreRegressed` or `RecordChanged` with a sentence that says what was known, and what is there."""
    _noted(settings, record)
    _fed(store, record)
    if not settings.rebuild_views:
        _viewed(settings, record)


def _noted(settings: Settings, record: Record) -> None:
    """At most two seconds old, and in a file of its own."""
    if (known := last_known(settings.data)) is None:
        return
    if known.incarnation != record.incarnation:
        raise RecordChanged(
            f"The record is another one than that of which this folder knew entry {known.position}: it is "
            f"{record.incarnation}, it was {known.incarnation}. A backup is restored into a new folder."
        )
    _expect(record, known.position, known.digest)


def _fed(store: Store, record: Record) -> None:
    """Milliseconds old, but on the same message server."""
    feed = open_feed(store.url, store.creds)
    try:
        kept = feed.kept()
    finally:
        feed.close()
    if kept and kept.cursor.position and kept.cursor.incarnation == record.incarnation:
        _expect(record, kept.cursor.position, kept.cursor.digest)


def _viewed(settings: Settings, record: Record) -> None:
    """Milliseconds old, in files of their own; they need not be there."""
    if (views := generations(settings.data, settings.views_url).current()) is None:
        return
    try:
        check_same(record, views)
    finally:
        views.close()


def _expect(record: Record, position: int, digest: str) -> None:
    cast("Any", record.recorder).expect(position, digest)
