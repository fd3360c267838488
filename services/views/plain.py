"""An entry in plain data, as far as its reader sees it."""

from typing import Any, Final

from domain.entry import Entry
from domain.skeleton import divide
from services.seen import Seen
from services.timetext import instant, told

_NEVER: Final = frozenset({"token"})
"""What is on the record for the doors alone: it says nothing of what happened."""


def plain(seen: Seen) -> dict[str, Any]:
    """Who and when, and unless it is masked what: the skeleton in clear. Sealed parts are opened elsewhere."""
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
        envelope["masked"] = True
        return envelope
    skeleton = divide(entry.act)[0]
    for name in _NEVER:
        skeleton.pop(name, None)
    envelope["type"] = entry.act.type
    envelope["evidence"] = entry.evidence
    envelope["act"] = skeleton
    return envelope | _authority(entry)


def _authority(entry: Entry) -> dict[str, Any]:
    """What the rules of authority say of it: a claim waits for an attestation; what they refuse has no effect."""
    found = {"claim": entry.claim, "confirms": entry.confirms, "without_effect": entry.ruled == "none"}
    return {name: True for name, value in found.items() if value}
