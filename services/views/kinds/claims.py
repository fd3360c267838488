"""What waits for the word of one organisation: claims, memberships to confirm, signatures that another account told."""

from collections.abc import Iterator
from itertools import chain
from typing import Literal, NamedTuple

from domain.case import Case
from domain.case.about import AboutAct, ActContested
from domain.case.assessment import PresentationSheetFiled
from domain.case.meeting import OneMeetingAct
from domain.case.placement import (
    FinalEvaluationShared,
    PlacementAct,
    PlacementAgreed,
    PlacementCancelled,
    PlacementChanged,
    PlacementEnded,
    PlacementExtended,
    PlacementResumed,
    PlacementSigned,
    PlacementStarted,
    PlacementSuspended,
)
from domain.case.project import Plan, ProposalAct
from domain.case.referral import (
    TAKEN,
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    ReferralOutcomeReturned,
    ReferralSent,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from domain.case.speaking import is_there
from domain.case.team import TeamAct
from domain.entry import Entry
from domain.facts import replace
from domain.refusal import Refused
from services.seen import Masked
from services.timetext import told
from services.views.board import Line
from services.views.kinds.kind import Kind, teller


class WaitingRow(NamedTuple):
    """`version` is that of the entry to attest, `wording` that of the amendment that made it say what it says, or 0;
    `told_for` the organisation whose word it is, if it has a system.

    Otherwise it is the responsible's word, or that of `teller` if the responsible has no system.
    """

    organisation: str
    record: str
    item: str
    what: Literal["claim", "membership", "signature", "told-before"]
    type: str
    told_by: str
    told_for: str | None
    responsible: str | None
    teller: str | None
    at: str
    position: int
    version: int
    wording: int


def rows(line: Line) -> list[WaitingRow]:
    return list(chain(_claims(line), _memberships(line), _signatures(line)))


def _claims(line: Line) -> Iterator[WaitingRow]:
    """A claim told for one whose answer it is not waits for the responsible. What can be no more waits for nobody."""
    case = line.case
    for entry in case.open_claims:
        whose = entry.on_behalf_of if is_there(case, entry.on_behalf_of, entry) else None
        if not (_contested(case, entry, whose or case.path.team.responsible) or _moot(case, entry)):
            yield _row(line, "claim", entry.originator_version, whose)


def _contested(case: Case, claim: Entry, whose: str | None) -> bool:
    """Whether the one whose word it waits for has said that it is not so."""
    said = (case.history.entries[version] for version in case.about.get(claim.originator_version))
    return any(isinstance(each.act, ActContested) and each.actor == whose and not case.retracted(each) for each in said)


def _moot(case: Case, claim: Entry) -> bool:
    """Whether it could not be told any more as the case stands: somebody whose answer it is has given it since."""
    act = case.held(claim)
    if not isinstance(act, ReferralAct | PlacementAct):
        return False
    told = replace(claim, act=act, claim=False, originator_version=case.version + 1)
    try:
        case.check_possible(told)
    except Refused:
        return True
    return False


def _memberships(line: Line) -> Iterator[WaitingRow]:
    """A receiver or host that stands in its thread only, until the responsible confirms it."""
    path = line.case.path
    for referral in path.referrals.by_id.values():
        if referral.state in TAKEN and not referral.of_responsible and referral.accepted:
            yield _row(line, "membership", referral.accepted, None)
    for placement in path.placements.by_id.values():
        if placement.in_thread and not placement.cancelled:
            yield _row(line, "membership", placement.agreed, None)


def _signatures(line: Line) -> Iterator[WaitingRow]:
    for placement in line.case.path.placements.by_id.values():
        for signer, (_, version) in placement.signed_for.items():
            if not placement.cancelled:
                yield _row(line, "signature", version, signer)


def _row(line: Line, what: Literal["claim", "membership", "signature"], version: int, whose: str | None) -> WaitingRow:
    case, team = line.case, line.case.path.team
    entry = case.history.entries[version]
    if isinstance(entry.act, Masked):  # who told it first, and when, is masked too
        entry = teller(case, version)
    return WaitingRow(
        organisation="",
        record=case.id,
        item=f"{what}-{version}" + (f"-{whose}" if what == "signature" else ""),
        what=what,
        type=(case.held(case.history.entries[version]) or entry.act).type,
        told_by=entry.organisation,
        told_for=whose,
        responsible=team.responsible,
        teller=team.teller_of(team.responsible),
        at=told(entry.occurred),
        position=entry.position,
        version=version,
        wording=case.about.reworded.get(version, 0),
    )


CLAIMS = Kind(
    "claim",
    WaitingRow,
    touched_by=(
        ReferralSent,
        ReferralAccepted,
        ReferralDeclined,
        ReferralWaitlisted,
        ReferralWithdrawn,
        ReferralOutcomeReturned,
        TeamAct,
        ProposalAct,
        AboutAct,
        PresentationSheetFiled,
        FinalEvaluationShared,
        OneMeetingAct,
        Plan,
        PlacementAgreed,
        PlacementSigned,
        PlacementStarted,
        PlacementChanged,
        PlacementCancelled,
        PlacementExtended,
        PlacementSuspended,
        PlacementResumed,
        PlacementEnded,
    ),
    held=lambda line: line.case.claims or line.case.path.placements.by_id or line.case.path.referrals.by_id,
    rows=rows,
)
