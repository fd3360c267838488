"""Which of what is or was due still needs somebody."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta

from domain.obligations import Due

PRESENT = frozenset({"open", "late", "suspended", "waiting-for-attestation"})


def waiting(dues: Sequence[Due], day: date, within: int) -> Iterator[Due]:
    """What is open or late, stands still, or is held and not confirmed; what is due within so many days; and what was
    missed and can still be made up. What was missed for good, merged or put in doubt is found by asking for its state.
    """
    until = day + timedelta(days=within)
    upcoming = {(d.made_by, d.obligation.subject) for d in dues if d.state == "upcoming"}
    for due in dues:
        soon = due.state == "upcoming" and due.due <= until
        if soon or due.state in PRESENT or (due.state == "missed" and _to_make_up(due, upcoming)):
            yield due


def next_waiting(dues: Sequence[Due]) -> Due | None:
    """The first that needs somebody, however far away; what is late comes before."""
    return next((d for d in dues if d.state in PRESENT | {"upcoming"}), None)


def _to_make_up(missed: Due, upcoming: Collection[tuple[int, str]]) -> bool:
    """As long as the one that follows it has not opened."""
    each = missed.obligation
    return each.resolved_by is not None and (each.resolved_by, each.subject) in upcoming
