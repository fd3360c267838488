"""The joint meetings about a placement: on time, late, missed and made up for, waived; confirmed or contested."""

from datetime import date
from typing import Any

from adapters.simulation import texts
from adapters.simulation.calendar import days_on, months_on, working, working_until
from adapters.simulation.path import Path
from adapters.simulation.placement import Course
from adapters.simulation.telling import EntryOf

JOINT, REVIEW = "joint-monitoring", "review"
RULES = {JOINT: "joint-monitoring", REVIEW: "joint-review"}


def met(path: Path, course: Course) -> None:
    """The first after twenty days, then every two months as long as it lasts."""
    kind, number, due = JOINT, 1, days_on(course.starts, 20)
    while due < course.over:
        due = _one(path, course, kind, number, due)
        number = 1 if kind == JOINT else number + 1
        kind, due = REVIEW, months_on(due, 2)


def _one(path: Path, course: Course, kind: str, number: int, due: date) -> date:
    """What became of one of them; the day from which the next is counted."""
    obligation = f"{RULES[kind]}-{course.id}" + (f"-{number}" if number > 1 else "")
    match _fate(path, kind, number):
        case "late":
            return _held(path, course, kind, obligation, path.later(due, 5, 12))
        case "missed":
            _missed(path, course, kind, obligation, working_until(due))
            if path.trouble != "missed":
                _held(path, course, kind, obligation, path.later(due, 6, 12))
            return due
        case "waived":
            _waived(path, obligation, working_until(days_on(due, -3)))
            return due
        case "forgotten":
            return due
        case _:
            return _held(path, course, kind, obligation, working_until(days_on(due, -path.chance.randint(0, 5))))


def _fate(path: Path, kind: str, number: int) -> str:
    match path.trouble:
        case "meeting-late" | "missed" | "made-up" if kind == JOINT:
            return "late" if path.trouble == "meeting-late" else "missed"
        case "waived" if kind == REVIEW and number == 1:
            return "waived"
        case "silent":
            return "forgotten"
        case "tour":
            return "kept"
        case _:
            return path.pick(("kept",) * 14 + ("late", "late", "missed", "forgotten"))


def _held(path: Path, course: Course, kind: str, obligation: str, on: date) -> date:
    if on >= course.over:
        return on
    meeting: dict[str, Any] = {"meeting": path.new_id(), "meeting_kind": kind, "placements": [course.id]}
    if path.trouble in ("tour", "moved", "called-off") or path.happens(30):
        _convened(path, meeting, on)
    more: dict[str, Any] = {"fulfils": [obligation]} if path.happens(50) else {}
    if path.trouble != "alone":
        more["organisations"] = [path.sender, path.host]
    if path.happens(35) or path.trouble == "tour":
        more |= _with_task(path, on)
    outcome = {"person_present": path.happens(80), "mode": path.pick(("in-person", "in-person", "video"))}
    held = path.tell(path.host, "meeting-held", on, **meeting, **outcome, outcome=path.pick(texts.OUTCOMES), **more)
    path.observed.append(held)
    if path.trouble != "alone":
        _confirmed(path, held, on)
    return on


def _convened(path: Path, meeting: dict[str, Any], on: date) -> None:
    """Told a week before; answered; now and then moved to the day on which it is held, or called off once."""
    called = days_on(on, -path.chance.randint(8, 11))
    if not working(called):
        return  # the host calls and does not write
    first = working_until(days_on(on, -1)) if path.trouble == "moved" or path.happens(20) else on
    where = {"organisations": [path.sender, path.host], "place": "Sala riunioni", "mode": "in-person"}
    path.tell(path.host, "meeting-convened", called, **meeting, day=first.isoformat(), **where)
    answered = min(path.later(called, 1, 2), days_on(on, -1))
    answer = "not-coming" if first != on else "coming"
    path.tell(path.sender, "invitation-answered", answered, meeting=meeting["meeting"], answer=answer)
    if first != on:
        path.tell(path.host, "meeting-moved", answered, meeting=meeting["meeting"], day=on.isoformat())
    if path.trouble == "called-off":
        other = {**meeting, "meeting": path.new_id()}
        path.tell(path.host, "meeting-convened", called, **other, day=days_on(on, -1).isoformat())
        path.tell(path.host, "meeting-cancelled", answered, meeting=other["meeting"], reason_class="no-date")


def _with_task(path: Path, on: date) -> dict[str, Any]:
    task, due = path.new_id(), path.later(on, 8, 15)
    who = path.pick((path.sender, path.host))
    if path.happens(75):
        path.tell(who, "task-done", path.later(on, 3, 14), task=task)
    elif who == path.host:
        path.tell(who, "task-moved", path.later(on, 3, 14), task=task, to=path.sender)
    else:
        path.tell(who, "task-dropped", path.later(on, 3, 14), task=task, reason_class="not-needed")
    return {
        "tasks": [{"task": task, "organisation": who, "due": due.isoformat()}],
        "task_texts": [{"task": task, "text": path.pick(texts.TASKS)}],
    }


def _confirmed(path: Path, held: EntryOf, on: date) -> None:
    """By the sender, where the host told of it; who has no system cannot, and some never do."""
    if not (path.network.connected(path.host) and path.network.connected(path.sender)):
        return
    day = path.later(on, 0, 4)
    if path.trouble == "contested":
        ground = {"ground": "incomplete", "text": path.pick(texts.CONTESTED)}
        path.tell(path.sender, "act-contested", day, entry=held, **ground)
    elif path.trouble == "tour" or path.happens(75):
        path.tell(path.sender, "act-attested", day, entry=held)


def _missed(path: Path, course: Course, kind: str, obligation: str, on: date) -> None:
    who: dict[str, Any] = path.pick(
        (
            {"absent": [path.sender], "reason_class": "absent"},
            {"person_absent": True, "reason_class": "impeded"},
            {"absent": [path.host], "reason_class": "no-date"},
        )
    )
    told = {"meeting": path.new_id(), "meeting_kind": kind, "placements": [course.id], "misses": [obligation]}
    if on < course.over:
        path.tell(path.host, "meeting-missed", on, **told, **who)


def _waived(path: Path, obligation: str, on: date) -> None:
    both = {"agreed_by": [path.sender, path.host], "reason_class": "done-otherwise"}
    path.tell(path.host, "obligation-waived", on, obligations=[obligation], **both)
