"""What comes of a placement: the shared evaluation, a job or none, how the person does months later, closing."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.calendar import days_on, months_on, working_until
from adapters.simulation.path import Path
from adapters.simulation.placement import Course

FOLLOW_UPS = (1, 3, 6, 12)


def evaluated(path: Path, course: Course) -> None:
    """On what the team saw and what was observed; late in some cases, and now and then never."""
    if path.trouble == "not-evaluated":
        return
    if path.happens(40):
        seen = {"outcome_class": path.pick(("reached", "on-course", "adjust")), "placement": course.id}
        path.observed.append(path.tell(path.sender, "team-outcome-recorded", path.later(course.over, 1, 4), **seen))
    on = path.later(course.over, 40, 55) if path.trouble == "evaluated-late" else path.later(course.over, 5, 18)
    outcome = path.pick(("reached", "reached", "in-part", "not-reached"))
    shared = {"person_present": path.happens(80), "shared_with": [path.sender], "note": texts.EVALUATED[outcome]}
    path.tell(
        path.host,
        "final-evaluation-shared",
        on,
        placement=course.id,
        outcomes=[{"outcome": outcome}],
        built_on=[*path.observed],
        **shared,
        **({"project": path.project} if path.project else {}),
    )
    if path.project:
        done = {"project": path.project, "step": path.step, "outcome_class": path.pick(("reached", "in-part"))}
        path.tell(path.sender, "step-completed", path.later(course.over, 1, 6), **done)


def hired(path: Path, course: Course) -> bool:
    if not (path.trouble == "tour" or path.happens(45)):
        return False
    on = path.later(course.over, 1, 12)
    employer = {"employer": path.host} if path.happens(75) else {"employer_name": "Ditta Immaginaria"}
    contract = path.pick(("fixed-term", "fixed-term", "permanent", "apprenticeship"))
    job = {"placement": course.id, "contract_class": contract, "hired_from": on.isoformat()}
    path.tell(path.host, "person-hired", on, **job, **employer)
    return True


def followed_up(path: Path, course: Course, *, working: bool) -> None:
    """Not everybody is asked every time, nor found."""
    results = ("same-job", "same-job", "other-job") if working else ("not-in-work", "in-training", "not-reached")
    for months in FOLLOW_UPS:
        if not path.imported and path.happens(20):
            continue
        on = working_until(days_on(months_on(course.over, months), path.chance.randint(-8, 8)))
        asked = {"placement": course.id, "months": months, "result": path.pick(results)}
        path.tell(path.sender, "follow-up-made", max(on, path.later(course.over, 20, 25)), **asked)


def closed(path: Path, on: date, reason: tuple[str, str], **dimensions: bool) -> None:
    path.tell(path.sender, "case-closed", on, reason_class=reason[0], reason_code=reason[1], **dimensions)


def closed_after(path: Path, course: Course, *, working: bool) -> None:
    """Some are closed before the last question was asked; some come back."""
    if path.trouble != "reopened" and not path.happens(25):
        return
    on = path.later(course.over, 60, 80)
    closed(path, on, ("reached", "employed") if working else ("ended", "own-wish"), work=working)
    if path.trouble == "reopened":
        again = path.later(on, 10, 25)
        path.tell(path.sender, "case-reopened", again, reason_class="job-lost" if working else "came-back")
