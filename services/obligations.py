"""What an act opened or resolved, and how what is due is told."""

from typing import Any, Final

from domain.case import Case
from domain.case.about import AboutAct
from domain.case.referral import ReferralAct
from domain.entry import Entry
from domain.network import Network
from domain.obligations import Due, may_move, obligations_of, of_referral, spoken_of, versions_of
from domain.visibility import Sights, standing
from services.seen import case_of, seen_by

LONG: Final = 200
"""Entries from which on a case is not gone through for one referral."""


def moved(after: Case, entry: Entry, network: Network) -> tuple[Due, ...]:
    """What the entry opened, resolved, confirmed or put in doubt, in the case as its teller sees it.

    A meeting that names no placement may resolve what is due on one that its teller knows nothing of.
    """
    act = entry.act
    if not may_move(after, act, network.rulebook):
        return ()
    about = {entry.originator_version} | ({act.entry} if isinstance(act, AboutAct) else set())
    found = _of_one_referral(after, entry, network)
    if found is None:
        found = _of_all(after, entry, network)
    return tuple(due for due in found if {due.made_by, due.obligation.resolved_by} & about)


def _of_one_referral(after: Case, entry: Entry, network: Network) -> tuple[Due, ...] | None:
    """An act about a referral moves what is due on that one; None if its teller does not see all of it."""
    act = spoken_of(after, entry.act)
    if not isinstance(act, ReferralAct) or len(after.history.entries) < LONG:
        return None
    sights = Sights(after, standing(after, entry.organisation), entry.organisation)
    for version in versions_of(after, act.referral):
        how = sights.of(after.history.entries[version])
        if how is None or how.masked:
            return None
    return of_referral(after, act.referral, network, entry.recorded_at.date())


def _of_all(after: Case, entry: Entry, network: Network) -> tuple[Due, ...]:
    seen = list(seen_by(after, entry.organisation))
    whole = len(seen) == after.version and not any(s.masked for s in seen)
    return obligations_of(after if whole else case_of(after.id, seen), network, entry.recorded_at.date())


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
        "on_one_sides_word": each.one_sided,
        "to_reassign": list(due.to_reassign),
        "missed_by": list(due.missed_by),
        "days_left": each.left,
        "merged_into": each.merged_into or None,
    }
