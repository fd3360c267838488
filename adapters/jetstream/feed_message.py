"""A notice and a cursor as the feed's stream keeps them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from pydantic_core import to_json

from adapters.jetstream.frames import Message
from adapters.mapper import cloud_event
from domain.entry import Entry
from services.feed.notices import Notice
from services.feed.outlet import Cursor
from services.seen import MASKED
from services.views.plain import FOR_THE_DOORS

NO_HEADERS: Final = b""

CURSOR: Final = "feed.cursor"
"""Below no organisation: an organisation's id begins with `o`."""


def every_entry(organisation: str) -> str:
    return f"feed.{organisation}.entry.>"


def messages(notices: Sequence[Notice], incarnation: str) -> Iterator[Message]:
    """One for each. Neighbours are often the same entry for several organisations: what they share is written once."""
    shared: _Shared | None = None
    for notice in notices:
        if shared is None or not shared.by(notice):
            shared = _Shared(notice, incarnation)
        payload = b"%b%b%b" % (shared.head, to_json(notice.previous), shared.rest)
        yield f"feed.{notice.organisation}.{shared.subject}", payload, NO_HEADERS


class _Shared:
    """What is the same for every organisation that is told so of an entry."""

    def __init__(self, notice: Notice, incarnation: str) -> None:
        self._seen, self._because = notice.seen, notice.because
        entry, masked = notice.seen.entry, notice.seen.masked
        kind, id_ = entry.originator_id.split("/", 1)
        self.subject = f"entry.{kind}.{id_}.{MASKED.type if masked else entry.act.type}"
        head = {
            "incarnation": incarnation,
            "id": notice.id,
            "position": entry.position,
            "because": notice.because,
            "masked": masked,
            "categories": sorted(notice.seen.categories),
        }
        self.head = to_json(head)[:-1] + b',"previous":'
        self.rest = b"}" if masked else b',"entry":%b}' % _entry(entry)

    def by(self, notice: Notice) -> bool:
        seen, mine = notice.seen, self._seen
        return (
            seen.entry is mine.entry
            and notice.because == self._because
            and seen.masked == mine.masked
            and seen.categories == mine.categories
        )


def _entry(entry: Entry) -> bytes:
    """The CloudEvent without what is not for its readers: who else may read it, and the sealed parts."""
    event = cloud_event(entry)
    del event["onlyfor"]
    skeleton = event["data"]["act"]
    for name in FOR_THE_DOORS:
        skeleton.pop(name, None)
    return to_json({**event, "data": {"act": skeleton}})


def cursor_payload(cursor: Cursor, by: str, at: datetime) -> bytes:
    return to_json({**asdict(cursor), "by": by, "at": at})


def read_cursor(payload: bytes) -> tuple[Cursor, str, datetime]:
    """The cursor, who wrote it and when."""
    told = json.loads(payload)
    by, at = told.pop("by"), datetime.fromisoformat(told.pop("at"))
    return Cursor(**{**told, "rulebooks": tuple(told["rulebooks"])}), by, at


def read_id(payload: bytes) -> str:
    return str(json.loads(payload)["id"])
