"""What is told while a placement goes on, beside its meetings: calls, hours, grants, observations, changes, pauses."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.calendar import days_on, months_between, working_from
from adapters.simulation.path import Path
from adapters.simulation.placement import Course

SHEET, EDITION, ASKED = "somi", 1, 27
ITEMS = (
    "attendance",
    "punctuality",
    "personal-care",
    "understands-tasks",
    "carries-out-tasks",
    "precision",
    "pace",
    "endurance",
    "autonomy",
    "learns",
    "safety",
    "rules",
    "asks-for-help",
    "accepts-remarks",
    "relation-colleagues",
    "relation-tutor",
    "motivation",
    "satisfaction",
)
"""Of the published sheet; a tutor scores some of them."""


def kept_in_touch(path: Path, course: Course) -> None:
    """By phone or e-mail, every few weeks; in a silent case not at all."""
    on = path.later(course.starts, 2, 8)
    while on < course.over and path.trouble != "silent":
        by, other = path.pick(((path.sender, path.host), (path.host, path.sender)))
        told_late = path.chance.randint(33, 60) if path.trouble == "told-late" or path.happens(3) else 0
        spoke = {"channel": path.pick(("phone", "phone", "e-mail")), "with_whom": "organisation"}
        note = {"with_organisation": other, "note": path.pick(texts.CONTACTS)}
        path.tell(by, "contact-made", on, late=told_late, **spoke, **note)
        on = path.later(on, 16, 32)


def counted(path: Path, course: Course) -> None:
    """Hours and grants month by month, as they come from files."""
    for first, last in months_between(course.starts, course.over):
        days = (last - first).days + 1
        period = {"placement": course.id, "period_from": first.isoformat(), "period_until": last.isoformat()}
        hours = max(1, course.hours_a_week * days * path.chance.randint(80, 100) // 700)
        minutes = path.pick((0, 0, 15, 30))
        told = path.later(last, 1, 4)
        path.tell(path.host, "hours-recorded", told, by_day=True, **period, hours=hours, minutes=minutes)
        if course.grant_cents:
            cents = course.grant_cents * days // 31
            paid = path.later(last, 6, 16)
            path.tell(course.promoter, "grant-paid", paid, by_day=True, **period, cents=cents, payer=course.promoter)


def observed(path: Path, course: Course) -> None:
    """At the start, in the middle, at the end; by the tutor, or with the person."""
    half = working_from(days_on(course.starts, (course.over - course.starts).days // 2))
    wanted = [("first-month", path.later(course.starts, 18, 25)), ("interim", half), ("end", course.over)]
    for moment, on in wanted:
        if on > course.over or path.trouble == "unobserved" or (moment != "end" and path.happens(15)):
            continue
        items = path.chance.sample(ITEMS, path.chance.randint(8, len(ITEMS)))
        scores = [{"item": item, "score": path.chance.randint(2, 5)} for item in sorted(items)]
        sheet = {"sheet": SHEET, "edition": EDITION, "moment": moment, "filled_by": path.pick(("tutor", "both"))}
        path.observed.append(
            path.tell(
                path.host,
                "observation-recorded",
                on,
                **sheet,
                items_scored=len(scores),
                items_asked=ASKED,
                placement=course.id,
                scores=scores,
                note=path.pick(texts.OBSERVED),
            )
        )


def changed(path: Path, course: Course) -> None:
    """The host proposes, the sender decides."""
    on = path.later(course.starts, 25, 40)
    if on >= course.over or not (path.trouble == "changed" or path.happens(15)):
        return
    proposal = path.new_id()
    path.tell(path.host, "change-proposed", on, proposal=proposal, placement=course.id, what=path.pick(texts.CHANGES))
    decided = path.later(on, 2, 6)
    match path.pick(("approved", "approved", "declined", "withdrawn")):
        case "approved":
            path.tell(path.sender, "proposal-approved", decided, proposal=proposal)
            new = {"placement": course.id, "hours_a_week": course.hours_a_week + 5}
            path.tell(path.host, "placement-changed", path.later(decided, 1, 5), **new)
        case "declined":
            path.tell(path.sender, "proposal-declined", decided, proposal=proposal, reason="È troppo presto.")
        case _:
            path.tell(path.host, "proposal-withdrawn", decided, proposal=proposal)
    if path.project:
        _revised(path, path.later(decided, 6, 12))


def _revised(path: Path, on: date) -> None:
    step = {"step": path.step, "step_kind": "internship", "organisation": path.host}
    goals = [{"goal": path.goal, "goal_kind": "work"}]
    again = {"project": path.project, "goals": goals, "steps": [step], "changed": path.pick(texts.CHANGES)}
    path.tell(path.sender, "project-revised", on, **again)


def paused(path: Path, course: Course) -> None:
    """For an illness, for some weeks; it goes on if it has not ended meanwhile."""
    on = path.later(course.starts, 9, 50)
    goes_on = path.later(on, 8, 25)
    if goes_on >= course.over:
        return
    told = {"placement": course.id, "suspended": on.isoformat(), "reason_class": "personal", "reason_code": "illness"}
    path.tell(path.host, "placement-suspended", on, **told)
    path.tell(path.host, "placement-resumed", goes_on, placement=course.id, resumed=goes_on.isoformat())


def hurt(path: Path, course: Course) -> None:
    """An incident; told at once, or not."""
    on = path.later(course.starts, 15, 40)
    kind = path.pick((("safety", "near-miss"), ("safety", "injury"), ("relations", "conflict")))
    incident = {"placement": course.id, "incident_class": kind[0], "incident": kind[1]}
    late = path.pick((0, 0, 4))
    path.tell(path.host, "incident-reported", on, late=late, **incident, note=path.pick(texts.INCIDENTS))


def extended(path: Path, course: Course) -> None:
    on = working_from(days_on(course.ends, -10))
    path.tell(path.host, "placement-extended", on, placement=course.id, ends=course.over.isoformat())
