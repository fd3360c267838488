"""Notices gathered to be stored together, each naming the one before it in the same organisation's feed.

While some are being stored the next are gathered: the message server works meanwhile, and we would wait for it.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from eventsourcing.persistence import Notification

from domain.record_id import Kind, kind_of
from services.feed.notices import Notice, chained
from services.feed.outlet import LARGEST_BATCH, Cursor, Kept, Outlet
from services.position import digest_of

GATHERED: Final = 700
"""Notices that are handed over to be stored: few enough that gathering the next goes on meanwhile.

Not fewer: a batch costs the message server much the same whatever is in it.
"""


class Sending:
    """Begins where the cursor stands. After an error it is of no more use: what was stored, the cursor tells."""

    def __init__(self, outlet: Outlet, kept: Kept) -> None:
        self._outlet = outlet
        self._sequence = kept.sequence
        self._gathered: list[Notice] = []
        self._last: dict[str, str | None] = {}
        self._upto: Notification | None = None
        self._beside = ThreadPoolExecutor(1, "feed-storing")
        self._storing: tuple[Future[int], Cursor] | None = None
        self.cursor = kept.cursor
        self.rulebooks = kept.cursor.rulebooks

    def add(self, notification: Notification, notices: Sequence[Notice]) -> None:
        """Take the notices of one entry; what exceeds a batch is stored in parts, and the cursor says which."""
        done = (self.cursor.done or 0) if notification.id == self.cursor.position else 0
        if self._upto and len(self._gathered) + len(notices) - done > GATHERED:
            self._hand_over(self._upto)
        while len(notices) - done > LARGEST_BATCH:
            part = [self._chain(n) for n in notices[done : done + LARGEST_BATCH]]
            done += LARGEST_BATCH
            self._publish(part, self._at(notification, done))
        self._gathered += [self._chain(n) for n in notices[done:]]
        self._upto = notification
        record = str(notification.originator_id)
        if record not in self.rulebooks and kind_of(record) is Kind.RULEBOOK:
            self.rulebooks = (*self.rulebooks, record)

    def flush(self) -> None:
        """Store what was gathered, and with it that its entries are done."""
        self._settle()
        if self._upto:
            self._publish(self._gathered, self._at(self._upto))
            self._gathered, self._upto = [], None

    def touch(self) -> None:
        """Write the cursor once more, so that it does not grow old."""
        self._publish((), self.cursor)

    def close(self) -> None:
        """What is being stored is stored, or fails, unheard."""
        self._beside.shutdown()

    def _hand_over(self, upto: Notification) -> None:
        self._settle()
        at = self._at(upto)
        self._storing = self._beside.submit(self._outlet.publish, self._gathered, at, after=self._sequence), at
        self._gathered, self._upto = [], None

    def _settle(self) -> None:
        """Wait for what was handed over."""
        if self._storing:
            (storing, at), self._storing = self._storing, None
            self._sequence = storing.result()
            self.cursor = at

    def _publish(self, notices: Sequence[Notice], at: Cursor) -> None:
        self._settle()
        self._sequence = self._outlet.publish(notices, at, after=self._sequence)
        self.cursor = at

    def _at(self, upto: Notification, done: int | None = None) -> Cursor:
        return Cursor(self.cursor.incarnation, upto.id, digest_of(upto), done, self.rulebooks)

    def _chain(self, notice: Notice) -> Notice:
        id_ = notice.organisation
        previous = self._last[id_] if id_ in self._last else self._outlet.last(id_)
        self._last[id_] = notice.id
        return chained(notice, previous)


def begun(incarnation: str) -> Kept:
    """Nothing is told yet."""
    return Kept(Cursor(incarnation), sequence=0, age=0, ours=True)
