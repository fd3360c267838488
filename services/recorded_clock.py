"""The record's clock: at a position, the latest moment at which anything up to there was recorded.

Several desks write one record, so `recordedtime` may go back a little from one entry to the next.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from domain.entry import Entry

DISORDER: Final = timedelta(seconds=10)
"""More than the record ever goes back: desks differ by a second, and one may write for five seconds in an outage."""
PAGE: Final = 500


class Pages(Protocol):
    def page(self, after: int, limit: int) -> Sequence[Entry]: ...


def clock_at(record: Pages, end: int) -> datetime | None:
    """The latest moment recorded up to a position; None before the first entry."""
    latest: datetime | None = None
    while end:
        after = max(0, end - PAGE)
        for entry in reversed(record.page(after, end - after)):
            if latest is not None and abs(entry.recorded_at - latest) > DISORDER:
                return latest  # long before, or of a time that was corrected since
            latest = max(latest or entry.recorded_at, entry.recorded_at)
        end = after
    return latest


def end_at(record: Pages, moment: datetime, end: int) -> int:
    """The last position, up to `end`, at which the record's clock has not passed the moment.

    All before an entry that is older than the moment by `DISORDER` is older too; from there each entry is looked at.
    """
    after, high = 0, end
    while after < high:
        middle = (after + high + 1) // 2
        if record.page(middle - 1, 1)[0].recorded_at <= moment - DISORDER:
            after = middle
        else:
            high = middle - 1
    while page := record.page(after, min(PAGE, end - after)) if after < end else ():
        for entry in page:
            if entry.recorded_at > moment:
                return entry.position - 1
        after = page[-1].position
    return end
