"""A case that passes to another, or ends before its time: handed over, out of the network, a death, a duplicate."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.arrival import opens
from adapters.simulation.network import SENDING
from adapters.simulation.outcome import closed
from adapters.simulation.path import Path
from adapters.simulation.placement import Course, ended


def handed_over(path: Path, on: date) -> None:
    """Proposed, in some cases declined at first; the old one stays in the team, and the new one names its person."""
    others = [each for each in path.others(SENDING) if path.network.connected(each)]
    if not others:
        return
    to = path.pick(others)
    if path.trouble == "handover-declined":
        handover = _proposed(path, on, to)
        on = path.later(on, 2, 5)
        path.tell(to, "handover-declined", on, handover=handover, reason_class="no-capacity")
        on = path.later(on, 10, 20)
    handover = _proposed(path, on, to)
    on = path.later(on, 2, 6)
    path.tell(to, "handover-accepted", on, handover=handover)
    path.tell(to, "member-joined", on, organisation=path.sender, role="sender", past="all")
    path.tell(to, "referent-changed", path.later(on, 1, 3), organisation=to, referent=path.new_id())
    spoke = {"channel": "in-person", "with_whom": "person", "note": path.pick(texts.CONTACTS)}
    path.tell(to, "contact-made", path.later(on, 4, 12), **spoke)


def _proposed(path: Path, on: date, to: str) -> str:
    handover = path.new_id()
    path.tell(path.sender, "handover-proposed", on, handover=handover, to=to, reason_class="closer")
    return handover


def moved_away(path: Path, on: date) -> None:
    """Another area takes over, outside the record."""
    path.telling.cut(on)
    on = path.later(on, 1, 3)
    away = {"reason_class": "moved", "to_whom": "Servizi di un altro territorio (esempio)"}
    path.tell(path.sender, "contact-made", on, channel="phone", with_whom="person", note="Cambia città.")
    if path.happens(50):
        closed(path, path.later(on, 2, 5), ("transferred", "moved"))
    else:
        _left_without_a_responsible(path, path.later(on, 2, 5), away)


def _left_without_a_responsible(path: Path, on: date, away: dict[str, str]) -> None:
    """Another service of the team takes the case up; of its past it sees what it saw before."""
    others = [each for each in path.others(SENDING) if path.network.connected(each)]
    if others:
        path.tell(path.sender, "member-joined", on, organisation=others[0], role="social-worker")
    path.tell(path.sender, "case-handed-out", on, **away)
    if others:
        path.tell(others[0], "case-adopted", path.later(on, 2, 5), organisation=others[0])


def died(path: Path, course: Course) -> None:
    """In the middle of the placement: nothing more is asked of anybody."""
    on = path.later(course.starts, 35, 60)
    path.telling.cut(on)
    on = path.later(on, 1, 2)
    ended(path, course, ("death", "death"), on)
    closed(path, path.later(on, 1, 4), ("death", "death"))


def told_twice(path: Path) -> None:
    """The same person, opened again by another sender who did not know; found out, and closed."""
    opens(path, path.begins)
    spoke = {"channel": "in-person", "with_whom": "person", "note": path.pick(texts.CONTACTS)}
    path.tell(path.sender, "contact-made", path.later(path.begins, 1, 4), **spoke)
    closed(path, path.later(path.begins, 5, 12), ("other", "duplicate"))
