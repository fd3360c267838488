"""The HTTP doors, tried by a tool that knows nothing of them but the OpenAPI document they serve."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance

from adapters.web.app import openapi
from tests.running_service import running_service

EXAMPLES = 20
LONGEST_WAIT_S = 0.05
DOORS = [(method, path) for path, methods in openapi()["paths"].items() for method in methods]

Try = Callable[[str, str], None]


@schemathesis.serializer("application/x-ndjson")
def lines(_: Any, value: str) -> bytes:
    return value.encode()


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Try]:
    with running_service(tmp_path_factory.mktemp("service") / "data") as service:
        headers = {"Authorization": f"Bearer {service.add('one', 'trainer').token}"}
        document = schemathesis.openapi.from_url(f"{service.running.http}/openapi.json")

        def try_(method: str, path: str) -> None:
            # A form cannot tell that the 30th of February is none, so an act of its form may be refused; and 503, try
            # later, is in the document.
            excluded: list[Any] = [not_a_server_error, *([positive_data_acceptance] if method == "post" else [])]

            @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
            @given(document[path][method].as_strategy())
            def send(case: Case[Any]) -> None:
                if "after" in case.query:  # else each question about what is to come waits for it
                    case.query["timeout"] = LONGEST_WAIT_S
                answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
                assert answer.status_code in (503, *range(500))

            send()

        yield try_


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_a_door_is_as_its_document_says(method: str, path: str, tried: Try) -> None:
    tried(method, path)
