"""How much of a case the views fold again for one entry: beside the case itself, what is made of all its entries."""

from domain.case import Case
from domain.case.about import AboutAct
from domain.case.assessment import AssessmentAct
from domain.case.contact import ContactMade
from domain.case.disturbing import effect
from domain.case.meeting import MeetingHeld
from domain.case.person import PersonUpdated
from domain.entry import Act, Entry
from domain.visibility import amends, readers
from services.seen import sees_all


def moves_lines(before: Case, after: Case, entry: Entry) -> bool:
    """Whether what is folded beside a case may be another with the entry, and not only grow."""
    if not amends(entry):
        return entry.confirms
    return any(_looked_at(act) for amended in before.amended_by(after) for act in amended.acts)


def _looked_at(act: Act) -> bool:
    if isinstance(act, (AboutAct, AssessmentAct, ContactMade, MeetingHeld, PersonUpdated)):
        return True
    return effect(type(act)) in ("standing", "everything") or getattr(act, "referral", None) is not None


def refolded(before: Case, after: Case, entry: Entry) -> int:
    """The entries that are folded again, for whoever sees all and for each reader who sees another part."""
    if not moves_lines(before, after, entry):
        return 0
    return before.version * (1 + sum(not sees_all(after, reader) for reader in readers(after)))
