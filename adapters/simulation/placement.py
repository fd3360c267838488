"""A placement from the agreement to the end."""

from dataclasses import dataclass
from datetime import date

from adapters.simulation import texts
from adapters.simulation.calendar import days_on, months_on, working_until
from adapters.simulation.path import Path

INTERNSHIP = "internship"
PAID_BY_GRANT = frozenset({INTERNSHIP, "social-integration"})


@dataclass(frozen=True, slots=True)
class Course:
    """One placement: `ends` is as planned, `over` the day on which it does end."""

    id: str
    channel: str
    starts: date
    ends: date
    over: date
    promoter: str
    hours_a_week: int

    @property
    def grant_cents(self) -> int | None:
        return self.hours_a_week * 2_000 if self.channel in PAID_BY_GRANT else None


def foreseen(path: Path, on: date) -> Course:
    """How it is to go, decided before it begins."""
    job = "job-in-cooperative" if path.host.startswith("coop") else "job-in-company"
    channel = path.pick((INTERNSHIP, INTERNSHIP, INTERNSHIP, "social-integration", job))
    starts = path.later(on, 8, 16)
    ends = working_until(months_on(starts, path.pick((3, 4, 5, 6, 6))))
    over = ends
    if path.trouble in ("broken-off", "short"):
        over = path.later(starts, 12, 18) if path.trouble == "short" else path.later(starts, 40, 75)
    if path.trouble == "extended":
        over = working_until(months_on(ends, 1))
    promoter = path.sender if path.network.connected(path.sender) else "centre-1"
    return Course(path.new_id(), channel, starts, ends, over, promoter, path.pick((15, 20, 25, 30)))


def agreed(path: Path, course: Course, on: date) -> None:
    fields = {"placement": course.id, "channel": course.channel, "host": path.host}
    if course.channel == INTERNSHIP:
        fields |= {"promoter": course.promoter, "regime_class": "internship", "regime": "extracurricular"}
    signatures = [{"party": "host", "organisation": path.host, "on": on.isoformat()}]
    if course.channel == INTERNSHIP:
        signatures.append({"party": "promoter", "organisation": course.promoter, "on": on.isoformat()})
    more = {} if path.imported or path.host not in path.agreements else {"agreement": path.agreements[path.host]}
    if course.grant_cents:
        more |= {"grant_cents": course.grant_cents, "payer": course.promoter}
    path.tell(
        path.host,
        "placement-agreed",
        on,
        **fields,
        tutors=[{"organisation": path.sender}, {"organisation": path.host}],
        starts=course.starts.isoformat(),
        ends=course.ends.isoformat(),
        hours_a_week=course.hours_a_week,
        referral=path.referral,
        signed_by=signatures,
        profile=path.pick(texts.PROFILES),
        **more,
    )
    if path.trouble != "unsigned":
        signed = {"placement": course.id, "party": "person", "signed_on": days_on(on, 1).isoformat()}
        path.tell(path.sender, "placement-signed", days_on(on, 1), by_day=True, **signed)


def never_begun(path: Path, on: date) -> date:
    """Agreed, and cancelled before it began; another one follows."""
    cancelled = foreseen(path, on)
    agreed(path, cancelled, on)
    on = path.later(on, 2, 5)
    path.tell(path.host, "placement-cancelled", on, placement=cancelled.id, reason_class="papers")
    return path.later(on, 3, 8)


def started(path: Path, course: Course) -> None:
    begun = course.starts.isoformat()
    reference = {"communicated_on": days_on(course.starts, -2).isoformat(), "communication": f"ESEMPIO-{path.number}"}
    path.tell(
        path.host, "placement-started", course.starts, placement=course.id, started=begun, insured=True, **reference
    )
    if path.project:
        path.tell(path.sender, "step-started", course.starts, project=path.project, step=path.step)


def ended(path: Path, course: Course, reason: tuple[str, str | None], on: date) -> None:
    code = {"reason_code": reason[1]} if reason[1] else {}
    told = {"placement": course.id, "ended": on.isoformat(), "reason_class": reason[0]}
    path.tell(path.host, "placement-ended", on, by_day=True, **told, **code)
