"""What the desk says to an act."""

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from domain.facts import dataclass
from domain.irregularities import Irregularity
from domain.obligations import Due
from domain.refusal import Refused

LookUp = Literal["not-asked", "nobody", "known", "over-budget"]
"""What became of looking a person up: no other organisation knows it, one may, or too many were looked up that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """It is on the record, on disk. A dry run has no position: it says what would have been answered."""

    position: int
    version: int
    obligations: Sequence[Due] = ()
    """What it opened, and what it resolved, as its teller sees the case."""
    irregularities: Sequence[Irregularity] = ()
    after_leaving: bool = False
    """Told by one who no longer belongs to the case: it learns the position and nothing else."""
    dry_run: bool = False
    claim: bool = False
    """It has no effect until it is attested: by `waits_for`, or (None) by the responsible organisation."""
    waits_for: str | None = None
    person: LookUp = "not-asked"
    sealed_bytes: int = field(default=0, compare=False)
    """Of what is sealed in it: it may take three times the room of what its teller wrote."""
    opened: int = field(default=0, compare=False)
    """Earlier entries that it opened, and what many see, counted for each reader: they are sent to each."""
    refolded: int = field(default=0, compare=False)
    """Entries that the views fold again because of it, counted for each who sees another part of the case."""

    @property
    def possible_duplicate(self) -> bool:
        """The person may be known to another organisation; it is not said to which, nor from which case."""
        return self.person == "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlready:
    """The same act was entered before: the first answer's position and version."""

    position: int
    version: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """`unread`: it was not even read as an act, so what came in is kept aside for somebody to look at."""

    refused: Refused
    unread: bool = False


@dataclass(frozen=True, slots=True)
class TryLater:
    """Nothing is known to be recorded; the same act, with its act_id, may safely be sent again."""

    after_s: int = 2
    why: str = field(default="busy", compare=False)
    reason: Refused | None = field(default=None, compare=False)
    """What is to be told of it, if there is something to tell."""


Answer = Recorded | KnownAlready | Refusal | TryLater
