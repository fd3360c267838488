"""Who belongs to the simulated network. All names are invented; most of those who host have no system of their own."""

import random
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

FEWEST = 5

_FIRST = (
    ("centre", "employment-centre", "Centro per l'impiego di Esempio"),
    ("coop", "social-cooperative-b", "Cooperativa Esempio"),
    ("health", "mental-health-service", "Servizio di salute mentale di Esempio"),
    ("company", "company", "Officina Immaginaria"),
    ("trainer", "trainer", "Ente di formazione Esempio"),
    ("social", "social-service", "Servizio sociale di Esempio"),
    ("company", "company", "Panificio Immaginario"),
    ("coop", "social-cooperative-b", "Cooperativa Inventata"),
    ("desk", "job-desk", "Sportello lavoro di Esempio"),
    ("company", "company", "Vivaio Immaginario"),
    ("addiction", "addiction-service", "Servizio dipendenze di Esempio"),
    ("placement", "placement-service", "Servizio inserimenti di Esempio"),
)
UNCONNECTED = frozenset({"company", "addiction"})
_THROUGH = {"desk": "social-1", "company": "centre-1"}
"""Roles → the team through which these are reached; it tells when those without a system are closed."""
SENDING = frozenset({"centre", "health", "social", "addiction", "placement"})
HOSTING = frozenset({"coop", "company"})
SPECIALISTS = frozenset({"health", "addiction"})


@dataclass(frozen=True, slots=True)
class Organisation:
    """`short` is its name in the simulation, such as `coop-1`; `practitioners` are opaque ids."""

    short: str
    kind: str
    name: str
    practitioners: tuple[str, ...]
    reached_through: str | None = None

    @property
    def role(self) -> str:
        return self.short.partition("-")[0]

    @property
    def connected(self) -> bool:
        return self.role not in UNCONNECTED


@dataclass(frozen=True)
class Network:
    organisations: tuple[Organisation, ...]

    @cached_property
    def by_short(self) -> dict[str, Organisation]:
        return {each.short: each for each in self.organisations}

    def of(self, roles: frozenset[str]) -> list[str]:
        return [each.short for each in self.organisations if each.role in roles]

    @property
    def senders(self) -> list[str]:
        return self.of(SENDING)

    @property
    def hosts(self) -> list[str]:
        return self.of(HOSTING)

    def connected(self, short: str) -> bool:
        return self.by_short[short].connected


def network(organisations: int, seed: int) -> Network:
    """The first of each kind come first; past twelve the kinds come again, with a number."""
    chance = chance_of(seed, "network")
    counted: dict[str, int] = {}
    found = []
    for number in range(organisations):
        role, kind, name = _FIRST[number % len(_FIRST)]
        round_ = number // len(_FIRST)
        counted[role] = counted.get(role, 0) + 1
        practitioners = tuple(new_id(chance) for _ in range(2))
        through = _THROUGH.get(role)
        full = f"{name} {round_ + 1}" if round_ else name
        found.append(Organisation(f"{role}-{counted[role]}", kind, full, practitioners, through))
    return Network(tuple(found))


def chance_of(seed: int, what: str, number: int = 0) -> random.Random:
    """One of its own for each story: another case more changes nothing in the others."""
    return random.Random(f"{seed}/{what}/{number}")  # noqa: S311 (repeatable is what it is for)


def new_id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))
