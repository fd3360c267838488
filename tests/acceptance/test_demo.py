"""The sample network that `make run` plays, that a killed run goes on with, and that a later one finds as it was."""

import asyncio
import json
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.cli.app import app
from adapters.sample.folder import Sample
from adapters.simulation.calendar import months_on
from adapters.simulation.year import Simulation, Wanted, simulate, tour
from tests.acceptance.streams import stored
from tests.running_service import RunningService, running_service

SIZE = ["--organisations", "6", "--cases", "10", "--months", "6"]
DEMO = [sys.executable, "-m", "adapters.cli", "demo", *SIZE]
STAYS = "The service stays in the foreground"
DONE, WRONG_USE = 0, 2
PLAYED_S = 180.0
"""A few months are played meanwhile, beside whatever else the machine does; one that ends fails at once."""


def month(number: int) -> str:
    """As the player says it when it comes to that month of its half year."""
    return f"{months_on(datetime.now(UTC).date(), number - 6):%Y-%m} "


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """Killed twice in the middle, once with its message server, and ended once; then played to its end."""
    with running_service(tmp_path_factory.mktemp("sample") / "data", command=DEMO) as service:
        service.until_logged(month(2), within=PLAYED_S)
        service.kill()
        again(service, month(4))
        service.kill()
        service.kill_server()
        again(service, month(5))
        assert service.stop() == DONE
        assert "goes on from here" in service.log.read_text()
        again(service, STAYS)
        yield service


def again(service: RunningService, until: str) -> None:
    service.log.write_text("")
    service.start()
    service.until_logged(until, within=PLAYED_S)


@pytest.fixture(scope="module")
def simulation(sample: RunningService) -> Simulation:
    return simulate(wanted(sample))


def wanted(sample: RunningService) -> Wanted:
    return Sample.on(sample.data, Wanted(begins=datetime.now(UTC).date())).wanted


@pytest.fixture(scope="module")
def record(sample: RunningService) -> list[dict[str, Any]]:
    return [json.loads(message.data) for message in asyncio.run(stored(sample, "RECORD"))]


def token(sample: RunningService, short: str) -> str:
    return (sample.data / "partners" / f"{short}.token").read_text().strip()


def test_every_act_is_recorded_once_and_none_is_refused(
    sample: RunningService, simulation: Simulation, record: list[dict[str, Any]]
) -> None:
    assert "; 0 refused" in sample.log.read_text()
    ids = [step.act["act_id"] for step in simulation.steps]
    played = [entry["actid"] for entry in record if entry["actid"] in set(ids)]
    assert sorted(played) == sorted(ids)
    others = [entry["type"] for entry in record if entry["actid"] not in set(ids)]
    assert others.count("organisation-registered") == 1 + 6


def test_each_is_recorded_when_it_was_told(simulation: Simulation, record: list[dict[str, Any]]) -> None:
    at = {step.act["act_id"]: step.at for step in simulation.steps}
    times = [datetime.fromisoformat(entry["recordedtime"]) for entry in record]
    assert times == sorted(times)
    late = [time - at[entry["actid"]] for time, entry in zip(times, record, strict=True) if entry["actid"] in at]
    assert timedelta(0) <= min(late) <= max(late) < timedelta(hours=6)


def test_the_views_answer(sample: RunningService) -> None:
    shown = sample.http("GET", f"/api/cases/{tour(wanted(sample))}", token(sample, "coop-1"))
    assert (shown.status, shown.body["status"]) == (200, "open")
    assert len(sample.http("GET", "/api/board", token(sample, "centre-1")).body["cases"]) > 2
    assert sample.http("GET", f"/api/cases/{tour(wanted(sample))}", token(sample, "trainer-1")).status == 404


def test_afterwards_the_clock_is_the_real_one(sample: RunningService) -> None:
    act = {
        "type": "contact-made",
        "case": tour(wanted(sample)),
        "act_id": str(uuid.uuid4()),
        "occurred_at": datetime.now(UTC).isoformat(),
        "practitioner": str(uuid.uuid4()),
        "channel": "phone",
        "with_whom": "person",
        "dry_run": True,
    }
    answer = sample.http("POST", "/api/acts", token(sample, "centre-1"), json.dumps(act).encode())
    assert (answer.status, answer.body["outcome"]) == (200, "recorded")
    act["occurred_at"] = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    ahead = sample.http("POST", "/api/acts", token(sample, "centre-1"), json.dumps(act).encode())
    assert ahead.body["code"] == "time.in-the-future"


def test_a_folder_that_was_played_is_only_served(sample: RunningService) -> None:
    before = sample.http("GET", "/health").body["record"]["position"]
    assert sample.stop() == DONE
    again(sample, STAYS)
    assert "Playing" not in sample.log.read_text()
    assert sample.http("GET", "/health").body["record"]["position"] == before


def raccordo(*arguments: str) -> Any:
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).invoke(app, arguments)


def test_a_network_that_is_no_sample_is_not_played_on(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    ran = raccordo("demo", "--data", str(tmp_path))
    assert ran.exit_code == WRONG_USE
    assert "nothing is played on it" in ran.stderr


def test_simulate_writes_one_act_a_line(tmp_path: Path) -> None:
    file = tmp_path / "year.ndjson"
    ran = raccordo("simulate", *SIZE, "--from", "2026-01-01", "--output", str(file))
    assert ran.exit_code == DONE
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert {tuple(line) for line in lines} == {("at", "organisation", "act")}
    assert f"{len(lines)} acts of " in ran.stderr
    assert raccordo("simulate", *SIZE, "--from", "2026-01-01").stdout == file.read_text("utf-8")


@pytest.mark.parametrize(
    "arguments",
    [["--cases", "0"], ["--organisations", "4"], ["--months", "99"], ["--seed", "x"], ["--from", "2026-02-30"]],
)
def test_nonsense_is_said_to_be_nonsense(arguments: list[str]) -> None:
    ran = raccordo("simulate", *arguments)
    assert (ran.exit_code, ran.stdout) == (WRONG_USE, "")
    assert arguments[1] in ran.stderr or arguments[0] in ran.stderr


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    ran = raccordo("simulate", *SIZE, "--output", str(tmp_path / "no" / "file"))
    assert ran.exit_code == WRONG_USE
    assert "cannot be written" in ran.stderr
