"""The placements of a caseload: between whom, from when to when, paid by whom, under which agreement."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.case.about import ActAttested
from domain.case.placement import (
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
from domain.case.placements import Placement
from domain.case.referral import ReferralDeclined, ReferralWithdrawn
from services.views.board import Line
from services.views.kinds.kind import Kind, teller


class PlacementRow(NamedTuple):
    """Days as ISO texts. `tutors` are `organisation:practitioner`, `pauses` are `since/until`, each parted by spaces.

    `awaited` are the organisations whose signature another has told, or that was for what was agreed before;
    `one_sided`: one account alone has spoken for all. `agreed` is the day on which it was agreed, `state` what was
    told last, `position` that of the entry that agreed it.
    """

    organisation: str
    record: str
    placement: str
    state: str
    channel: str
    place_kind: str
    host: str | None
    agency: str | None
    user_company: str | None
    promoter: str | None
    payer: str | None
    regime_class: str | None
    agreement: str | None
    referral: str | None
    grant_cents: int | None
    hours_a_week: int | None
    agreed: str
    starts: str | None
    ends: str | None
    started: str | None
    ended: str | None
    ended_class: str | None
    tutors: str
    pauses: str
    signed: str
    awaited: str
    one_sided: int
    position: int


def rows(line: Line) -> list[PlacementRow]:
    found = line.case.path.placements.by_id.items()
    return [_row(line, id_, placement) for id_, placement in found]


def _row(line: Line, id_: UUID, placement: Placement) -> PlacementRow:
    return PlacementRow(
        organisation="",
        record=line.case.id,
        placement=str(id_),
        state=placement.state,
        channel=placement.channel,
        place_kind=placement.place_kind,
        host=placement.host,
        agency=placement.agency,
        user_company=placement.user_company,
        promoter=placement.promoter,
        payer=placement.payer,
        regime_class=placement.regime_class,
        agreement=str(placement.agreement) if placement.agreement else None,
        referral=str(placement.referral) if placement.referral else None,
        grant_cents=placement.grant_cents,
        hours_a_week=placement.hours_a_week,
        agreed=placement.agreed_at.time.date().isoformat(),
        starts=_day(placement.starts),
        ends=_day(placement.ends),
        started=_day(placement.started),
        ended=_day(placement.ended),
        ended_class=placement.ended_class,
        tutors=" ".join(f"{t.organisation}:{t.practitioner or ''}" for t in placement.tutors),
        pauses=" ".join(f"{p.since}/{p.until or ''}" for p in placement.pauses),
        signed=" ".join(sorted(placement.signed)),
        awaited=" ".join(sorted(placement.signed_for)),
        one_sided=int(placement.on_one_side),
        position=teller(line.case, placement.agreed).position,
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


PLACEMENTS = Kind(
    "placement",
    PlacementRow,
    touched_by=(  # and not hours and grants, of which there are many
        PlacementAgreed,
        PlacementCancelled,
        PlacementChanged,
        PlacementEnded,
        PlacementExtended,
        PlacementResumed,
        PlacementSigned,
        PlacementStarted,
        PlacementSuspended,
        ActAttested,
        ReferralDeclined,
        ReferralWithdrawn,
    ),
    held=lambda line: line.case.path.placements.by_id,
    rows=rows,
)
