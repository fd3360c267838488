"""Puts an amendment into a folded case at the cost of what it changes, not of the length of the case."""

from collections.abc import Iterator
from typing import Final, TypeVar
from uuid import UUID

from immutables import Map

from domain.case.assessment import ObservationRecorded, TeamOutcomeRecorded
from domain.case.disturbing import effect
from domain.case.meeting import MeetingHeld, OneMeetingAct
from domain.case.path import Path
from domain.case.placement import PlacementAgreed
from domain.case.placements import Followed, Placements
from domain.case.referral import OPEN, Referral, ReferralSent
from domain.case.team import Team
from domain.case.threads import Held, Key, Threads, keys
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.moment import Moment

V = TypeVar("V")
LAST: Final = 2**31
"""No entry of a case has a later version."""


@dataclass(frozen=True, slots=True)
class Amended:
    """One entry of which another act holds than before; None where it is or was taken back."""

    entry: Entry
    was: Act | None
    now: Act | None

    @property
    def version(self) -> int:
        return self.entry.originator_version

    @property
    def acts(self) -> tuple[Act, ...]:
        return tuple(act for act in (self.was, self.now) if act is not None)

    @property
    def moves(self) -> bool:
        """Whether it is there only before or only after: when it happened, no correction changes."""
        return self.was is None or self.now is None

    @property
    def keys(self) -> dict[Key, None]:
        return dict.fromkeys(key for act in self.acts for key in keys(act) if isinstance(key, UUID))


def path_after(path: Path, amended: Amended, threads: Threads, was: Held, now: Held, *, claims: bool) -> Path | None:
    """The path with the amendment in; None if only folding the whole case can tell.

    `was` and `now` tell which act holds of an entry, before and after. `claims`: some take effect later than told.
    """
    effects = {effect(type(act)) for act in amended.acts}
    one = effects.pop() if len(effects) == 1 else "everything"
    match "everything" if claims and one not in ("nothing", "contact") else one:
        case "nothing":
            return path
        case "contact":
            return replace(path, contact=_contact(threads, now)) if amended.moves else path
        case "count":
            return _counted(path, amended, threads, now)
        case "thread":
            return _of_threads(path, amended, threads, was, now)
        case "meeting":
            return _of_meeting(path, amended, threads, was, now)
        case "course" | "waived" as name:
            return _named(path, name, amended, threads, now)
        case "standing":
            return _of_standing(path, amended, threads, was, now)
        case _:
            return None


def _of_threads(path: Path, amended: Amended, threads: Threads, was: Held, now: Held) -> Path | None:
    """None if more than its own entries has made a thread what it is."""
    for key in amended.keys:
        placed = path.placements.by_id.get(key) if isinstance(key, UUID) else None
        if isinstance(key, UUID) and placed and threads.before(key, LAST, was).placements.by_id.get(key) != placed:
            return None
        if thread := threads.amended(key, amended.version, now):
            path = patched(path, key, thread)
    return path


def patched(path: Path, key: Key, thread: Path) -> Path:
    """The path with what one thread has made of the thing that has this id."""
    meetings, projects = path.meetings, path.projects
    return replace(
        path,
        meetings=replace(
            meetings,
            by_id=_put(meetings.by_id, key, thread.meetings.by_id),
            tasks=_put(meetings.tasks, key, thread.meetings.tasks),
        ),
        placements=replace(path.placements, by_id=_put(path.placements.by_id, key, thread.placements.by_id)),
        projects=replace(
            projects,
            by_id=_put(projects.by_id, key, thread.projects.by_id),
            proposals=_put(projects.proposals, key, thread.projects.proposals),
        ),
        assessments=replace(
            path.assessments, sheets=_put(path.assessments.sheets, key, thread.assessments.sheets)
        ),
    )  # fmt: skip


def _put(into: Map[UUID, V], key: Key, of: Map[UUID, V]) -> Map[UUID, V]:
    if not isinstance(key, UUID):
        return into
    value = of.get(key)
    if value is None:
        return into.delete(key) if key in into else into
    return into.set(key, value)


def _named(path: Path, name: str, amended: Amended, threads: Threads, now: Held) -> Path:
    if (thread := threads.amended(name, amended.version, now)) is None:
        return path
    if name == "course":
        return replace(path, course=thread.course)
    return replace(path, meetings=replace(path.meetings, waived=thread.meetings.waived))


def _contact(threads: Threads, now: Held) -> Moment | None:
    """When somebody last spoke or met."""
    last: Moment | None = None
    met: set[UUID] = set()
    for version in threads.versions("contact"):
        if (found := now(version)) is None:
            continue
        act, entry = found
        if isinstance(act, MeetingHeld):
            if act.meeting in met:
                continue
            met.add(act.meeting)
        elif effect(type(act)) != "contact":
            continue
        if last is None or entry.occurred.time > last.time:
            last = entry.occurred
    return last


