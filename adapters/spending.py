"""What each organisation has used, asked before an act waits for the desk; over its budget it is told when to come."""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import structlog

from domain.refusal import Refused
from services.answers import Answer, Recorded, TryLater
from services.budgets import DAY_S, Budget, Limits
from services.desk import Arrival

ENVELOPE: Final = 1_000
"""Bytes of an entry beside what its teller wrote."""
ANSWER: Final = 500.0
"""Bytes of an answer on the feed."""
SEALED: Final = 4 / 3
"""How much longer a sealed text is."""
USUAL_S: Final = 0.0002
"""Of the desk for an act, as long as nothing is known of an organisation's."""
TOGETHER_S: Final = 0.05
"""Of the desk for acts that are decided together: so long others may have to wait for them."""
DEAR_S: Final = 0.01
"""Of the desk for one act: so long whoever comes next may have to wait for it."""
BURST_S: Final = 1.0
"""Of the desk that an organisation may use at once before it stands behind the others."""
REFOLD_S, SEND_S = 0.000003, 0.000025
"""Of the views, for an entry that they fold again, and for one that they show to one more reader."""
BEHIND_S: Final = 2.0
"""Of the views that an organisation may use at once: so far behind everybody else's may come because of it."""
UNREAD_AT_ONCE, UNREAD_A_SECOND = 200.0, 2.0
"""What cannot be read: past that its sender is answered slowly, so that it sends no faster."""
SAID_EVERY_S: Final = 60.0

log = structlog.get_logger()


class Spending:
    """Kept in memory, by the doors' loop; `doctor` and `/metrics` are told totals, nothing of one organisation.

    The network's office has no bound: it must be able to act whatever it has told before.
    """

    def __init__(self, limits: Limits, office: Callable[[], str | None] = lambda: None) -> None:
        self.limits = limits
        self._office = office
        self.acts = Budget(most=limits.acts_at_once, rate=limits.acts_a_second)
        self.bytes = Budget(most=limits.record_bytes_a_day, rate=limits.record_bytes_a_day / DAY_S)
        self.unread = Budget(most=UNREAD_AT_ONCE, rate=UNREAD_A_SECOND)
        self.share = Budget(most=BURST_S, rate=limits.desk_share)
        self.views = Budget(most=BEHIND_S, rate=limits.desk_share)
        self.put_off: Counter[str] = Counter()
        self._cost: dict[str, float] = {}
        self._said: dict[tuple[str, str], float] = {}

    def before(self, arrival: Arrival) -> TryLater | None:
        """Count it; or say when it may come, if that is not now."""
        if arrival.kept or arrival.organisation == self._office():
            return None
        if wait := self.views.wait(arrival.organisation, 0.0):
            return self._over(arrival.organisation, "views", wait)
        if wait := self.acts.take(arrival.organisation):
            return self._over(arrival.organisation, "acts", wait)
        if wait := self.bytes.take(arrival.organisation, size(arrival)):
            return self._over(arrival.organisation, "bytes", wait)
        return None

    def after(self, arrival: Arrival, answer: Answer) -> None:
        """What did not come on the record has used no bytes of it; what did may have grown, or opened a long past.

        That past is sent again whenever it is opened again: a feed is read once, and what was in it may be gone.
        """
        if arrival.kept:
            return
        if isinstance(answer, Recorded) and not answer.dry_run:
            more = max(0.0, answer.sealed_bytes + ENVELOPE - size(arrival))
            self.bytes.use(arrival.organisation, more + answer.opened * ENVELOPE)
            if arrival.organisation != self._office() and (answer.opened or answer.refolded):
                self.views.use(arrival.organisation, answer.opened * SEND_S + answer.refolded * REFOLD_S)
            return
        self.bytes.use(arrival.organisation, -size(arrival))

    def unreadable(self, organisation: str) -> bool:
        """It has sent one more that could not be read; true where they have become too many."""
        return self.unread.take(organisation) > 0

    def answered(self, organisation: str, number: int) -> None:
        """So many answers are kept for it on the feed: they take room for months, whatever they say."""
        self.bytes.use(organisation, number * ANSWER)

    def used_up(self, organisation: str) -> bool:
        """Whether there is none left of its bytes."""
        return organisation != self._office() and self.bytes.wait(organisation, ANSWER) > 0

    def desk(self, seconds: Mapping[str, float], acts: Mapping[str, int]) -> None:
        """How long the desk was busy with each, in one batch."""
        for organisation, used in seconds.items():
            if organisation == self._office():
                continue
            self.share.use(organisation, used)
            each, before = used / max(1, acts.get(organisation, 1)), self._cost.get(organisation, USUAL_S)
            self._cost[organisation] = (before + each) / 2

    def behind(self) -> AbstractSet[str]:
        """Those who have used more than their share of the desk or of the views, and stand behind the others."""
        return self.share.over() | self.views.over()

    def waits(self) -> AbstractSet[str]:
        """Those of them who wait also while nobody else does.

        Their acts are dear, and none can be interrupted; or the views have much to do for them yet.
        """
        return {each for each in self.share.over() if self._cost.get(each, USUAL_S) > DEAR_S} | self.views.over()

    def at_once(self, organisation: str, most: int) -> int:
        """How many of its acts are decided together: others wait for them."""
        return max(1, min(most, int(TOGETHER_S / self._cost.get(organisation, USUAL_S))))

    def told(self) -> dict[str, Any]:
        """How many are over a budget, and how many acts were put off for it since the start."""
        budgets = {"acts": self.acts, "bytes": self.bytes, "desk": self.share, "views": self.views}
        return {"over": {name: len(budget.over()) for name, budget in budgets.items()}, "put_off": dict(self.put_off)}

    def _over(self, organisation: str, budget: str, wait: float) -> TryLater:
        self.put_off[budget] += 1
        if (now := time.monotonic()) > self._said.get((organisation, budget), float("-inf")) + SAID_EVERY_S:
            self._said[organisation, budget] = now
            log.warning("over its budget", organisation=organisation, budget=budget, after_s=math.ceil(wait))
        return TryLater(max(1, math.ceil(wait)), f"over its budget of {budget}", Refused(f"budget.{budget}"))


def size(arrival: Arrival) -> float:
    """Roughly what it takes on the record, in bytes."""
    return len(arrival.body) * SEALED + ENVELOPE
