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

NO_HEADERS: Final = b""

CURSOR: Final = "feed.cursor"
"""Below no organisation: an organisation's id begins with `o`."""


def subject(notice: Notice) -> str:
    shown = notice.seen.shown
    kind, id_ = shown.originator_id.split("/", 1)
    return f"feed.{notice.organisation}.entry.{kind}.{id_}.{shown.act.type}"


def every_entry(organisation: str) -> str:
    return f"feed.{organisation}.entry.>"


def messages(notices: Sequence[Notice], incarnation: str) -> Iterator[Message]:
    """One for each. Neighbours are often the same entry for several organisations: written once."""
    before: tuple[Entry, bool] | None = None
    body = b""
    for notice in notices:
        seen = notice.seen
        if before is None or before[0] is not seen.entry or before[1] != seen.masked:
            before, body = (seen.entry, seen.masked), _entry(seen.shown)
        head = {
            "incarnation": incarnation,
            "id": notice.id,
            "position": seen.entry.position,
            "because": notice.because,
            "previous": notice.previous,
            "masked": seen.masked,
            "categories": sorted(seen.categories),
        }
        yield subject(notice), to_json(head)[:-1] + b',"entry":' + body + b"}", NO_HEADERS


def _entry(shown: Entry) -> bytes:
    event = cloud_event(shown)
    return to_json({**event, "data": {"act": event["data"]["act"]}})  # sealed parts stay on the record


def cursor_payload(cursor: Cursor, by: str, at: datetime) -> bytes:
    return to_json({**asdict(cursor), "by": by, "at": at})


def read_cursor(payload: bytes) -> tuple[Cursor, str, datetime]:
    """The cursor, who wrote it and when."""
    told = json.loads(payload)
    by, at = told.pop("by"), datetime.fromisoformat(told.pop("at"))
    return Cursor(**{**told, "rulebooks": tuple(told["rulebooks"])}), by, at


def read_id(payload: bytes) -> str:
    return str(json.loads(payload)["id"])