def _counted(path: Path, amended: Amended, threads: Threads, now: Held) -> Path:
    for act, more in ((amended.was, -1), (amended.now, 1)):
        assessments, placements = path.assessments, path.placements
        name = "observations" if isinstance(act, ObservationRecorded) else "team_outcomes"
        if not isinstance(act, ObservationRecorded | TeamOutcomeRecorded):
            continue
        if act.placement is None:
            path = replace(path, assessments=replace(assessments, **{name: getattr(assessments, name) + more}))
        elif act.placement in existing(path, amended.version, threads, now):
            path = replace(path, placements=_followed(placements, act.placement, **{name: more}))
    return path


def _followed(placements: Placements, id_: UUID, **more: int) -> Placements:
    seen = placements.followed(id_)
    return _following(
        placements, id_, replace(seen, **{name: getattr(seen, name) + number for name, number in more.items()})
    )


def _following(placements: Placements, id_: UUID, seen: Followed) -> Placements:
    """As the fold has it: what was never followed up is not there."""
    known = placements.followed_up
    if seen != Followed():
        return replace(placements, followed_up=known.set(id_, seen))
    return replace(placements, followed_up=known.delete(id_)) if id_ in known else placements


def existing(path: Path, version: int, threads: Threads, now: Held) -> dict[UUID, None]:
    """The placements that had been agreed before the entry, in the order of the path."""
    return {id_: None for id_ in path.placements.by_id if any(True for _ in _agreed(id_, version, threads, now))}


def _agreed(id_: UUID, version: int, threads: Threads, now: Held) -> Iterator[int]:
    for each in threads.versions(id_):
        if each >= version:
            return
        if (found := now(each)) and isinstance(found[0], PlacementAgreed) and found[0].placement == id_:
            yield each


def _of_meeting(path: Path, amended: Amended, threads: Threads, was: Held, now: Held) -> Path | None:
    meetings = dict.fromkeys(act.meeting for act in amended.acts if isinstance(act, OneMeetingAct))
    monitored: dict[UUID, int] = {}
    for meeting in meetings:
        for held, more in ((was, -1), (now, 1)):
            for id_ in _monitored(path, meeting, threads, held):
                monitored[id_] = monitored.get(id_, 0) + more
    placements = path.placements
    for id_, more in monitored.items():
        if more:
            placements = _followed(placements, id_, monitored=more)
    met = {act.meeting if isinstance(act, MeetingHeld) else None for act in (amended.was, amended.now)}
    if len(met) > 1:
        path = replace(path, contact=_contact(threads, now))
    return _of_threads(replace(path, placements=placements), amended, threads, was, now)


def _monitored(path: Path, meeting: UUID, threads: Threads, held: Held) -> tuple[UUID, ...]:
    """The placements that the first telling of a meeting was about."""
    state = Path()
    for version in threads.versions(meeting):
        if (found := held(version)) is None:
            continue
        act, entry = found
        if isinstance(act, MeetingHeld) and act.meeting == meeting:
            known = existing(path, version, threads, held)
            placements = Placements(Map({id_: path.placements.by_id[id_] for id_ in known}))
            return tuple(replace(state, placements=placements).met(act, entry).placements.followed_up)
        state = state.after(act, entry)
    return ()


def _of_standing(path: Path, amended: Amended, threads: Threads, was: Held, now: Held) -> Path | None:
    if sent := quietly_sent(path, amended, threads, was, now):
        return replace(path, referrals=replace(path.referrals, by_id=_put(path.referrals.by_id, *sent)))
    return None


def quietly_sent(
    path: Path, amended: Amended, threads: Threads, was: Held, now: Held
) -> tuple[UUID, Map[UUID, Referral]] | None:
    """A referral that nobody has accepted, as it is sent now, if at all: nobody's standing follows from it.

    None if more than this one referral may be another.
    """
    old, new = amended.was, amended.now
    if not isinstance(old, ReferralSent) or not (new is None or isinstance(new, ReferralSent)):
        return None
    if new is not None and (new.referral, new.sheet) != (old.referral, old.sheet):
        return None
    if _brings_another_in(path.team, amended.entry, old, new):
        return None
    id_, version = old.referral, amended.version
    known = path.referrals.by_id.get(id_)
    if version == 1 or known is None or known.sent != version or known.state not in OPEN | {"declined", "withdrawn"}:
        return None
    made = []
    for held in (was, now):
        thread = Path(team=path.team)
        for each in threads.versions(id_):
            if found := held(each):
                thread = thread.after(*found)
        made.append(thread.referrals.by_id)
        if thread.team != path.team:
            return None
    return (id_, made[1]) if made[0].get(id_) == known else None


def _brings_another_in(team: Team, entry: Entry, old: ReferralSent, new: ReferralSent | None) -> bool:
    """Whether it may have been this referral, or would be, that first brings an organisation to the case.

    Whoever does so tells for it, if it has no system.
    """
    if new is not None and new.to == old.to:
        return False
    by, named = entry.organisation, {old.to, entry.actor, new.to if new else old.to}
    tellers = {each: team.tellers.get(each) for each in named - {by}}
    return any(
        (not team.knows(each)) if teller is None else (teller.named == 0 and teller.account == by)
        for each, teller in tellers.items()
    )
