"""Who has left a case, or the threads of it in which it stood, and when."""

from typing import TYPE_CHECKING

from domain.case.placements import Placement
from domain.facts import replace
from domain.moment import Moment

if TYPE_CHECKING:
    from domain.case.path import Path


def in_thread(path: "Path", organisation: str) -> bool:
    """Whether it stands in a thread: as a host that is not confirmed, or by a referral of a member that it accepted."""
    hosted = path.placements.hosted_in_thread(organisation)
    return bool(hosted) or bool(path.referrals.taken_in_thread(organisation))


def out_of_threads(path: "Path", organisation: str, moment: Moment) -> "Path":
    """Where it is only asked, it goes on being asked: that ends with its answer."""
    if not in_thread(path, organisation):
        return path
    placements, referrals = path.placements.left(organisation, moment), path.referrals.left(organisation)
    return replace(path, placements=placements, referrals=referrals)


def left_at(path: "Path", organisation: str) -> Moment | None:
    """When it last left, as far as others knew: not before that was told. None if it is there, or never was."""
    team = path.team
    if team.belongs(organisation) or in_thread(path, organisation):
        return None
    stays = (stay.told or stay.until for stay in team.stays(organisation))
    hosts = (p.host_left for p in path.placements.by_id.values() if p.host == organisation)
    return max((each for each in (*stays, *hosts) if each), key=lambda each: each.time, default=None)


def goes_on(placement: Placement) -> bool:
    return placement.started is not None and placement.ended is None and not placement.cancelled
