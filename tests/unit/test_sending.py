"""Notices are stored in order, each lot behind the last, while the next are gathered already."""

from collections.abc import Iterable, Sequence
from threading import Event

import pytest
from eventsourcing.persistence import Notification

from services.feed.notices import Notice
from services.feed.outlet import Cursor, Kept, OvertakenError
from services.feed.sending import GATHERED, Sending, begun
from services.seen import Seen
from tests.examples import CENTRE, act, entry

SOON = 5


class Slow:
    """An outlet that stores when it is let; `stored` are the lots in their order, `expected` what each came behind."""

    def __init__(self) -> None:
        self.let = Event()
        self.fails = False
        self.stored: list[tuple[int, int]] = []
        self.expected: list[int] = []

    def publish(self, notices: Sequence[Notice], cursor: Cursor, *, after: int) -> int:
        assert self.let.wait(SOON)
        if self.fails:
            raise OvertakenError
        self.expected.append(after)
        self.stored.append((len(notices), cursor.position))
        return after + len(notices) + 1

    def last(self, organisation: str) -> str | None:
        return f"last of {organisation}"

    def kept(self) -> Kept | None:
        return None

    def untouched(self) -> bool:
        return True

    def admit(self, organisations: Iterable[str]) -> None:
        pass

    def bar(self, organisations: Iterable[str]) -> None:
        pass


def add(sending: Sending, position: int, count: int) -> None:
    told = entry(act("contact-made"), CENTRE, position)
    notices = [Notice(CENTRE, Seen(told), position)] * count
    sending.add(Notification(told.originator_id, position, "contact-made", b"{}", id=position), notices)


def test_the_next_are_gathered_while_some_are_stored() -> None:
    outlet = Slow()
    sending = Sending(outlet, begun("i"))
    add(sending, 1, GATHERED)
    add(sending, 2, 3)  # comes back though nothing can be stored yet
    assert (outlet.stored, sending.cursor.position) == ([], 0)
    outlet.let.set()
    sending.flush()
    assert (outlet.stored, outlet.expected) == ([(GATHERED, 1), (3, 2)], [0, GATHERED + 1])
    assert sending.cursor.position == 2
    sending.close()


def test_nothing_is_stored_behind_what_failed() -> None:
    outlet = Slow()
    sending = Sending(outlet, begun("i"))
    add(sending, 1, GATHERED)
    add(sending, 2, 3)
    outlet.fails = True
    outlet.let.set()
    with pytest.raises(OvertakenError):
        sending.flush()
    assert (outlet.stored, sending.cursor.position) == ([], 0)
    sending.close()
