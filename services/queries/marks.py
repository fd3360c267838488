"""What other entries say about an entry, as far as the reader sees them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from domain.case import Case
from domain.case.about import AboutAct, ActAttested, ActContested, ActCorrected, ActRetracted
from domain.entry import Entry
from services.seen import Masked, Seen

Each = Callable[[Iterable[Entry]], Iterator[Entry]]

Marks = dict[int, dict[str, Any]]
"""By position: `corrected_by`, `retracted_by` (positions), `contested`, `attested` and `told_after_leaving`."""


def marks(case: Case, seen: Sequence[Seen], each: Each = iter) -> Marks:
    """`case` is the one these entries make; they are gone through by `each`."""
    by_version = {s.entry.originator_version: s.shown for s in seen}
    found: Marks = defaultdict(dict)
    for entry in each(by_version.values()):
        target = by_version.get(entry.act.entry) if isinstance(entry.act, AboutAct) else None
        if target and not case.retracted(entry):
            _mark(found[target.position], entry, as_worded=case.as_worded(entry, target))
    for position in _told_after_leaving(case.id, each(by_version.values())):
        found[position]["told_after_leaving"] = True
    return found


def _mark(marks_: dict[str, Any], entry: Entry, *, as_worded: bool) -> None:
    match entry.act:
        case ActCorrected():
            marks_["corrected_by"] = entry.position
        case ActRetracted():
            marks_["retracted_by"] = entry.position
        case ActContested(ground=ground):
            contested = {"position": entry.position, "organisation": entry.organisation, "ground": ground}
            marks_.setdefault("contested", []).append(contested)
        case ActAttested(on=on):
            attested = {"position": entry.position, "organisation": entry.organisation, "on": on}
            attested |= {} if as_worded else {"of_earlier_wording": True}
            marks_.setdefault("attested", []).append(attested)
        case _:
            pass


def _told_after_leaving(id_: str, entries: Iterable[Entry]) -> list[int]:
    """Whoever had belonged to the case and no longer does may still tell what it did in its own time."""
    case, late = Case(id_, partial=True), []
    for entry in entries:
        team, by = case.path.team, entry.organisation
        if any(True for _ in team.stays(by)) and not team.belongs(by) and not isinstance(entry.act, Masked):
            late.append(entry.position)
        case = case.after(entry)
    return late
