"""What an act opened or resolved, and how what is due is told."""

from typing import Any

from domain.case import Case
from domain.case.about import AboutAct
from domain.entry import Entry
from domain.network import Network
from domain.obligations import Due, may_move, obligations_of
from services.seen import case_of, seen_by


def moved(after: Case, entry: Entry, network: Network) -> tuple[Due, ...]:
    """What the entry opened, resolved, confirmed or put in doubt, in the case as its teller sees it.

    A meeting that names no placement may resolve what is due on one that its teller knows nothing of.
    """
    act = entry.act
    if not may_move(after, act, network.rulebook):
        return ()
    about = {entry.originator_version} | ({act.entry} if isinstance(act, AboutAct) else set())
    seen = list(seen_by(after, entry.organisation))
    whole = len(seen) == after.version and not any(s.masked for s in seen)
    found = obligations_of(after if whole else case_of(after.id, seen), network, entry.recorded_at.date())
    return tuple(due for due in found if {due.made_by, due.obligation.resolved_by} & about)


def due_shown(due: Due) -> dict[str, Any]:
    """One thing due as plain data; `made_by` and `resolved_by` are versions of entries on its record."""
    each = due.obligation
    return {
        "obligation": due.id,
        "rule": {"id": each.rule, "edition": each.edition, "number": each.number},
        "calendar": {"id": each.calendar, "edition": each.calendar_edition} if each.calendar else None,
        "subject": each.subject,
        "state": each.state,
        "due": each.due.isoformat(),
        "counted_to": each.original.isoformat(),
        "opens": each.opens.isoformat(),
        "latest": each.latest.isoformat(),
        "convenes": list(due.convenes),
        "to_attest": list(due.attests),
        "resolved_with": list(due.resolves),
        "made_by": each.made_by,
        "resolved_by": each.resolved_by,
        "held": each.held.isoformat() if each.held else None,
        "timing": each.timing,
        "joint": each.joint,
        "lacking": list(each.lacking),
        "days_left": each.left,
        "merged_into": each.merged_into or None,
    }
