"""Whatever comes in is answered, and nothing of it harms the service. `make chaos` sends many more."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.fuzzing import Fuzzing, fuzzed
from tests.running_service import running_service


@pytest.fixture
def fuzzing(tmp_path: Path) -> Iterator[Fuzzing]:
    with running_service(tmp_path / "data") as service, Fuzzing(service, service.add("one", "trainer")) as found:
        yield found


def test_every_input_is_answered_and_never_with_a_fault_of_ours(fuzzing: Fuzzing) -> None:
    number = random.SystemRandom().randrange(10**6)
    print(f"seed {number}")
    fuzzed(fuzzing, 120, number)
    assert fuzzing.described > 20, "of the 120 requests over HTTP the OpenAPI document tells of a good part"
