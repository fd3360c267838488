"""The referrals of a caseload, each as a loop from sending to outcome."""

from typing import NamedTuple

from domain.case.about import ActAttested
from domain.case.placement import FinalEvaluationShared
from domain.case.referral import (
    ReferralAccepted,
    ReferralDeclined,
    ReferralOutcomeReturned,
    ReferralSent,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from domain.case.sides import answered_on_one_side
from services.timetext import told
from services.views.board import Line
from services.views.kinds.kind import Kind


class ReferralRow(NamedTuple):
    """`one_sided`: one account has told it and its answer. `opened`: entries that were open to who has declined it."""

    organisation: str
    record: str
    referral: str
    sender: str
    receiver: str
    service: str
    state: str
    sent: str
    answered: str | None
    closed: str | None
    answer_by: str | None
    one_sided: int
    opened: int
    position: int


def rows(line: Line) -> list[ReferralRow]:
    return [
        ReferralRow(
            organisation="",
            record=line.case.id,
            referral=str(id_),
            sender=referral.sender,
            receiver=referral.receiver,
            state=referral.state,
            answer_by=referral.answer_by.isoformat() if referral.answer_by else None,
            service=loop.service,
            sent=loop.sent,
            answered=loop.answered,
            closed=loop.closed or (told(referral.closed) if referral.closed else None),
            opened=loop.opened if referral.state == "declined" else 0,
            one_sided=int(answered_on_one_side(line.case, referral)),
            position=loop.position,
        )
        for id_, referral in line.case.path.referrals.by_id.items()
        if (loop := line.loops.get(id_))
    ]


REFERRALS = Kind(
    "referral",
    ReferralRow,
    touched_by=(  # and not what is asked and told beside it, of which there is much
        ReferralSent,
        ReferralAccepted,
        ReferralDeclined,
        ReferralWaitlisted,
        ReferralWithdrawn,
        ReferralOutcomeReturned,
        FinalEvaluationShared,
        ActAttested,
    ),
    held=lambda line: line.case.path.referrals.by_id,
    rows=rows,
    indexed=("position",),
)
