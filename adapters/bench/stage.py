"""What was seen of a record that grows, at each of its lengths."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

Length = Literal["middle", "many"]


@dataclass(eq=False)
class Stage:
    """One length of the record. `over`: the steps that were taken there, each with why it failed, or nothing."""

    entries: int
    rate: float = 0
    feed: float = 0
    queries: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Of the record beside and of this one, in seconds, asked in turns."""
    memory: dict[str, int] = field(default_factory=dict)
    replay: float = 0
    replay_peak: int = 0
    over: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """They are the same one where the record is to have a single length."""

    middle: Stage
    many: Stage

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Self:
        each = [Stage(entries) for entries in dict.fromkeys(lengths)]
        return cls(middle=each[0], many=each[-1])

    @property
    def each(self) -> list[Stage]:
        """In the order in which the record grows."""
        return list(dict.fromkeys([self.middle, self.many]))

    def at(self, length: Length) -> Stage:
        stage: Stage = getattr(self, length)
        return stage
