"""What the service counts is what partners were told, and no series grows with them."""

import json
from collections.abc import Callable
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.conftest import Network

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
