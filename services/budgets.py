"""What one organisation may use in a time: what it has not used comes back little by little, up to a bound."""

import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from domain.facts import dataclass

DAY_S: Final = 86_400.0
MIB: Final = 1024 * 1024
NEARLY: Final = 0.9
"""Of a budget: who has used so much has used it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much each organisation may use; generous, so that only a fault or an attack meets them."""

    acts_a_second: float = 500.0
    acts_at_once: float = 20_000.0
    """After a quiet time: a night's work may be handed in together."""
    record_bytes_a_day: float = 128.0 * MIB
    dead_bytes: float = 8.0 * MIB
    drop_bytes: int = 64 * MIB
    joins_a_day: float = 1_000.0
    """Cases into which one organisation brings a certain other one."""
    desk_share: float = 0.25
    """Of the time of one processor, while others wait too."""


_NOTHING: Final = (0.0, 0.0)


class Budget:
    """One measure, for each organisation: `most` at once, and `rate` of it come back a second. For one thread."""

    def __init__(self, *, most: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.rate = most, rate
        self._clock = clock
        self._used: dict[str, tuple[float, float]] = {}  # how much of it, and when that was so
        self._over: set[str] = set()

    def used(self, organisation: str) -> float:
        used, at = self._used.get(organisation, _NOTHING)
        return max(0.0, used - (self._clock() - at) * self.rate)

    def wait(self, organisation: str, wanted: float = 1.0) -> float:
        """Seconds until so much may be used, 0 if it may now. More than `most` is let through when nothing is used."""
        too_much = self.used(organisation) + wanted - self.most
        if too_much <= 0:
            return 0.0
        return min(too_much, self.used(organisation)) / self.rate if self.rate else DAY_S

    def use(self, organisation: str, used: float = 1.0) -> None:
        """Used it is, also what goes over the bound; negative gives back."""
        now = max(0.0, self.used(organisation) + used)
        self._used[organisation] = now, self._clock()
        if now > self.most:
            self._over.add(organisation)

    def take(self, organisation: str, wanted: float = 1.0) -> float:
        """Use it and return 0, or use nothing and return in how many seconds it may be."""
        now, (used, at) = self._clock(), self._used.get(organisation, _NOTHING)
        left = max(0.0, used - (now - at) * self.rate) + wanted
        if left <= self.most:  # nearly always: it is asked for every act
            self._used[organisation] = left, now
            return 0.0
        if wait := self.wait(organisation, wanted):
            self._over.add(organisation)
            return wait
        self.use(organisation, wanted)
        return 0.0

    def over(self) -> AbstractSet[str]:
        """Those who have used up what is theirs, as far as it was found."""
        if self._over:
            self._over = {each for each in self._over if self.used(each) >= NEARLY * self.most}
        return self._over

    def told(self) -> Mapping[str, float]:
        """What is used, of those who have used something: to be noted, and begun with again."""
        return {each: used for each in self._used if (used := self.used(each)) > 0}

    def begin_with(self, used: Mapping[str, float]) -> None:
        for organisation, each in used.items():
            self._used[organisation] = each, self._clock()
