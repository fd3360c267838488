"""A whole year of the network: every record's story, put into the order in which it is told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from adapters.simulation import agreements, houses
from adapters.simulation.agreements import Made
from adapters.simulation.calendar import Year, days_on, months_on, working_from
from adapters.simulation.network import Network, chance_of, network, new_id
from adapters.simulation.path import AGREEMENT_OF, Path, Person
from adapters.simulation.step import Step
from adapters.simulation.story import TROUBLES, write
from adapters.simulation.telling import Telling

SPEAKER = "centre-1"
"""It tells for those who have no system, unless a sender that has one is there."""

UNAWARE = "social-1"
"""It opens cases of persons that others know: its kind takes part in finding them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """From the same wishes comes the same network, to the byte."""

    organisations: int = 12
    cases: int = 200
    months: int = 12
    seed: int = 1
    begins: date

    @property
    def year(self) -> Year:
        return Year(self.begins, months_on(self.begins, self.months))


@dataclass(frozen=True, slots=True)
class Simulation:
    network: Network
    steps: tuple[Step, ...]


def simulate(wanted: Wanted) -> Simulation:
    members = network(wanted.organisations, wanted.seed)
    under: AGREEMENT_OF = {}
    told = [*_houses(wanted, members), *_agreements(wanted, members, under)]
    paths = [_path(wanted, members, under, number) for number in range(1, wanted.cases + 1)]
    for path in paths:
        write(path)
    told += [path.telling for path in paths]
    steps = [step for telling in told for step in telling.steps(wanted.year.ends)]
    return Simulation(members, tuple(sorted(steps, key=attrgetter("at"))))


def tour(wanted: Wanted) -> str:
    """The id of a case in which all goes as planned, to look at first."""
    return _path(wanted, network(wanted.organisations, wanted.seed), {}, 1).telling.id


def _houses(wanted: Wanted, members: Network) -> Iterator[Telling]:
    for number, house in enumerate(members.organisations):
        chance = chance_of(wanted.seed, "organisation", number)
        telling = Telling("organisation", house.short, chance, members, wanted.begins, SPEAKER)
        if house.connected:
            houses.named(telling, house, 2 * number + 1)
            houses.moved(telling, house)
        houses.closed_in_august(telling, house, wanted.year)
        yield telling


def _agreements(wanted: Wanted, members: Network, under: AGREEMENT_OF) -> Iterator[Telling]:
    """One with each host, which cases then name; and one more that ends, which they do not."""
    for number, host in enumerate([*members.hosts, "trainer-1"]):
        chance = chance_of(wanted.seed, "agreement", number)
        telling = Telling("agreement", new_id(chance), chance, members, wanted.begins, SPEAKER)
        made = Made(telling, members, wanted.year, host)
        agreements.agreed(made)
        if host == "trainer-1":
            agreements.over(made)
        else:
            agreements.lived(made)
            under[host] = telling.id
        if number == 0:
            agreements.joined(made, "trainer-1")
        yield telling


def _path(wanted: Wanted, members: Network, under: AGREEMENT_OF, number: int) -> Path:
    chance = chance_of(wanted.seed, "case", number)
    trouble = _trouble(wanted, number)
    sender = chance.choice(members.senders) if trouble != "tour" else SPEAKER
    if trouble == "duplicate" and UNAWARE in members.by_short:
        sender = UNAWARE
    host = chance.choice(members.hosts) if trouble != "tour" else "coop-1"
    voice = sender if members.connected(sender) else SPEAKER
    telling = Telling("case", new_id(chance), chance, members, wanted.begins, voice)
    person = Person(number - 1 if trouble == "duplicate" else number)
    begins = _begins(wanted, trouble, number)
    return Path(number, chance, members, wanted.year, telling, person, sender, host, trouble, begins, under)


def _trouble(wanted: Wanted, number: int) -> str:
    """The first case is the one to show; then each trouble in turn, beginning elsewhere for another seed."""
    return "tour" if number == 1 else TROUBLES[(number - 2 + (wanted.seed - 1) * 7) % len(TROUBLES)]


def _begins(wanted: Wanted, trouble: str, number: int) -> date:
    """The cases come spread over the year, most of them early enough to see what comes of them."""
    if trouble == "imported":
        return working_from(wanted.begins - timedelta(days=330 + number % 30))
    days = (wanted.year.ends - wanted.begins).days
    spread = 5 if trouble == "tour" else 5 + (number * 37 % 101) * (days - 25) * 9 // 1010
    return working_from(days_on(wanted.begins, spread))


def acts_by_type(steps: Iterable[Step]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for step in steps:
        counted[step.type] = counted.get(step.type, 0) + 1
    return dict(sorted(counted.items()))
