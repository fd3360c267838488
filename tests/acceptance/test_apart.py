"""The parts in processes of their own, on one data folder: what one does, the others show; two of a kind do no harm."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.nats.folder import ServerFolder
from adapters.partner import partner
from adapters.running import running
from tests.acceptance.conftest import Network, network_on
from tests.running_service import STARTS_S, RunningService

Make = Callable[..., dict[str, Any]]
WITHIN = 30.0


@dataclass
class Apart(RunningService):
    """Each part a process; `running` and the rest are as of the service that runs in one."""

    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *, within: float = STARTS_S) -> None:
        for part in ("server", "desk", "views", "feed", "web"):
            self.begin(part, part)
        # That the web is well says nothing of the others: they are waited for by what they say.
        self.until(lambda: self.all_up() and self.well(), "did not start", within=within)
        self._process = self.parts["server"]

    def all_up(self) -> bool:
        """Fails at once where one of them has ended."""
        ended = {name: self.log_of(name) for name, part in self.parts.items() if part.poll() is not None}
        assert not ended, ended
        return all("up." in self.log_of(name) for name in self.parts)

    def begin(self, name: str, *parts: str) -> None:
        addresses = ["--http", "127.0.0.1:0", "--nats", "127.0.0.1:0"]
        command = [sys.executable, "-m", "adapters.cli", "serve", *parts, "--data", str(self.data), *addresses]
        with (self.data.parent / f"{name}.log").open("ab") as log:
            self.parts[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _told(self) -> Any:
        return running(self.data)

    def well(self) -> bool:
        with suppress(OSError):
            return self.http("GET", "/health").status == 200
        return False

    def log_of(self, name: str) -> str:
        return (self.data.parent / f"{name}.log").read_text()

    def until(self, reached: Callable[[], bool], failed: str, *, within: float = WITHIN) -> None:
        deadline = time.monotonic() + within
        while not reached():
            if time.monotonic() > deadline:
                told = "\n".join(f"{name}: {self.log_of(name)[-800:]}" for name in self.parts)
                raise AssertionError(f"{failed}\n{told}")
            time.sleep(0.05)

    def end(self) -> None:
        for name in reversed(self.parts):
            self.parts[name].send_signal(signal.SIGTERM)
        for process in self.parts.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        with suppress(OSError, ValueError):
            os.kill(self.server_pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Apart, Network]]:
    service = Apart(tmp_path_factory.mktemp("apart") / "data")
    try:
        service.data.mkdir()
        service.start()
        yield service, network_on(service)
    finally:
        service.end()


def seen(service: Apart, token: str, position: int) -> list[str]:
    board = service.http("GET", f"/api/board?after={position}&timeout=20", token).body
    return [case["case"] for case in board["cases"]]


async def told(network: Network, sent: dict[str, Any]) -> dict[str, Any]:
    async with network.speaking(network.centre) as (centre,):
        return await centre.act(sent)


async def test_what_the_desk_enters_the_web_shows(apart: tuple[Apart, Network], act: Make) -> None:
    service, network = apart
    opened = act("case-opened")
    by_message = await told(network, opened)
    assert by_message["outcome"] == "recorded"
    by_http = service.http("POST", "/api/acts", network.centre.token, json.dumps(opened).encode())
    assert by_http.body == {"outcome": "known already", "position": by_message["position"], "version": 1}
    again = service.http("POST", "/api/acts", network.centre.token, json.dumps(act("case-opened")).encode())
    assert opened["case"] in await asyncio.to_thread(seen, service, network.centre.token, again.body["position"])
    async with partner(service.running.nats, network.centre.creds) as centre:
        file = await centre.ask("case", {"case": opened["case"], "after": by_message["position"]})
        assert file["status"] == "open"


async def test_two_desks_share_the_work_and_one_alone_goes_on(apart: tuple[Apart, Network], act: Make) -> None:
    service, network = apart
    service.begin("second-desk", "desk")
    service.until(lambda: "up." in service.log_of("second-desk"), "the second desk did not start", within=STARTS_S)
    opened = act("case-opened")
    async with network.speaking(network.centre) as (centre,):
        assert (await centre.act(opened))["outcome"] == "recorded"
        contacts = [act("contact-made", opened["case"], channel="phone", with_whom="person") for _ in range(40)]
        answers = await asyncio.gather(*(centre.act(c) for c in contacts))
        assert {a["outcome"] for a in answers} == {"recorded"}
        assert sorted(a["version"] for a in answers) == list(range(2, 42))
        service.parts["desk"].kill()
        service.parts["desk"].wait()
        assert (await centre.act(contacts[0]))["outcome"] == "known already"
    service.begin("desk", "desk")


async def test_of_two_view_builders_one_stands_by_and_takes_over(apart: tuple[Apart, Network], act: Make) -> None:
    service, network = apart
    service.begin("second-views", "views")
    service.until(lambda: "views.standing-by" in service.log_of("second-views"), "it did not stand by", within=STARTS_S)
    service.parts["views"].kill()
    service.parts["views"].wait()
    opened = act("case-opened")
    answer = await told(network, opened)
    assert opened["case"] in await asyncio.to_thread(seen, service, network.centre.token, answer["position"])
    service.until(service.well, "health does not say that all is well")


async def test_of_two_feeds_one_publishes_and_the_other_takes_over(apart: tuple[Apart, Network], act: Make) -> None:
    service, network = apart
    service.begin("second-feed", "feed")
    service.until(lambda: "up." in service.log_of("second-feed"), "the second feed did not start", within=STARTS_S)
    before = (await told(network, act("case-opened")))["position"]

    def fed(position: int) -> bool:
        return bool(service.http("GET", "/health").body["feed"]["position"] >= position)

    service.until(lambda: fed(before), "two feeds do not publish")
    service.parts["feed"].kill()
    service.parts["feed"].wait()
    after = (await told(network, act("case-opened")))["position"]
    service.until(lambda: fed(after), "the other did not take over")


def test_without_a_message_server_a_part_waits_and_can_be_ended(tmp_path: Path) -> None:
    service = Apart(tmp_path / "data")
    service.data.mkdir()
    service.begin("desk", "desk")
    try:
        service.until(
            lambda: "waiting for the message server" in service.log_of("desk"), "it did not say so", within=STARTS_S
        )
        service.parts["desk"].send_signal(signal.SIGTERM)
        assert service.parts["desk"].wait(10) == 0
    finally:
        service.end()


@pytest.mark.kills
def test_with_the_message_server_gone_each_part_ends_when_it_is_told_to(tmp_path: Path) -> None:
    service = Apart(tmp_path / "data")
    service.data.mkdir()
    try:
        service.start()
        service.parts["server"].kill()
        os.kill(int(ServerFolder.of(service.data).process.read_text()), signal.SIGKILL)
        ending = [service.parts[name] for name in ("desk", "views", "feed", "web")]
        for process in ending:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(WITHIN) for process in ending] == [0] * len(ending)
    finally:
        service.end()


def test_a_part_that_is_none_is_named(tmp_path: Path) -> None:
    service = Apart(tmp_path / "data")
    service.begin("none", "kitchen")
    assert service.parts["none"].wait(STARTS_S) == 2
    assert "There is no part kitchen" in service.log_of("none")
