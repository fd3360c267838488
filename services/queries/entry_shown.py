"""One entry as its reader is shown it, with what may be opened of it."""

from collections.abc import Sequence
from typing import Any

from services.queries.opening import Part
from services.seen import Seen
from services.views.plain import plain


def shown(seen: Seen, parts: Sequence[Part], reader: str) -> dict[str, Any]:
    entry = seen.entry
    if seen.masked:
        return plain(seen)
    own = {"only_for": list(entry.only_for)} if entry.only_for and entry.organisation == reader else {}
    return {**plain(seen), "practitioner": str(entry.practitioner), **own, "personal": list(parts)}
