"""Names of persons, organisations and practitioners, opened anew for every answer and kept nowhere."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.queries.opening import Opener, opened
from services.queries.person_shown import person_of
from services.seen import Seen
from services.views.rows import BoardRow
from services.views.store import Snapshot

_IDENTITY = frozenset({"identity"})


def persons(keyring: Opener, views: Snapshot, reader: str, rows: Sequence[BoardRow]) -> list[dict[str, Any]]:
    """Of each line, who the person is."""
    told = [[int(position) for position in row.person.split()] for row in rows]
    parts = opened(keyring, views.at(reader, [position for positions in told for position in positions]), _IDENTITY)
    return [person_of(parts.get(position, []) for position in positions) for positions in told]


def practitioners(keyring: Opener, views: Snapshot, reader: str, ids: Iterable[object]) -> dict[str, str]:
    """By opaque id, as far as the reader may see who it is."""
    seen = views.namings(reader, [str(id_) for id_ in ids])
    names = named(keyring, seen)
    return {str(getattr(s.entry.act, "named", "")): n for s in seen if (n := names.get(s.entry.position))}


def named(keyring: Opener, seen: Sequence[Seen]) -> dict[int, str]:
    """The name in each of these entries, by position."""
    return {
        position: "erased" if "erased" in part else str(part.get("fields", {}).get("name", ""))
        for position, found in opened(keyring, seen, _IDENTITY).items()
        for part in found
    }
