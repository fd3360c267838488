"""What was told wrongly: put right, taken back, contested."""

from adapters.simulation import texts
from adapters.simulation.calendar import days_on
from adapters.simulation.path import Path
from adapters.simulation.placement import Course


def put_right(path: Path, course: Course) -> None:
    """Hours that were written down wrongly."""
    on = path.later(course.starts, 12, 16)
    period = {"period_from": course.starts.isoformat(), "period_until": days_on(course.starts, 6).isoformat()}
    hours = {"placement": course.id, **period, "hours": course.hours_a_week * 10}
    wrong = path.tell(path.host, "hours-recorded", on, by_day=True, **hours)
    right = {"type": "hours-recorded", **hours, "hours": course.hours_a_week}
    path.tell(path.host, "act-corrected", path.later(on, 2, 9), entry=wrong, act=right, ground="mistake")


def taken_back(path: Path, course: Course) -> None:
    """A call that was about somebody else."""
    on = path.later(course.starts, 4, 9)
    call = {"channel": "phone", "with_whom": "family", "note": "Telefonata su un'altra persona."}
    wrong = path.tell(path.host, "contact-made", on, **call)
    path.tell(path.host, "act-retracted", path.later(on, 1, 3), entry=wrong, ground="wrong-person")


def contested(path: Path, course: Course) -> None:
    """The sender is said not to have come, and says otherwise."""
    on = path.later(course.starts, 30, 34)
    missed = {"meeting": path.new_id(), "meeting_kind": "team", "reason_class": "absent", "placements": [course.id]}
    told = path.tell(path.host, "meeting-missed", on, absent=[path.sender], **missed)
    words = {"ground": "not-so", "text": path.pick(texts.CONTESTED)}
    path.tell(path.sender, "act-contested", path.later(on, 1, 3), entry=told, **words)
