"""What cannot be read is kept within bounds: so much of a message, so much of an organisation, until it is purged."""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.nats.identity import Installation
from adapters.partner import partner
from adapters.upkeep.dead_sizes import OVERHEAD
from adapters.upkeep.kept_aside import letters, looking
from tests.acceptance.test_commands import DONE, REFUSED, json_of, raccordo
from tests.running_service import Member, RunningService, running_service

LARGEST = 64 * 1024
QUOTA = 400_000


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    environment = {"RACCORDO_DEAD_BYTES": str(QUOTA)}
    with running_service(tmp_path_factory.mktemp("kept") / "data", environment=environment) as running:
        yield running


@pytest.fixture
def flood(service: RunningService) -> Member:
    return service.add("flood", "social-cooperative-b")


@pytest.fixture
def other(service: RunningService) -> Member:
    return service.add("other", "employment-centre")


def kept(service: RunningService) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json_of(service.data, "dead", "list")
    return found


def post(service: RunningService, member: Member, body: bytes, path: str = "/api/acts") -> None:
    service.http("POST", path, member.token, body)


def live(service: RunningService, member: Member, body: bytes, times: int = 1) -> list[str]:
    """The outcomes, all sent at once."""

    async def sent() -> list[str]:
        async with partner(service.running.nats, member.creds) as speaks:
            subject = f"in.{member.id}.case.a.case-opened"
            answers = await asyncio.gather(*(speaks.client.request(subject, body, timeout=30) for _ in range(times)))
        return [json.loads(answer.data)["outcome"] for answer in answers]

    return asyncio.run(sent())


def bodies(service: RunningService) -> list[bytes]:
    async def read() -> list[bytes]:
        async with looking(Installation.open(service.data), service.running.nats) as client:
            return [each.body async for each in letters(client)]

    return asyncio.run(read())


def test_of_a_long_message_the_beginning_is_kept_with_a_digest_of_the_whole(
    service: RunningService, flood: Member
) -> None:
    """By every door; a line and an HTTP body may be much longer than a message."""
    bodies_sent = [b"a" * 100_000, b"b" * 1_000_000, b"c" * 1_000_000]
    assert live(service, flood, bodies_sent[0]) == ["refused"]
    post(service, flood, bodies_sent[1])
    post(service, flood, bodies_sent[2], "/api/acts/lines")
    post(service, flood, b"{}")
    found = kept(service)
    assert [each["bytes"] for each in found] == [100_000, 1_000_000, 1_000_000, 2]
    assert [each.get("cut") for each in found] == [100_000 - LARGEST, *[1_000_000 - LARGEST] * 2, None]
    digests = [hashlib.sha256(body).hexdigest() for body in bodies_sent]
    assert [each.get("sha256") for each in found] == [*digests, None]
    assert [len(body) for body in bodies(service)] == [LARGEST, LARGEST, LARGEST, 2]


def test_one_fills_its_own_part_only_also_after_a_restart(
    service: RunningService, flood: Member, other: Member
) -> None:
    most = QUOTA // (10_000 + OVERHEAD)
    assert set(live(service, flood, b"x" * 10_000, 100)) == {"refused"}
    assert len(kept(service)) == most
    live(service, other, b"y" * 10_000, 3)
    assert [each["organisation"] for each in kept(service)[most:]] == [other.id] * 3
    assert service.http("GET", "/health").body["budgets"]["not_kept"] == {"quota": 100 - most}
    service.stop()
    service.start()
    live(service, flood, b"x" * 10_000, 20)
    assert len(kept(service)) == most + 3


def test_who_sent_over_http_and_what_is_listed_as_of_who_sent_by_message(
    service: RunningService, flood: Member
) -> None:
    body = b'{"type": "contact-made", "case": "x"}'
    post(service, flood, body)
    post(service, flood, body, "/api/acts/lines")
    assert [(each["organisation"], each["type"]) for each in kept(service)] == [(flood.id, "contact-made")] * 2
    listed = raccordo(service.data, "dead", "list").stdout
    assert (listed.count(flood.id), listed.count("contact-made"), "?" in listed) == (2, 2, False)


def test_what_is_kept_is_purged_by_organisation_reason_and_age(
    service: RunningService, flood: Member, other: Member
) -> None:
    live(service, flood, b"x" * 10_000, 100)
    live(service, other, b"y", 2)
    many = len(kept(service))
    assert json_of(service.data, "dead", "purge", "--older-than", "1", "--yes")["found"] == 0
    assert json_of(service.data, "dead", "purge", "--dry-run")["found"] == many
    asked = raccordo(service.data, "dead", "purge", "--organisation", flood.id)
    assert (asked.exit_code, len(kept(service))) == (REFUSED, many)
    [reason] = {each["reason"] for each in kept(service) if each["organisation"] == other.id}
    done = raccordo(service.data, "dead", "purge", "--organisation", flood.id, "--reason", reason, "--yes")
    assert done.exit_code == DONE
    kept_of_flood = many - 2
    assert re.fullmatch(rf"{kept_of_flood} messages kept aside \([\d.]+ (MB|bytes)\) thrown away\n", done.stdout)
    assert [(each["organisation"], each["bytes"]) for each in kept(service)] == [(other.id, 1)] * 2
    live(service, flood, b"x" * 10_000, 1)  # there is room for it again
    assert flood.id in {each["organisation"] for each in kept(service)}
    assert raccordo(service.data, "dead", "purge", "--reason", "a b").exit_code == REFUSED
    json_of(service.data, "dead", "purge", "--yes")
    assert kept(service) == []
