"""The sample network that `make run` plays, and that a second run finds as it was left."""

import sys
from pathlib import Path

from tests.running_service import running_service

DEMO = [sys.executable, "-m", "adapters.cli", "demo"]


def played(log: str) -> list[str]:
    return [line for line in log.splitlines() if ": recorded at " in line]


def test_the_first_referral_is_played_and_then_served(tmp_path: Path) -> None:
    with running_service(tmp_path / "data", command=DEMO) as service:
        service.until_logged("The service stays in the foreground")
        said = service.log.read_text()
        assert len(played(said)) == 12
        token = (service.data / "partners" / "coop.token").read_text().strip()
        [line] = service.http("GET", "/api/board", token).body["cases"]
        assert line["person"]["names"] == ["Persona Esempio"]
        assert service.stop() == 0
        service.log.write_text("")
        service.start()
        service.until_logged("The service stays in the foreground")
        assert played(service.log.read_text()) == []
        assert service.http("GET", "/api/board", token).body["cases"] == [line]
