"""The desk: acts in, answers out, the same for every door."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import structlog
from eventsourcing.persistence import PersistenceError

from domain.facts import dataclass, replace
from domain.refusal import Malformed, Refused
from domain.submission import Submission, submission
from services.answers import Answer, Recorded, Refusal, TryLater
from services.batch import Told
from services.budgets import Limits
from services.joining import Joins
from services.record import Record
from services.sitting import Sitting

FORGOTTEN_S: Final = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Whole:
    """What came in and was too long to be kept: how many bytes it had, and their SHA-256."""

    bytes: int
    digest: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """An act as it came in. `organisation` is whom its door recognised; the others are told by the subject."""

    organisation: str
    body: bytes
    kind: str | None = None
    id: str | None = None
    type: str | None = None
    kept: bool = False
    """Handed in again from what was kept aside: it need not be kept a second time."""
    whole: Whole | None = None
    """Where the body is the beginning only of what came in."""


class Desk:
    """`free` says whether there is room to write, `free_for_office` for the network office alone.

    `put_off` hears why acts could not be recorded; `doubt` says why the clock is not to be gone by.
    """

    def __init__(
        self,
        record: Record,
        *,
        clock: Callable[[], datetime],
        free: Callable[[], bool] = lambda: True,
        free_for_office: Callable[[], bool] = lambda: False,
        joins: Joins | None = None,
        put_off: Callable[[PersistenceError], None] = lambda _: None,
        doubt: Callable[[], Refused | None] = lambda: None,
    ) -> None:
        self._record = record
        self._clock = clock
        self._free, self._free_for_office = free, free_for_office
        self.joins = joins or Joins(Limits().joins_a_day)
        self.put_off: Counter[str] = Counter()
        self._put_off = put_off
        self._doubt = doubt
        self._failed: tuple[float, str] | None = None

    @property
    def failing(self) -> str | None:
        """Why the last acts could not be recorded, while they could not; of long ago nobody knows any more."""
        if self._failed is None or time.monotonic() - self._failed[0] > FORGOTTEN_S:
            return None
        return self._failed[1]

    def answer_many(
        self,
        arrivals: Sequence[Arrival],
        decided: Callable[[], object] = lambda: None,
        sitting: Sitting | None = None,
    ) -> list[Answer]:
        """Answer each act, in order; never raises for what is wrong with one of them.

        `decided` may be called meanwhile: from then on the next may be answered, in another thread. Until then the
        `sitting` is told what the acts took, and which of them it has left: those are to be tried later.
        """
        sitting = sitting or Sitting()
        answers: dict[int, Answer] = {}
        told: dict[int, Told] = {}
        for i, arrival in enumerate(arrivals):
            try:
                told[i] = Told(arrival.organisation, _read(arrival))
            except Refused as refused:
                answers[i] = Refusal(refused, unread=isinstance(refused, Malformed))
        later = self._without_room(told)
        later |= self._joining_too_often({i: each for i, each in told.items() if i not in later} if later else told)
        if later:
            told = {i: each for i, each in told.items() if i not in later}
        if told:
            answers |= dict(zip(told, self._enter(told, decided, sitting), strict=True))
        self._give_back(told, answers)
        answers |= later
        return [answers[i] for i in range(len(arrivals))]

    def _without_room(self, told: Mapping[int, Told]) -> dict[int, TryLater]:
        if self._free():
            return {}
        ours = self._record.network.office if self._free_for_office() else None
        full = TryLater(30, "no room on the disk", Refused("disk.no-room"))
        return {i: full for i, each in told.items() if each.organisation != ours}

    def _joining_too_often(self, told: Mapping[int, Told]) -> dict[int, TryLater]:
        """What such a one says after that waits, too: of a batch, nothing may overtake another act of its case."""
        later: dict[int, TryLater] = {}
        held: dict[str, TryLater] = {}
        for i, each in told.items():
            if each.organisation not in held and (wait := self.joins.wait(each.organisation, each.submission.act)):
                held[each.organisation] = over = TryLater(math.ceil(wait), "over its budget of joins")
                later[i] = replace(over, reason=Refused("budget.joins"))
                self.put_off["joins"] += 1
                log.warning("over its budget", organisation=each.organisation, budget="joins", after_s=over.after_s)
            elif held and each.organisation in held:
                later[i] = held[each.organisation]
        return later

    def _give_back(self, told: Mapping[int, Told], answers: Mapping[int, Answer]) -> None:
        for i, each in told.items():
            if not isinstance(answers[i], Recorded) or each.submission.dry_run:
                self.joins.give_back(each.organisation, each.submission.act)

    def _enter(self, told: Mapping[int, Told], decided: Callable[[], object], sitting: Sitting) -> Sequence[Answer]:
        if reason := self._doubt():
            return [TryLater(5, "the clock differs", reason)] * len(told)
        began, places = time.perf_counter(), list(told)

        def came_to_them() -> None:
            sitting.left[:] = [places[i] for i in sitting.left]
            decided()

        try:
            answers = self._record.enter_many(list(told.values()), self._clock(), decided=came_to_them, sitting=sitting)
        except PersistenceError as error:
            self._failed = time.monotonic(), type(error).__name__
            log.warning("put off", acts=len(told), error=type(error).__name__, exc_info=error)
            self._put_off(error)
            return [TryLater(2, "the record does not answer")] * len(told)
        self._failed = None
        log.debug("answered", acts=len(told), ms=round((time.perf_counter() - began) * 1000, 1))
        return answers


def _read(arrival: Arrival) -> Submission:
    """The act; what its subject says must be what its body says."""
    act = submission(arrival.body)
    kind, id_ = act.record.split("/", 1)
    compared = (("kind", arrival.kind, kind), (kind, arrival.id, id_), ("type", arrival.type, act.act.type))
    wrong = [(name, "subject.differs") for name, told, said in compared if told is not None and told != said]
    if wrong:
        raise Malformed("form.subject-differs", wrong)
    return act
