"""How belonging to a case begins and ends with referrals and placements, and when a referral opens the past."""

from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.placement import PlacementAgreed, PlacementSigned, PlacementStarted
from domain.case.referral import TAKEN, Referral, ReferralAccepted
from domain.case.team import Stay
from domain.entry import Act, Entry
from domain.facts import replace

if TYPE_CHECKING:
    from domain.case.path import Path


def accepted(path: "Path", id_: UUID, referral: Referral, entry: Entry) -> "Path":
    """The receiver of the responsible's referral is a member from now on; of another's, it stands in the thread."""
    team = path.team
    if referral.of_responsible:
        team = team.admitted(referral.receiver, Stay(entry.occurred, entry.since, through=id_))
    # Who passed the case on while the answer was out follows its referral. Who left does not come back.
    if referral.from_within and not team.belongs(referral.sender) and not team.left(referral.sender):
        team = team.joined(referral.sender, Stay(entry.occurred, entry.since))
    return replace(path, team=team)


def ended(path: "Path", id_: UUID, referral: Referral, entry: Entry) -> "Path":
    """A decline or withdrawal of an accepted referral ends what its acceptance began."""
    if referral.state != "accepted":
        return path
    team = path.team
    if not any(i != id_ and _admits(r, referral.receiver) for i, r in path.referrals.by_id.items()):
        team = team.left_through(id_, entry)
    return replace(path, team=team, placements=path.placements.cancelled_with(id_, referral.receiver))


def _admits(referral: Referral, receiver: str) -> bool:
    return referral.receiver == receiver and referral.of_responsible and referral.state in TAKEN


def attested(path: "Path", target: Act, entry: Entry, *, as_worded: bool) -> "Path":
    """The path with what an attestation confirms of its target; its ruling says with how much authority.

    Of an act that says something else by now, `as_worded` is false: the attestation is no signature of that.
    """
    if entry.ruled == "none":
        return path
    if entry.ruled in ("", "full"):
        path = _confirmed(path, target, entry)
    if isinstance(target, PlacementAgreed | PlacementSigned | PlacementStarted):
        placements = path.placements.attested(target, entry, as_worded=as_worded)
        path = with_past_of(replace(path, placements=placements), target.placement, entry)
    return with_word(path, target, entry) if as_worded else path


def with_word(path: "Path", target: Act, entry: Entry) -> "Path":
    """With one more account that stands by a placement: what one alone tells is shown as its word alone."""
    if not isinstance(target, PlacementAgreed | PlacementSigned | PlacementStarted):
        return path
    return with_past_of(
        replace(path, placements=path.placements.seconded(target.placement, entry)), target.placement, entry
    )


def _confirmed(path: "Path", target: Act, entry: Entry) -> "Path":
    """Whoever stood in a thread only is a member, once the responsible confirms it."""
    match target:
        case ReferralAccepted() if referral := path.referrals.by_id.get(target.referral):
            if referral.of_responsible or referral.left or referral.state not in TAKEN:
                return path
            path = replace(path, referrals=path.referrals.confirmed(target.referral))
            return accepted(path, target.referral, path.referrals.by_id[target.referral], entry)
        case PlacementAgreed() if known := path.placements.by_id.get(target.placement):
            if not known.in_thread or known.host is None:
                return path
            team = path.team.admitted(known.host, Stay(entry.occurred, entry.since))
            return replace(path, team=team, placements=path.placements.confirmed(target.placement))
        case _:
            return path


def with_past_of(path: "Path", placement: UUID, entry: Entry) -> "Path":
    """The past that a referral names opens once its placement has begun on the word of another than its receiver."""
    known = path.placements.by_id.get(placement)
    referral = path.referrals.by_id.get(known.referral) if known and known.referral else None
    if known is None or referral is None or referral.past == "none" or not known.started or known.cancelled:
        return path
    receiver, team = referral.receiver, path.team
    others = known.told_by - {receiver, referral.answered_by}
    if not others or referral.state not in TAKEN or not referral.of_responsible or not team.membership(receiver):
        return path
    stay = Stay(entry.occurred, entry.since, referral.past, referral.past_since)
    return replace(path, team=team.admitted(receiver, stay))


def opens_sheet(path: "Path", sheet: UUID, referral: Entry, *, leads: bool) -> bool:
    """Whether a filed sheet opens with a referral: it is the sender's own, or the sender sees it.

    `leads`: the account that sends it holds the authority of the responsible organisation.
    """
    whose, account, version = path.assessments.filed[sheet]
    team, by = path.team, referral.organisation
    if leads or by in (whose, account):
        return True
    stay = team.membership(by)
    return stay is not None and (stay.past == "all" or version >= stay.joined)
