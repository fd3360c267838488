"""The sample network on a folder: registered, told, looked at; on a folder that was played only looked at."""

from dataclasses import dataclass

from adapters.nats.identity import Installation
from adapters.running import Running
from adapters.sample.clock import PlayedClock
from adapters.sample.folder import Sample
from adapters.sample.members import Members, connected, register
from adapters.sample.player import Player, Say
from adapters.simulation.year import Simulation, simulate

SHOWN = ("centre-1", "coop-1", "health-1", "trainer-1")


@dataclass(frozen=True, slots=True)
class Play:
    """`clock` is the one that the service goes by."""

    sample: Sample
    clock: PlayedClock
    say: Say

    async def on(self, running: Running) -> None:
        simulation = simulate(self.sample.wanted)
        network, folder = simulation.network, self.sample.partners
        installation = Installation.open(self.sample.data)
        self.say(f"Registering {len(network.organisations)} organisations…")
        ids = await register(installation, running, network, folder, self.clock)
        async with connected(running, network, ids, folder) as members:
            await self._told(members, simulation)

    async def _told(self, members: Members, simulation: Simulation) -> None:
        wanted = self.sample.wanted
        self.say(f"Playing {len(simulation.steps)} acts of {wanted.cases} cases from {wanted.begins} on…")
        report = await Player(members, self.clock, self.say).play(simulation.steps)
        self.clock.release()
        for line in report.lines():
            self.say(line)
        await self._seen(members, report.position)
        self.sample.done()

    async def _seen(self, members: Members, position: int) -> None:
        for short in SHOWN:
            asked = {"after": position, "timeout": 30, "limit": 500}
            board = await members.speaking[short].ask("board", asked)
            self.say(f"  {short:>9} sees {len(board['cases'])} case(s) as of position {board['position']}")
