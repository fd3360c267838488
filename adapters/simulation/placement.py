"""A placement from the agreement to the end."""

from dataclasses import dataclass
from datetime import date
from typing import Any

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
    promoter = path.sender if path.network.connected(path.sender) else "centre-1"
    hours = path.pick((15, 20, 25, 30))
    return Course(path.new_id(), channel, starts, ends, _over(path, starts, ends), promoter, hours)


def _over(path: Path, starts: date, ends: date) -> date:
    match path.trouble:
        case "short":
            return path.later(starts, 12, 18)
        case "broken-off":
            return path.later(starts, 40, 75)
        case "extended":
            return working_until(months_on(ends, 1))
        case _:
            return ends


def agreed(path: Path, course: Course, on: date) -> None:
    """By the host, which has signed; the person signs on the day after. One without a system gets a teller."""
    if not path.network.connected(path.host) and path.network.connected(path.sender):
        path.tell(path.sender, "teller-named", on, organisation=path.host, teller=path.telling.voice)
    under = {} if path.imported or path.host not in path.agreements else {"agreement": path.agreements[path.host]}
    path.tell(
        path.host,
        "placement-agreed",
        on,
        placement=course.id,
        channel=course.channel,
        host=path.host,
        tutors=[{"organisation": path.sender}, {"organisation": path.host}],
        starts=course.starts.isoformat(),
        ends=course.ends.isoformat(),
        hours_a_week=course.hours_a_week,
        referral=path.referral,
        profile=path.pick(texts.PROFILES),
        **_promoted(path, course, on),
        **under,
    )
    if path.trouble != "unsigned":
        signed = {"placement": course.id, "party": "person", "signed_on": days_on(on, 1).isoformat()}
        path.tell(path.sender, "placement-signed", days_on(on, 1), by_day=True, **signed)


def _promoted(path: Path, course: Course, on: date) -> dict[str, Any]:
    """Of an internship its promoter and regime; who has signed; the grant where there is no wage."""
    signed_by = [{"party": "host", "organisation": path.host, "on": on.isoformat()}]
    fields: dict[str, Any] = {"signed_by": signed_by}
    if course.channel == INTERNSHIP:
        signed_by.append({"party": "promoter", "organisation": course.promoter, "on": on.isoformat()})
        fields |= {"promoter": course.promoter, "regime_class": "internship", "regime": "extracurricular"}
    if course.grant_cents:
        fields |= {"grant_cents": course.grant_cents, "payer": course.promoter}
    return fields


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
