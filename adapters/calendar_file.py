"""An agenda as an iCalendar file (RFC 5545). Calendar programs copy it into clouds, so it names no person.

What an event says: of which case by the end of its id, what kind of meeting or due date, and when. UIDs are digests,
so they stay the same from one file to the next and carry no id.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from domain.characters import shown

_CANCELLED = frozenset({"cancelled", "lapsed", "waived"})
_FOLDED_AT = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""


def calendar_file(items: Iterable[Mapping[str, Any]]) -> bytes:
    """Of the items of an agenda. The same record gives the same file."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Raccordo//Agenda//EN", "CALSCALE:GREGORIAN"]
    for item in items:
        lines += _event(item)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(item: Mapping[str, Any]) -> Iterator[str]:
    kind = next(k for k in ("case", "agreement") if k in item)
    digest = sha256(f"{kind}/{item[kind]} {item['what']} {item['id']}".encode()).hexdigest()
    yield "BEGIN:VEVENT"
    yield f"UID:{digest[:32]}@raccordo"
    yield f"DTSTAMP:{_utc(item['recorded_at'])}"
    yield from _when(item)
    yield f"SEQUENCE:{item['sequence']}"
    yield f"SUMMARY:{_escaped(_summary(item, kind))}"
    yield f"STATUS:{'CANCELLED' if item['state'] in _CANCELLED else 'CONFIRMED'}"
    if item["what"] == "due":
        yield "TRANSP:TRANSPARENT"  # a due date makes nobody busy
        yield f"DESCRIPTION:{_escaped(_description(item))}"
    yield "END:VEVENT"


def _when(item: Mapping[str, Any]) -> Iterator[str]:
    """An hour where one is told; how long it lasts is told nowhere."""
    if item["at"]:
        yield f"DTSTART:{_utc(item['at'])}"
        return
    day = date.fromisoformat(item["day"])
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"


def _summary(item: Mapping[str, Any], kind: str) -> str:
    due = "due: " if item["what"] == "due" else ""
    return f"{due}{item['kind']}, {kind} …{item[kind][-12:]}"


def _description(item: Mapping[str, Any]) -> str:
    return f"{item['kind']}; {item['state']}"


def _utc(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """TEXT (RFC 5545, 3.3.11), in which no other control character may stand."""
    text = shown(text, lines=True)
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """In lines of at most 75 octets, and never within a character; those after the first begin with a space."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > _FOLDED_AT:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
