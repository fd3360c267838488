"""A line of the board and a referral's loop as their reader is shown them."""

from typing import Any

from services.timetext import days_between
from services.views.kinds.referrals import ReferralRow
from services.views.rows import BoardRow


def line_shown(row: BoardRow, person: dict[str, Any], now: str, *, known_elsewhere: bool) -> dict[str, Any]:
    """`known_elsewhere`: another organisation may know the person; neither who nor since when is ever shown."""
    return {
        "case": row.record.removeprefix("case/"),
        "person": person,
        "role": row.role,
        "status": row.status,
        "taken_on": None if row.taken_on is None else bool(row.taken_on),
        "responsible": row.responsible,
        "orphan": bool(row.orphan),
        "last_act": {"position": row.last_position, "type": row.last_type, "occurred_at": row.last_time or None},
        "last_contact": row.last_contact,
        "days_without_contact": days_between(row.last_contact, now) if row.last_contact else None,
        "open_referrals": row.open_referrals,
        **({"possible_duplicate": True} if known_elsewhere else {}),
    }


def loop_shown(row: ReferralRow, now: str) -> dict[str, Any]:
    """`days` to the answer, or until now where there is none; `entries_open` were open to who has declined it."""
    return {
        "case": row.record.removeprefix("case/"),
        "referral": row.referral,
        "state": row.state,
        "sender": row.sender,
        "receiver": row.receiver,
        "service": row.service,
        "sent": row.sent,
        "answered": row.answered,
        "closed": row.closed,
        "days": days_between(row.sent, row.answered or row.closed or now),
        "answer_by": row.answer_by,
        "on_one_sides_word": bool(row.one_sided),
        **({"entries_open": row.opened} if row.state == "declined" else {}),
        "position": row.position,
    }
