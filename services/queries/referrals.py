"""The referrals of a caseload, each as a loop from sending to outcome."""

from domain.case.referral import OPEN
from services.queries.pages import END, Answer, fitting, limited, page
from services.queries.reading import Reading
from services.queries.rows_shown import loop_shown


def referrals(at: Reading, *, limit: int = 100, cursor: int | None = None, open_only: bool = False) -> Answer:
    """The latest first."""
    before, states = END if cursor is None else cursor, sorted(OPEN) if open_only else None
    rows = at.views.referrals(at.reader, before=before, limit=limited(limit) + 1, record=None, states=states)
    found, more = page(rows, limited(limit))
    next_ = found[-1].position if more else None
    shown, next_ = fitting(found, [loop_shown(row, at.now) for row in found], next_, lambda row: row.position)
    return {"referrals": shown, "next": next_}
