"""A service that many tests share, and its organisations."""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.partner import Partner, partner
from tests.running_service import Member, RunningService, running_service


@dataclass(frozen=True, slots=True)
class Network:
    """An employment centre, a cooperative, a health service, and one that has nothing to do with them."""

    service: RunningService
    centre: Member
    coop: Member
    health: Member
    stranger: Member

    @asynccontextmanager
    async def speaking(self, *members: Member) -> AsyncIterator[list[Partner]]:
        """A connection of its own for each."""
        async with AsyncExitStack() as stack:
            nats = self.service.running.nats
            yield [await stack.enter_async_context(partner(nats, member.creds)) for member in members]


def network_on(service: RunningService) -> Network:
    return Network(
        service,
        service.add("centre", "employment-centre"),
        service.add("coop", "social-cooperative-b"),
        service.add("health", "mental-health-service"),
        service.add("stranger", "trainer"),
    )


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """Shared: a test makes cases of its own, and kills nothing."""
    with running_service(tmp_path_factory.mktemp("service") / "data") as service:
        yield network_on(service)


@pytest.fixture
def act() -> Callable[..., dict[str, Any]]:
    """A new act with all that every act carries."""

    def made(type_: str, case: str | None = None, **fields: Any) -> dict[str, Any]:
        return {
            "type": type_,
            "case": case or str(uuid.uuid4()),
            "act_id": str(uuid.uuid4()),
            "occurred_at": "2026-11-20T10:00:00+01:00",
            "practitioner": str(uuid.uuid4()),
            **fields,
        }

    return made
