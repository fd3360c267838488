"""The store must still hold what we know it held; if it does not, nothing more is written."""

from collections.abc import Sequence

from eventsourcing.persistence import InternalError, Notification

from adapters.jetstream.link import Link
from adapters.jetstream.message import from_leader
from adapters.jetstream.reply import ApiError
from adapters.jetstream.streams import StreamState
from adapters.jetstream.subjects import Subjects
from services.position import Position, position_of

NOT_FOUND = 404


class StoreRegressed(InternalError):
    """The stream lost entries that were already known, or is another stream under the same name."""


class Gap(InternalError):
    """Entries that must follow one another do not: the stream has a hole."""


class Guard:
    """What is known of a stream: its incarnation, the highest entry, and whether it ever went back."""

    def __init__(self, name: str, subjects: Subjects) -> None:
        self._name = name
        self._subjects = subjects
        self._incarnation: str | None = None
        self._highest: Notification | None = None
        self._expected: dict[int, str] = {}
        self._regressed: StoreRegressed | None = None

    @property
    def highest(self) -> int:
        """The highest position known, 0 if none."""
        return max([self._highest.id if self._highest else 0, *self._expected])

    @property
    def last(self) -> Position | None:
        """The highest entry that was read, written or expected here."""
        return max(self.known(), key=lambda position: position.number, default=None)

    @property
    def incarnation(self) -> str:
        return self._incarnation or ""

    def saw(self, notification: Notification) -> None:
        if self._highest is None or notification.id > self._highest.id:
            self._highest = notification

    def expect(self, position: Position) -> None:
        """A view stands there: to be found on the stream now and after every new connection."""
        known = self._expected.setdefault(position.number, position.digest)
        if known != position.digest:
            raise self.regress(f"Two views disagree about entry {position.number}")

    def refuse_if_regressed(self) -> None:
        if self._regressed:
            raise StoreRegressed(str(self._regressed)) from self._regressed

    def regress(self, why: str) -> StoreRegressed:
        self._regressed = StoreRegressed(
            f"Stream {self._name} regressed: {why}. Nothing is written until an operator has looked."
        )
        return self._regressed

    async def check(self, link: Link, state: StreamState, known: Sequence[Position], within: float) -> None:
        """Compare the stream with what was known before `state` was asked; the leader answers, not a replica."""
        if self._incarnation not in (None, state.incarnation):
            raise self.regress(f"its incarnation is {state.incarnation}, it was {self._incarnation}")
        for position in known:
            if position.number > state.last_seq:
                raise self.regress(f"it ends at {state.last_seq}, entry {position.number} was known")
            if await self._digest_at(link, position.number, within) != position.digest:
                raise self.regress(f"entry {position.number} is not the one that was known")
        self._incarnation = state.incarnation
        if self._expected:  # the highest alone stands for the rest: what is below cannot go while it stays
            top = max(self._expected)
            self._expected = {top: self._expected[top]}

    def known(self) -> Sequence[Position]:
        expected = [Position(number, digest) for number, digest in self._expected.items()]
        return [*expected, position_of(self._highest)] if self._highest else expected

    async def _digest_at(self, link: Link, number: int, within: float) -> str | None:
        try:
            answer = await link.api(f"STREAM.MSG.GET.{self._name}", {"seq": number}, within=within)
        except ApiError as error:
            if error.status == NOT_FOUND:
                return None
            raise
        return position_of(from_leader(self._subjects, answer["message"])).digest
