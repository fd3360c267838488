"""A referral and its answer: asked back, waitlisted, declined and sent elsewhere, accepted in time or not."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.arrival import sent
from adapters.simulation.calendar import days_on
from adapters.simulation.network import HOSTING
from adapters.simulation.path import Path

LATE_ANSWER = "answered-late"


def referred(path: Path, on: date) -> date:
    """Until the host accepts; the day on which it does."""
    for _ in range({"declined": 1, "declined-twice": 2}.get(path.trouble, 0)):
        on = _declined(path, on)
    past = {"past": "all"} if path.trouble == "tour" or path.happens(30) else {}
    sent(path, on, path.host, answer_by=days_on(on, 15).isoformat(), **past)
    if path.trouble != "no-sheet":
        path.tell(path.sender, "presentation-sheet-filed", on, **_sheet(path))
    if path.trouble in ("tour", "asked-back") or path.happens(15):
        on = _asked_back(path, on)
    if path.happens(20):
        on = path.later(on, 1, 3)
        path.tell(path.host, "referral-assigned", on, referral=path.referral, assignee=path.new_id())
    if path.trouble == "waitlisted":
        on = _waitlisted(path, on)
    return _accepted(path, on)


def _waitlisted(path: Path, on: date) -> date:
    on = path.later(on, 3, 8)
    waits = {"starts": days_on(on, 30).isoformat(), "reason_class": "no-place"}
    path.tell(path.host, "referral-waitlisted", on, referral=path.referral, **waits)
    return days_on(on, 18)


def _accepted(path: Path, on: date) -> date:
    on = path.later(on, 22, 30) if path.trouble == LATE_ANSWER else path.later(on, 2, 9)
    conditions = {"conditions": "Con un tutor il primo mese."} if path.happens(25) else {}
    path.tell(path.host, "referral-accepted", on, referral=path.referral, **conditions)
    return on


def _declined(path: Path, on: date) -> date:
    """It comes back, and is sent elsewhere."""
    other = path.pick(path.others(HOSTING) or path.network.of(frozenset({"trainer"})))
    sent(path, on, other)
    on = path.later(on, 2, 10)
    reason = {"reason_class": path.pick(("no-place", "not-suitable")), "reason": path.pick(texts.DECLINED)}
    path.tell(other, "referral-declined", on, referral=path.referral, **reason)
    return path.later(on, 1, 5)


def _asked_back(path: Path, on: date) -> date:
    number = path.chance.randrange(len(texts.QUESTIONS))
    asked = path.later(on, 1, 3)
    path.tell(path.host, "information-asked", asked, referral=path.referral, text=texts.QUESTIONS[number])
    answered = path.later(asked, 1, 3)
    path.tell(path.sender, "information-supplied", answered, referral=path.referral, text=texts.REPLIES[number])
    return answered


def _sheet(path: Path) -> dict[str, str]:
    limits = {"limits": path.pick(texts.LIMITS)} if path.happens(60) else {}
    return {"sheet": path.sheet, "profile": path.pick(texts.PROFILES), "wishes": path.pick(texts.WISHES), **limits}
