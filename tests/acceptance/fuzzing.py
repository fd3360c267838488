"""A running service and a partner that sends it anything; what may never come back is said here."""

import asyncio
import http.client
import json
from collections.abc import Callable
from itertools import cycle
from typing import Any, Self
from urllib.parse import urlsplit

from hypothesis import HealthCheck, given, seed, settings
from nats.aio.client import Client

from adapters.nats.connection import connect
from tests.acceptance.described import Described
from tests.acceptance.inputs import HttpRequest, Message, http_requests, live_messages, questions
from tests.running_service import Member, RunningService

OUTCOMES = {"recorded", "known already", "refused"}
PATIENCE_S = 30.0


class Fuzzing:
    """Over a connection by message of each member, in turn, and one by HTTP: who is refused too often waits."""

    def __init__(self, service: RunningService, *members: Member) -> None:
        self._service, self._members = service, members
        self._runner = asyncio.Runner()
        self._clients: dict[str, Client] = {}
        self._turns = cycle(members)
        address = urlsplit(service.running.http)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE_S)
        self._described = Described(service.http("GET", "/openapi.json").body)
        self.described = 0
        """Requests of which the OpenAPI document tells what may be answered."""

    def __enter__(self) -> Self:
        for member in self._members:
            self._clients[member.id] = self._runner.run(connect(self._service.running.nats, member.creds, within=20))
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients.values():
            self._runner.run(client.close())
        self._runner.close()
        self._http.close()

    def act(self, message: Message) -> None:
        answer = self._asked("in", message)
        assert answer["outcome"] in OUTCOMES, answer  # try later would be a fault of ours
        if answer["outcome"] == "refused":
            assert answer["code"]
            assert answer["sentence"].endswith((".", "?")), answer

    def question(self, message: Message) -> None:
        answer = self._asked("ask", message)
        assert answer.get("outcome", "found") in ("found", "refused", "not yet"), answer

    def request(self, asked: HttpRequest) -> None:
        headers = {"Authorization": f"Bearer {next(self._turns).token}", **asked.headers}
        self._http.request(asked.method, asked.path, asked.body, headers)
        answer = self._http.getresponse()
        said = answer.read()
        assert answer.status < 500 or b'"not yet"' in said, (answer.status, said[:300])
        path, media = urlsplit(asked.path).path, answer.getheader("Content-Type", "")
        self.described += self._described.check(asked.method, path, answer.status, media, said)

    def well(self) -> None:
        """It answers as before, nothing failed inside, and what was recorded is shown."""
        health = self._service.health()
        assert health.status == 200, health.body
        log = self._service.log.read_text()
        assert '"level": "error"' not in log, [line for line in log.splitlines() if '"error"' in line][:3]

    def _asked(self, door: str, message: Message) -> dict[str, Any]:
        id_ = next(self._turns).id
        subject, headers = f"{door}.{id_}.{message.rest}", message.headers or None
        asked = self._clients[id_].request(subject, message.body, timeout=PATIENCE_S, headers=headers)
        answer: dict[str, Any] = json.loads(self._runner.run(asked).data)
        return answer


def fuzzed(fuzzing: Fuzzing, inputs: int, number: int) -> None:
    """So many at each door, from a seed that was printed."""
    doors: list[tuple[Any, Callable[[Any], None]]] = [
        (live_messages(), fuzzing.act),
        (questions(), fuzzing.question),
        (http_requests(), fuzzing.request),
    ]
    for strategy, send in doors:
        asked = settings(max_examples=inputs, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        run: Callable[[], None] = asked(seed(number)(given(strategy)(send)))  # type: ignore[no-untyped-call]
        run()
    fuzzing.well()
