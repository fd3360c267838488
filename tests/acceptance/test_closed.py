"""Over real sockets: what refusals mean, who may speak, and that the feed says no more than the view."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import Network

Make = Callable[..., dict[str, Any]]
NOBODY = "oaaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("type_", "fields", "path"),
    [
        (
            "referral-sent",
            {"referral": "018f0000-0000-7000-8000-0000000000c1", "service": "housing", "to": NOBODY},
            "to",
        ),
        ("case-opened", {"only_for": [NOBODY]}, "only_for.0"),
        ("case-opened", {"on_behalf_of": NOBODY, "evidence": "phone"}, "on_behalf_of"),
    ],
)
async def test_an_act_that_names_an_unknown_organisation_is_at_fault_and_not_who_speaks(
    network: Network, act: Make, type_: str, fields: dict[str, Any], path: str
) -> None:
    body = act(type_, **fields)
    http = network.service.http("POST", "/api/acts", network.centre.token, json.dumps(body).encode())
    async with network.speaking(network.centre) as [centre]:
        by_message = await centre.act(body)
    assert http.status == 409
    assert http.body == by_message
    assert (by_message["code"], by_message["fields"]) == (
        "organisation.unknown",
        [{"path": path, "code": "organisation.unknown"}],
    )
