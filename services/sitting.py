"""One sitting of the desk: the acts that are decided together, what they took, and those that it did not come to."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Sitting:
    """It ends after `most_s` seconds of deciding, with one act at least: others wait for it.

    No act can be interrupted, and what an act costs is known afterwards only.
    """

    most_s: float = float("inf")
    spent: dict[str, float] = field(default_factory=dict)
    """Seconds that the acts of each organisation took."""
    left: list[int] = field(default_factory=list)
    """The places of the acts to which it did not come: they are to be handed in again, before any later one."""

    @property
    def over(self) -> bool:
        return sum(self.spent.values()) > self.most_s

    def until_over(self, places: Sequence[int]) -> Iterator[int]:
        """Those of the places to which it comes; `left` are the others."""
        for number, place in enumerate(places):
            if number and self.over:
                self.left.extend(places[number:])
                return
            yield place

    def spend(self, organisation: str, since: float) -> float:
        """Return the time that it is now."""
        now = time.monotonic()
        self.spent[organisation] = self.spent.get(organisation, 0.0) + now - since
        return now
