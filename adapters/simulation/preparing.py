"""Between the referral and the placement: who joins, what is learned at the visit, what is planned."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.calendar import days_on, months_on
from adapters.simulation.network import SPECIALISTS
from adapters.simulation.path import Path


def joined(path: Path, on: date) -> date:
    """A specialist comes to it: without the past, so it is told anew who the person is."""
    specialist = path.pick(path.others(SPECIALISTS) or [""])
    if not specialist:
        return on
    on = path.later(on, 1, 4)
    past = path.pick(({}, {}, {"past": "all"}, {"past": "since", "past_since": path.begins.isoformat()}))
    past = {} if path.trouble == "tour" else past
    path.tell(path.sender, "member-joined", on, organisation=specialist, role="specialist", **past)
    path.tell(path.sender, "person-updated", on, person=path.person.told())
    spoke = {"channel": "phone", "with_whom": "organisation", "with_organisation": path.sender}
    only_for = {"only_for": [specialist, path.sender]} if path.happens(20) else {}
    path.tell(specialist, "contact-made", path.later(on, 3, 15), **spoke, note=path.pick(texts.CONTACTS), **only_for)
    if path.trouble == "left" or path.happens(15):
        left = {"organisation": specialist, "reason_class": "task-done"}
        path.tell(specialist, "member-left", path.later(on, 40, 70), **left)
    return on


def stands_still(path: Path, on: date) -> date:
    """The case, before any placement."""
    stops = path.later(on, 2, 8)
    reason = path.pick((("personal", "illness"), ("personal", "family"), ("away", "abroad")))
    path.tell(path.sender, "case-suspended", stops, reason_class=reason[0], reason_code=reason[1])
    goes_on = path.later(stops, 20, 45)
    path.tell(path.sender, "case-resumed", goes_on)
    return goes_on


def visited(path: Path, on: date) -> date:
    on = path.later(on, 3, 10)
    if path.trouble == "two-visits":
        _visit(path, on, "again")
        on = path.later(on, 4, 9)
    _visit(path, on, "no" if path.trouble == "unsuitable" else "go-on")
    return on


def _visit(path: Path, on: date, outcome: str) -> None:
    alone = path.trouble == "not-accompanied"
    fields = {
        "host": path.host,
        "accompanied_by": [] if alone else [path.sender],
        "outcome": outcome,
        "person_view": path.pick(texts.VIEWS),
        "compatible": "no" if outcome == "no" else path.pick(("yes", "yes", "with-adaptations")),
    }
    if path.trouble != "no-sheet":
        fields["sheet"] = path.sheet
    path.tell(path.host, "visit-held", on, **fields)


def unsuitable(path: Path, on: date) -> None:
    """The loop is closed without a placement, and the person is told of another way."""
    on = path.later(on, 1, 5)
    path.tell(path.host, "referral-outcome-returned", on, referral=path.referral, outcome_class="not-begun")
    closing = {"reason_class": "ended", "reason_code": "own-wish", "work": False, "training": False}
    path.tell(path.sender, "case-closed", path.later(on, 5, 15), **closing)


def trained(path: Path, on: date) -> date:
    """First a course; the outcome of the referral to the trainer is returned."""
    trainer = path.pick(path.network.of(frozenset({"trainer"})))
    referral = path.new_id()
    sent = {"referral": referral, "to": trainer, "service": "training-course", "person": path.person.told()}
    path.tell(path.sender, "referral-sent", on, **sent, need=path.pick(texts.NEEDS))
    accepted = path.later(on, 1, 6)
    path.tell(trainer, "referral-accepted", accepted, referral=referral, starts=days_on(accepted, 7).isoformat())
    spoke = {"channel": "e-mail", "with_whom": "organisation", "with_organisation": path.sender}
    path.tell(trainer, "contact-made", path.later(accepted, 10, 20), **spoke, note=path.pick(texts.CONTACTS))
    over = path.later(accepted, 30, 45)
    outcome = path.pick(("reached", "reached", "in-part", "interrupted"))
    path.tell(trainer, "referral-outcome-returned", over, referral=referral, outcome_class=outcome)
    return over


def planned(path: Path, on: date) -> date:
    """A personal project with a goal and two steps, signed by the person and the sender."""
    on = path.later(on, 1, 6)
    path.project, path.goal, path.step = path.new_id(), path.new_id(), path.new_id()
    support = path.new_id()
    steps = [
        {"step": path.step, "step_kind": "internship", "organisation": path.host, "ends": months_on(on, 6).isoformat()},
        {"step": support, "step_kind": "support", "organisation": path.sender},
    ]
    path.tell(
        path.sender,
        "project-drafted",
        on,
        project=path.project,
        goals=[{"goal": path.goal, "goal_kind": "work"}],
        steps=steps,
        signed_by=[{"party": "person", "on": on.isoformat()}],
        goal_texts=[{"goal": path.goal, "text": path.pick(texts.GOALS)}],
    )
    signed = {"project": path.project, "party": "sender", "organisation": path.sender}
    path.tell(path.sender, "project-signed", path.later(on, 1, 3), by_day=True, **signed)
    if path.happens(30):
        dropped = {"project": path.project, "step": support, "reason_class": "not-needed"}
        path.tell(path.sender, "step-dropped", path.later(on, 30, 60), **dropped)
    return on
