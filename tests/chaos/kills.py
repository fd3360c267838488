"""The parts of the service in processes of their own, killed one after the other under load."""

import asyncio
import random
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.dropping import all_is_well, handing_in
from tests.acceptance.load import Load, faults, seen_by
from tests.acceptance.streams import record_of
from tests.acceptance.test_apart import Apart
from tests.acceptance.test_kills import viewed
from tests.running_service import COMMAND, Member

KINDS = ("employment-centre", "social-service", "social-cooperative-b", "trainer")
PARTS = ("server", "desk", "views", "feed", "web", "message server")
AGAIN_WELL_S = 90.0


@dataclass
class Steady(Apart):
    """Partners find it again where it was."""

    port: int = 0

    def begin(self, name: str, *parts: str) -> None:
        addresses = ["--http", "127.0.0.1:0", "--nats", f"127.0.0.1:{self.port}"]
        command = [*COMMAND, "serve", *parts, "--data", str(self.data), *addresses]
        with (self.data.parent / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


async def killed(folder: Path, chance: random.Random, kills: int, until: float) -> int:
    """So many kills, or fewer where the time (of `time.monotonic`) is up; raises where the record is not as told."""
    service = Steady(folder / "data")
    service.data.mkdir()
    service.port = _free_port()
    try:
        await asyncio.to_thread(service.start)
        members = [await asyncio.to_thread(service.add, f"org{n}", kind) for n, kind in enumerate(KINDS)]
        typist = await asyncio.to_thread(service.add, "typist", "trainer")
        load = Load(service, members, chance)
        done = 0
        async with load.running(), handing_in(service, typist) as handed:
            while done < kills and time.monotonic() < until:
                await _one(service, chance.choice(PARTS))
                done += 1
                if done % 25 == 0:
                    await asyncio.to_thread(_well, service)
                    print(f"  {done} kills, {len(load.answered)} acts answered, {len(handed)} handed in", flush=True)
                await asyncio.sleep(chance.uniform(0.02, 0.3))
            await asyncio.to_thread(_well, service)
        await _compare(service, members, load)
        await all_is_well(service, typist, handed)
        return done
    finally:
        service.end()


async def _one(service: Apart, part: str) -> None:
    """And begun again at once, as whoever looks after it would."""
    if part == "message server":
        await asyncio.to_thread(service.kill_server, AGAIN_WELL_S)
        return
    process = service.parts[part]
    process.kill()
    await asyncio.to_thread(process.wait)
    service.begin(part, part)


def _well(service: Apart) -> None:
    """All parts together, before it goes on: else they would only ever die while they start."""
    deadline = time.monotonic() + AGAIN_WELL_S
    while not (service._told() and service.well()):
        assert time.monotonic() < deadline, {name: service.log_of(name)[-600:] for name in service.parts}
        for name, process in list(service.parts.items()):
            if process.poll() is not None:
                service.begin(name, name)
        time.sleep(0.1)


async def _compare(service: Apart, members: list[Member], load: Load) -> None:
    record = await record_of(service)
    found = list(faults(load, record))
    assert not found, found[:10]
    for member in members:
        assert await viewed(service, member, record[-1].position) == seen_by(member.id, record)
