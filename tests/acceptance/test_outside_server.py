"""A message server that runs already is used instead of one of our own."""

from pathlib import Path

from adapters.nats.identity import Installation
from adapters.nats.server import NatsServer
from tests.running_service import running_service


def test_the_service_uses_the_server_it_is_given(tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = NatsServer(Installation.open(data))
    with server, running_service(data, environment={"RACCORDO_NATS_URL": server.url}) as service:
        assert service.running.nats == server.url
        centre = service.add("centre", "employment-centre")
        assert service.http("GET", "/api/board", centre.token).status == 200
        assert service.stop() == 0
        assert server.alive, "the service ended a server that is not its own"
