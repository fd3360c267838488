"""One simulated case while its story is written: who it is about, who takes part, what goes wrong, what is known."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from adapters.simulation.calendar import Year, days_on, working_from
from adapters.simulation.network import Network, new_id
from adapters.simulation.telling import EntryOf, Telling

T = TypeVar("T")

AGREEMENT_OF = dict[str, str]
"""Host → the agreement under which it takes people on."""


@dataclass(frozen=True, slots=True)
class Person:
    """Invented as a whole; the number is what a register would give."""

    number: int

    def told(self) -> dict[str, Any]:
        born = date(1962 + self.number * 7 % 42, self.number % 12 + 1, self.number % 28 + 1)
        identifier = {"kind": "tax-code", "value": f"ESEMPIO-{self.number:04d}"}
        return {"names": [f"Persona {self.number:03d}"], "born": born.isoformat(), "identifiers": [identifier]}

    def contacts(self) -> list[dict[str, str]]:
        return [{"kind": "mobile", "value": f"000 000{self.number:04d}"}]


@dataclass
class Path:
    """`trouble` is what goes wrong or otherwise in this case; `sender` and `host` are short names."""

    number: int
    chance: random.Random
    network: Network
    year: Year
    telling: Telling
    person: Person
    sender: str
    host: str
    trouble: str
    begins: date
    agreements: AGREEMENT_OF
    referral: str = ""
    sheet: str = ""
    project: str = ""
    goal: str = ""
    step: str = ""
    observed: list[EntryOf] = field(default_factory=list)

    @property
    def imported(self) -> bool:
        return self.begins < self.year.begins

    def tell(self, by: str, type_: str, on: date, **fields: Any) -> EntryOf:
        return self.telling.tell(by, type_, on, **fields)

    def new_id(self) -> str:
        return new_id(self.chance)

    def pick(self, among: Sequence[T]) -> T:
        return self.chance.choice(among)

    def happens(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    def later(self, day: date, fewest: int, most: int) -> date:
        """A working day so many days on."""
        return working_from(days_on(day, self.chance.randint(fewest, most)))

    def others(self, roles: frozenset[str]) -> list[str]:
        """Who could take part, and does not yet."""
        return [each for each in self.network.of(roles) if each not in (self.sender, self.host)]
