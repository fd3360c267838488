"""An entry in plain data, as far as its reader sees it."""

from typing import Any, Final

from domain.entry import Entry
from domain.skeleton import divide
from services.seen import Seen
from services.timetext import instant, told

FOR_THE_DOORS: Final = ("token",)
"""Fields that are on the record for the doors alone; no reader is shown them, in no view and no feed."""


def plain(seen: Seen) -> dict[str, Any]:
    """Who, when and what: the skeleton in clear. Sealed parts are opened elsewhere. A masked entry says where it is."""
    entry = seen.entry
    where = {"position": entry.position, "record": entry.originator_id, "version": entry.originator_version}
    if seen.masked:
        return {**where, "masked": True}
    envelope: dict[str, Any] = {
        **where,
        "organisation": entry.organisation,
        "on_behalf_of": entry.on_behalf_of,
        "occurred_at": told(entry.occurred),
        "precision": entry.occurred.precision,
        "recorded_at": instant(entry.recorded_at),
    }
    skeleton = divide(entry.act)[0]
    for name in FOR_THE_DOORS:
        skeleton.pop(name, None)
    envelope["type"] = entry.act.type
    envelope["evidence"] = entry.evidence
    envelope["act"] = skeleton
    return envelope | _authority(entry)


def _authority(entry: Entry) -> dict[str, Any]:
    """What the rules of authority say of it: a claim waits for an attestation; what they refuse has no effect."""
    found = {"claim": entry.claim, "confirms": entry.confirms, "without_effect": entry.ruled == "none"}
    return {name: True for name, value in found.items() if value}
