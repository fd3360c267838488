"""The network as the command line makes it when nothing else is said, told to the rules once for all tests."""

from datetime import date

import pytest

from adapters.simulation.year import Simulation, Wanted, simulate
from tests.played import Played, played

WANTED = Wanted(begins=date(2025, 11, 22))


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    return simulate(WANTED)


@pytest.fixture(scope="session")
def told(simulation: Simulation) -> Played:
    return played(simulation)
