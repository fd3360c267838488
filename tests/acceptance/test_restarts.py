"""The service ends, comes back, meets what it cannot process, and finds a store that is not the one it left."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.nats.connection import connect
from adapters.nats.identity import Installation
from tests.running_service import Member, RunningService, running_service

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    with running_service(tmp_path / "data") as running:
        yield running


@pytest.fixture
def centre(service: RunningService) -> Member:
    return service.add("centre", "employment-centre")


def told(service: RunningService, member: Member, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = service.http("POST", "/api/acts", member.token, json.dumps(body).encode()).body
    return answer


def health(service: RunningService) -> dict[str, Any]:
    found: dict[str, Any] = service.health().body
    return found


def until(reached: Callable[[], bool], within: float = 15.0) -> None:
    deadline = time.monotonic() + within
    while not reached():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_the_same_act_after_a_restart_is_known(service: RunningService, centre: Member, act: Make, how: str) -> None:
    body = act("case-opened")
    first = told(service, centre, body)
    if how == "stopped":
        assert service.stop() == 0
    else:
        service.kill()
    service.start()
    again = told(service, centre, body)
    assert again == {"outcome": "known already", "position": first["position"], "version": 1}


def test_ctrl_c_ends_it_cleanly_and_leaves_no_server(service: RunningService) -> None:
    server = service.server_pid
    assert service.stop(by=signal.SIGINT) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_views_that_cannot_go_on_say_so_and_go_on_when_mended(
    service: RunningService, centre: Member, act: Make
) -> None:
    first = told(service, centre, act("case-opened"))["position"]
    until(lambda: health(service)["views"]["position"] >= first)
    poison = first + 1
    with _views(service) as views:
        views.execute(
            f"CREATE TRIGGER poison BEFORE INSERT ON entry WHEN NEW.position = {poison} "
            "BEGIN SELECT RAISE(ABORT, 'it cannot be processed'); END"
        )
    body = act("case-opened")
    assert told(service, centre, body)["position"] == poison
    until(lambda: "stopped" in health(service)["views"])
    said = health(service)
    assert said["status"] == "degraded"
    assert said["views"]["stopped"]["position"] == poison
    assert said["views"]["position"] == first
    assert f'"position": {poison}' in service.log.read_text()
    # The desk goes on recording, and a query says where the view stands instead of pretending.
    later = told(service, centre, act("case-opened"))["position"]
    late = service.http("GET", f"/api/board?after={later}&timeout=0.2", centre.token)
    assert (late.status, late.body) == (503, {"outcome": "not yet", "position": first})
    with _views(service) as views:
        views.execute("DROP TRIGGER poison")
    until(lambda: health(service)["status"] == "ok" and health(service)["views"]["position"] >= later, 30)
    board = service.http("GET", f"/api/board?after={later}", centre.token).body
    assert body["case"] in {line["case"] for line in board["cases"]}


class _views:  # noqa: N801 (reads as a word)
    """The views' own file, changed from outside as a fault of the disk or an operator would."""

    def __init__(self, service: RunningService) -> None:
        databases = [f for f in (service.data / "views").iterdir() if f.read_bytes()[:15] == b"SQLite format 3"]
        self._connection = sqlite3.connect(max(databases), timeout=10, isolation_level=None)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def test_an_entry_that_nobody_can_read_stops_the_views_and_is_named(
    service: RunningService, centre: Member, act: Make
) -> None:
    """As a newer version would have written it."""
    position = told(service, centre, act("case-opened"))["position"]
    asyncio.run(_written_by_a_newer_version(service))
    until(lambda: "stopped" in health(service)["views"])
    assert health(service)["views"]["stopped"]["position"] == position + 1


async def _written_by_a_newer_version(service: RunningService) -> None:
    client = await connect(service.running.nats, Installation.open(service.data).administrator_creds())
    try:
        await client.jetstream().publish(
            f"record.case.{uuid.uuid4()}.1", b"{}", headers={"Raccordo-Type": "not-yet-invented"}
        )
    finally:
        await client.close()


def test_a_store_put_back_from_an_older_copy_is_refused(
    service: RunningService, centre: Member, act: Make, tmp_path: Path
) -> None:
    told(service, centre, act("case-opened"))
    service.stop()
    store = service.data / "nats" / "store"
    shutil.copytree(store, tmp_path / "older")
    service.start()
    last = told(service, centre, act("case-opened"))["position"]
    until(lambda: health(service)["views"]["position"] >= last)
    service.stop()
    shutil.rmtree(store)
    shutil.copytree(tmp_path / "older", store)
    with pytest.raises(AssertionError, match=f"entry {last} was known"):
        service.start()
