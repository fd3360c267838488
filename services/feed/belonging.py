"""Whether a feed is of this record: where it has told up to, the same entry must still stand."""

from typing import Final

from services.feed.outlet import Cursor
from services.position import digest_of
from services.record import Record

ANEW: Final = "To tell everything anew, remove the stream FEED and start again; each notice keeps its id."


class NotTheSameError(Exception):
    """Feed and record do not belong together; the message says what to do."""


def must_be_of(record: Record, cursor: Cursor) -> None:
    if cursor.incarnation != record.incarnation:
        raise NotTheSameError(
            f"The record was restored or replaced: it is now {record.incarnation}, the feed followed "
            f"{cursor.incarnation}. {ANEW}"
        )
    if cursor.position == 0:
        return
    found = record.recorder.select_notifications(start=cursor.position, limit=1, stop=cursor.position)
    if not found:
        raise NotTheSameError(
            f"The record ends before entry {cursor.position}, which the feed has told: its end is lost. "
            f"Find out why before anything is written. {ANEW}"
        )
    if digest_of(found[0]) != cursor.digest:
        raise NotTheSameError(
            f"Entry {cursor.position} is not the one the feed has told: the record was cut and written anew. "
            f"Find out why before anything is written. {ANEW}"
        )
