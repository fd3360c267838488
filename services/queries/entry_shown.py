"""One entry as its reader is shown it."""

from collections.abc import Sequence
from typing import Any

from domain.skeleton import divide
from services.queries.opening import Part
from services.timetext import instant, told
from services.views.seen import Seen

_NEVER = frozenset({"token"})
"""What is on the record for the doors alone."""


def shown(seen: Seen, parts: Sequence[Part], reader: str) -> dict[str, Any]:
    entry = seen.entry
    envelope: dict[str, Any] = {
        "position": entry.position,
        "record": entry.originator_id,
        "version": entry.originator_version,
        "organisation": entry.organisation,
        "on_behalf_of": entry.on_behalf_of,
        "occurred_at": told(entry.occurred),
        "precision": entry.occurred.precision,
        "recorded_at": instant(entry.recorded_at),
    }
    if seen.masked:
        return {**envelope, "masked": True}
    skeleton = {name: value for name, value in divide(entry.act)[0].items() if name not in _NEVER}
    own = {"only_for": list(entry.only_for)} if entry.only_for and entry.organisation == reader else {}
    return {
        **envelope,
        "type": entry.act.type,
        "practitioner": str(entry.practitioner),
        "evidence": entry.evidence,
        **own,
        "act": skeleton,
        "personal": list(parts),
    }
