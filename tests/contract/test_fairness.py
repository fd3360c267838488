"""Who keeps the desk busy stands behind the others: a real desk, on a record in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.batcher import Batcher
from adapters.bench.peers import _network
from adapters.bench.workload import Workload
from adapters.deciding import TOGETHER_S
from adapters.keys import open_key_store
from adapters.spending import Spending
from services.answers import Answer, Recorded
from services.budgets import Limits
from services.desk import Arrival, Desk
from services.keyring import Keyring
from services.record import Record

ENVIRONMENT = {"MAPPER_TOPIC": "adapters.mapper:EntryMapper", "ORIGINATOR_ID_TYPE": "text"}


class Office:
    """A desk with its batcher, and what was answered, in order."""

    def __init__(self, folder: Path, limits: Limits, together_s: float = TOGETHER_S) -> None:
        self.record = Record(ENVIRONMENT, Keyring(open_key_store(folder)))
        self.workload = Workload(_network(self.record), alone=True)
        self.flood, self.other = self.workload.organisations[:2]
        self.spending = Spending(limits)
        self.answered: list[str] = []
        desk = Desk(self.record, clock=lambda: datetime.now(UTC))
        self.batcher = Batcher(desk, self._kept, self.spending, together_s=together_s)

    async def _kept(self, reason: str, arrival: Arrival) -> None:
        raise AssertionError(f"{arrival.organisation}: {reason}")

    def acts(self, organisation: str, number: int) -> list[Arrival]:
        """Cases that are being opened."""
        opener = self.workload.organisations.index(organisation)
        cases = range(opener, opener + 4 * number, 4)
        return [Arrival(organisation, next(self.workload.case(case, 1)).body) for case in cases]

    def cases(self, organisation: str, number: int, length: int) -> list[Arrival]:
        """So many acts of each case, one case after the other."""
        opener = self.workload.organisations.index(organisation)
        cases = range(opener, opener + 4 * number, 4)
        return [Arrival(organisation, act.body) for case in cases for act in self.workload.case(case, length)]

    async def submit(self, arrivals: list[Arrival]) -> None:
        for arrival in arrivals:
            await self.batcher.submit(arrival, self._noting(arrival.organisation))

    def _noting(self, organisation: str) -> Callable[[Answer], Awaitable[None]]:
        async def note(answer: Answer) -> None:
            assert isinstance(answer, Recorded), answer
            self.answered.append(organisation)

        return note


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    made = Office(tmp_path, Limits(desk_share=0.5))
    made.batcher.start()
    yield made
    await made.batcher.drain()


async def until_answered(office: Office, number: int) -> None:
    async with asyncio.timeout(20):
        while len(office.answered) < number:
            await asyncio.sleep(0.01)


async def test_who_has_used_up_its_share_is_passed_over_and_then_served(office: Office) -> None:
    office.spending.desk({office.flood: 1.5}, {office.flood: 10_000})
    assert office.spending.behind() == {office.flood}
    await office.submit(office.acts(office.flood, 300))
    await office.submit(office.acts(office.other, 100))
    await until_answered(office, 400)
    assert office.answered[:100] == [office.other] * 100


async def test_dear_acts_wait_until_their_teller_has_a_share_again(office: Office) -> None:
    """Also while nobody else is there: the one that comes next would have to wait for them."""
    office.spending.desk({office.flood: 1.6}, {office.flood: 10})
    await office.submit(office.acts(office.flood, 3))
    await asyncio.sleep(0.3)
    assert office.answered == []
    await office.submit(office.acts(office.other, 20))
    await until_answered(office, 23)
    assert office.answered == [office.other] * 20 + [office.flood] * 3


async def test_many_acts_of_one_are_decided_in_parts_between_which_others_have_their_turn(office: Office) -> None:
    office.spending.desk({office.flood: 0.5}, {office.flood: 100})
    many = asyncio.create_task(office.batcher.answer_many(office.acts(office.flood, 400)))
    await asyncio.sleep(0.02)
    await office.submit(office.acts(office.other, 1))
    await until_answered(office, 1)
    assert not many.done()
    assert len([answer for answer in await many if isinstance(answer, Recorded)]) == 400


async def test_over_its_budget_it_is_answered_later_so_that_it_comes_no_sooner_again(tmp_path: Path) -> None:
    office = Office(tmp_path, Limits(acts_at_once=5, acts_a_second=0.01))
    office.batcher.start()
    answers = await office.batcher.answer_many(office.acts(office.flood, 8))
    assert [isinstance(answer, Recorded) for answer in answers] == [True] * 5 + [False] * 3
    began = asyncio.get_running_loop().time()
    assert not isinstance(await office.batcher.answer(office.acts(office.flood, 9)[-1]), Recorded)
    assert asyncio.get_running_loop().time() - began > 0.2
    assert isinstance(await office.batcher.answer(office.acts(office.other, 1)[0]), Recorded)
    await office.batcher.drain()


@pytest.fixture
async def short_office(tmp_path: Path) -> AsyncIterator[Office]:
    """Its desk comes to one act of a batch and leaves the others."""
    made = Office(tmp_path, Limits(), together_s=0)
    made.batcher.start()
    yield made
    await made.batcher.drain()


async def test_a_batch_that_takes_long_is_left_and_the_others_come_between(short_office: Office) -> None:
    await short_office.submit(short_office.cases(short_office.flood, 3, 20))
    await short_office.submit(short_office.acts(short_office.other, 1))
    await until_answered(short_office, 61)
    assert short_office.other in short_office.answered[:3]


async def test_of_what_a_batch_left_nothing_is_lost_doubled_or_overtaken(short_office: Office) -> None:
    """By message and as lines: the versions of each case are in the order in which its acts were handed in."""
    by_message = short_office.cases(short_office.flood, 3, 20)
    found: list[Answer] = []

    async def note(answer: Answer) -> None:
        found.append(answer)

    for arrival in by_message:
        await short_office.batcher.submit(arrival, note)
    as_lines = await short_office.batcher.answer_many(short_office.cases(short_office.other, 3, 20))
    async with asyncio.timeout(20):
        while len(found) < len(by_message):
            await asyncio.sleep(0.01)
    versions = [*range(1, 21)] * 3
    for answers in (found, as_lines):
        assert [answer.version for answer in answers if isinstance(answer, Recorded)] == versions
