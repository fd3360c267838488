"""Many acts in one HTTP request: each line is answered by a line, while the request is still being sent."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from domain.submission import LARGEST
from tests.acceptance.conftest import Network
from tests.acceptance.dropping import act, contact
from tests.running_service import Member


@pytest.fixture(scope="module")
def sender(network: Network) -> Member:
    return network.service.add("drop-http", "employment-centre")


class Request:
    """Sent in pieces, and its answer read meanwhile."""

    def __init__(self, network: Network, token: str) -> None:
        where = urlsplit(network.service.running.http)
        self._connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
        self._connection.putrequest("POST", "/api/acts/lines")
        for name, value in {
            "Authorization": f"Bearer {token}",
            "Transfer-Encoding": "chunked",
            "Content-Type": "application/x-ndjson",
        }.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))

    def end(self) -> None:
        self._connection.send(b"0\r\n\r\n")

    def answer(self) -> http.client.HTTPResponse:
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def request_(network: Network, sender: Member) -> Iterator[Request]:
    request = Request(network, sender.token)
    yield request
    request.close()


def line(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode() + b"\n"


def test_each_line_is_answered_in_order_while_more_is_sent(request_: Request) -> None:
    opened = act("case-opened")
    whole = line(opened)
    request_.send(whole[:50], whole[50:] + line(contact(opened["case"]))[:20])
    response = request_.answer()
    first = json.loads(response.readline())
    assert (response.status, first["line"], first["outcome"]) == (200, 1, "recorded")
    assert response.headers["Content-Type"] == "application/x-ndjson"
    rest = [contact(opened["case"]) for _ in range(300)]
    request_.send(b'"}\n', b"".join(map(line, rest)), line(opened)[:-1])
    request_.end()
    told = [json.loads(each) for each in response.read().splitlines()]
    assert [a["line"] for a in told] == list(range(2, 304))
    assert told[0]["code"] == "form.unreadable"  # the line that was cut
    versions = [a["version"] for a in told[1:-1]]
    assert versions == list(range(2, 302))
    assert (told[-1]["outcome"], told[-1]["position"]) == ("known already", first["position"])


def test_a_line_that_is_too_long_is_answered_and_the_rest_goes_on(request_: Request) -> None:
    request_.send(b'{"type": "')
    for _ in range(50):
        request_.send(b"x" * LARGEST)
    request_.send(b'"}\n\nrubbish\r\n' + line(act("case-opened")))
    request_.end()
    told = [json.loads(each) for each in request_.answer().read().splitlines()]
    assert [(a["line"], a.get("code")) for a in told] == [(1, "act.too-large"), (3, "form.not-json"), (4, None)]
    assert told[-1]["outcome"] == "recorded"


def test_without_a_token_nothing_is_read(network: Network) -> None:
    answer = network.service.http("POST", "/api/acts/lines", "raccordo_wrong", line(act("case-opened")))
    assert (answer.status, answer.body["code"]) == (401, "door.not-recognised")
