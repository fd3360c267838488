"""The referrals of a caseload, each as a loop from sending to outcome."""

from domain.case.referral import OPEN
from services.queries.pages import END, Answer, limited, page
from services.queries.reading import Reading
from services.queries.rows_shown import loop_shown


def referrals(at: Reading, *, limit: int = 100, cursor: int | None = None, open_only: bool = False) -> Answer:
    """The latest first."""
    before, states = END if cursor is None else cursor, sorted(OPEN) if open_only else None
    rows = at.views.referrals(at.reader, before=before, limit=limited(limit) + 1, record=None, states=states)
    found, more = page(rows, limited(limit))
    return {"referrals": [loop_shown(row, at.now) for row in found], "next": found[-1].position if more else None}
