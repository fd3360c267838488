"""Contract tests run on a real nats-server, and none of them may be skipped."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.asked import Asked
from tests.record_streams import FreshStream
from tests.servers import NatsServer, running_server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"A contract test may not be skipped: {item.nodeid} {call.excinfo}"
    return report


@pytest.fixture(scope="session")
def shared_server() -> Iterator[NatsServer]:
    """One server for a whole run: every test takes a fresh stream on it."""
    with running_server() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[NatsServer]:
    """A server that the test may kill."""
    with running_server() as server:
        yield server


@pytest.fixture
def fresh(shared_server: NatsServer) -> Iterator[FreshStream]:
    with FreshStream(shared_server.url) as stream:
        yield stream


@pytest.fixture
def fresh_of_case(request: pytest.FixtureRequest, fresh: FreshStream) -> None:
    """The same for the library's suites, which are unittest cases."""
    request.instance.fresh = fresh


@pytest.fixture
def asked(tmp_path: Path, database: str | None) -> Iterator[Asked]:
    network = Asked(tmp_path, database)
    network.views.start()
    yield network
    network.views.stop()
