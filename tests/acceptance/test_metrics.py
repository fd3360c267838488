"""What the service counts is what partners were told, and no series grows with them."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.conftest import Network
from tests.running_service import COMMAND, RunningService, running_service

Make = Callable[..., dict[str, Any]]
LABELS = {"outcome", "of", "le"}


def counted(network: Network) -> dict[tuple[str, str], float]:
    """Name and label → value."""
    text = network.service.http("GET", "/metrics").body.decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            assert sample.name.startswith("raccordo_")
            assert set(sample.labels) <= LABELS, sample
            found[sample.name, " ".join(sample.labels.values())] = sample.value
    return found


def test_answers_positions_and_times_are_counted(network: Network, act: Make) -> None:
    before = counted(network)
    body = act("case-opened")
    for sent in (body, body, {**act("case-opened"), "dry_run": True}, act("case-openned")):
        network.service.http("POST", "/api/acts", network.centre.token, json.dumps(sent).encode())
    after = counted(network)
    grown = {key: value - before.get(key, 0) for key, value in after.items()}
    for outcome in ("recorded", "known already", "dry run", "refused"):
        assert grown["raccordo_answers_total", outcome] >= 1
    assert grown["raccordo_answer_seconds_count", ""] >= 4
    assert grown["raccordo_batch_acts_count", ""] >= 4
    assert after["raccordo_position", "record"] >= after["raccordo_position", "views"] > 0
    assert after["raccordo_free_bytes", ""] > 0
    assert after["raccordo_well", ""] == 1
    assert {of for name, of in after if name == "raccordo_stopped"} >= {"record", "views", "feed", "desk"}


TOKEN = "a-token-of-the-operator"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    data = tmp_path_factory.mktemp("guarded") / "data"
    with running_service(data, environment={"RACCORDO_METRICS_TOKEN": TOKEN}) as service:
        yield service


@pytest.mark.parametrize("token", [None, "", "a-token-of-the-operato", TOKEN + "x", "wrong"])
def test_where_a_token_is_set_nobody_counts_without_it(guarded: RunningService, token: str | None) -> None:
    answer = guarded.http("GET", "/metrics", token)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert b"raccordo_" not in json.dumps(answer.body).encode()


def test_an_organisation_is_not_the_operator(guarded: RunningService) -> None:
    member = guarded.add("centre", "employment-centre")
    assert guarded.http("GET", "/metrics", member.token).status == 401
    assert guarded.http("GET", "/health", member.token).body == {"status": "ok"}


def test_with_the_token_or_that_of_the_office_all_is_told(guarded: RunningService) -> None:
    for token in (TOKEN, guarded.office_token):
        assert b"raccordo_well 1" in guarded.http("GET", "/metrics", token).body
        assert guarded.http("GET", "/health", token).body["record"]["position"] > 0


def test_where_a_token_is_set_others_learn_whether_it_is_well_and_no_more(guarded: RunningService) -> None:
    assert guarded.http("GET", "/health").body == {"status": "ok"}


@pytest.mark.kills
def test_why_a_part_stopped_is_told_to_the_operator_alone(tmp_path: Path, act: Make) -> None:
    with running_service(tmp_path / "data") as service:
        centre = service.add("centre", "employment-centre")
        os.kill(service.server_pid, signal.SIGSTOP)
        try:
            service.http("POST", "/api/acts", centre.token, json.dumps(act("case-opened")).encode())
        finally:
            os.kill(service.server_pid, signal.SIGCONT)
        assert service.health().body["desk"]["stopped"]["reason"]
        told = service.http("GET", "/health")
        assert (told.status, told.body["status"]) == (503, "degraded")
        assert told.body["desk"] == {"stopped": {}}
        assert service.http("GET", "/health", centre.token).body["desk"] == {"stopped": {}}


def test_a_token_that_is_too_short_is_refused_at_the_start(tmp_path: Path) -> None:
    started = subprocess.run(
        [*COMMAND, "up", "--data", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "RACCORDO_METRICS_TOKEN": "short"},
    )
    assert started.returncode == 2
    assert "at least 16 characters" in started.stderr
    assert "Traceback" not in started.stderr
