"""The story of one case, from the arrival of a person to what came of it."""

from datetime import date

from adapters.simulation import amending, arrival, following, meetings, outcome, passing, placement, preparing, referral
from adapters.simulation.path import Path
from adapters.simulation.placement import Course

TROUBLES = (
    "none",
    "meeting-late",
    "declined",
    "corrected",
    "told-late",
    "made-up",
    "suspended",
    "imported",
    "handover",
    "duplicate",
    "waitlisted",
    "waived",
    "retracted",
    "handover-declined",
    "paused",
    "missed",
    "not-taken-on",
    "incident",
    "contested",
    "asked-back",
    "extended",
    "withdrawn",
    "changed",
    "died",
    "silent",
    "none",
    "moved-away",
    "trained",
    "cancelled",
    "unsigned",
    "evaluated-late",
    "answered-late",
    "left",
    "imported",
    "called-off",
    "unsuitable",
    "reopened",
    "broken-off",
    "none",
    "no-sheet",
    "not-accompanied",
    "two-visits",
    "alone",
    "unobserved",
    "not-evaluated",
    "declined-twice",
    "short",
    "moved",
)
"""What goes otherwise than planned, one for each case in turn; small things go wrong in any."""


def write(path: Path) -> None:
    match path.trouble:
        case "not-taken-on":
            arrival.turned_away(path)
        case "withdrawn":
            arrival.withdrawn(path)
        case "duplicate":
            passing.told_twice(path)
        case _:
            _accepted(path, referral.referred(path, arrival.taken_on(path)))


def _accepted(path: Path, on: date) -> None:
    if path.trouble in ("tour", "left") or path.happens(35):
        on = preparing.joined(path, on)
    if path.trouble == "suspended":
        on = preparing.stands_still(path, on)
    if path.trouble == "trained" or (path.trouble != "tour" and path.happens(12)):
        on = preparing.trained(path, on)
    on = preparing.visited(path, on)
    if path.trouble == "unsuitable":
        preparing.unsuitable(path, on)
        return
    if path.trouble == "tour" or path.happens(60):
        on = preparing.planned(path, on)
    if path.trouble == "cancelled":
        on = placement.never_begun(path, on)
    _placed(path, path.later(on, 3, 12))


def _placed(path: Path, on: date) -> None:
    course = placement.foreseen(path, on)
    placement.agreed(path, course, on)
    placement.started(path, course)
    for subject in (meetings.met, following.kept_in_touch, following.counted, following.observed, following.changed):
        subject(path, course)
    if happening := _HAPPENING.get(path.trouble):
        happening(path, course)
    match path.trouble:
        case "died":
            passing.died(path, course)
        case "moved-away":
            passing.moved_away(path, path.later(course.starts, 30, 50))
        case _:
            _over(path, course)


_HAPPENING = {
    "corrected": amending.put_right,
    "retracted": amending.taken_back,
    "contested": amending.contested,
    "paused": following.paused,
    "incident": following.hurt,
    "extended": following.extended,
}


def _over(path: Path, course: Course) -> None:
    broken = course.over < course.ends
    working = not broken and outcome.hired(path, course)
    reason = ("person", "person") if broken else ("hired", "hired") if working else ("as-planned", None)
    placement.ended(path, course, reason, course.over)
    outcome.evaluated(path, course)
    outcome.followed_up(path, course, working=working)
    if path.trouble in ("handover", "handover-declined"):
        passing.handed_over(path, path.later(course.starts, 25, 40))
    else:
        outcome.closed_after(path, course, working=working)
