"""How much of a case the views fold again for one entry: beside the case itself, what is made of all its entries."""

from typing import Final

from domain.case import Case
from domain.case.about import AboutAct
from domain.case.assessment import AssessmentAct
from domain.case.contact import ContactMade
from domain.case.disturbing import effect
from domain.case.meeting import MeetingHeld
from domain.case.person import PersonUpdated
from domain.entry import Act, Entry
from domain.visibility import Moved, amends, moved, standings


def moves_lines(before: Case, after: Case, entry: Entry) -> bool:
    """Whether what is folded beside a case may be another with the entry, and not only grow."""
    if not amends(entry):
        return entry.confirms
    return any(_looked_at(act) for amended in before.amended_by(after) for act in amended.acts)


def _looked_at(act: Act) -> bool:
    if isinstance(act, (AboutAct, AssessmentAct, ContactMade, MeetingHeld, PersonUpdated)):
        return True
    return effect(type(act)) in ("standing", "everything") or getattr(act, "referral", None) is not None


def refolded(before: Case, after: Case, entry: Entry, movers: Moved | None = None) -> int:
    """The entries that the views go through again, for each reader for whom they do.

    Those are the readers to whom it opens or closes something; and, where it may move what is made of all entries, the
    whole and each reader who sees another part of it. Else an amendment is made in the threads that it names, for each.
    """
    lines = len(moved(before, after) if movers is None else movers)
    if moves_lines(before, after, entry):
        return (lines + 1 + _parts(after)) * before.version
    in_threads = _in_threads(before, after) if amends(entry) else 0
    return lines * before.version + (in_threads * (1 + _parts(after)) if in_threads else 0)


def _in_threads(before: Case, after: Case) -> int:
    amended = [each for each in before.amended_by(after) if any(effect(type(act)) != "nothing" for act in each.acts)]
    if not amended:
        return 0
    threads = after.threads.of(after.history)
    return THREADED * sum(len(threads.versions(key)) for each in amended for key in each.keys)


THREADED: Final = 4
"""An entry of a thread that is folded again takes so many times as long as one of a case."""
NARROWED: Final = 200
"""Entries that are kept from somebody, of which it is looked from whom; with more, they count as kept from all."""


def _parts(case: Case) -> int:
    """How many readers see another part of the case than the whole, at most."""
    among = standings(case)
    within = [r for r, s in among.items() if s and s.role in ("responsible", "member") and s.past == "all"]
    narrowed = [entry for entry in case.history.entries.values() if entry.only_for is not None]
    if len(narrowed) > NARROWED:
        return len(among)
    kept_from = (any(each.organisation != r and not each.told_to(r) for each in narrowed) for r in within)
    return len(among) - len(within) + sum(kept_from)
