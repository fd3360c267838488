"""What a kill leaves behind at the drop door, step by step: nothing is skipped, nothing answered twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.jetstream.answers import AnsweredElsewhere, AnswerStream, Reached, Said
from adapters.jetstream.drop_queue import Dropped, TakenElsewhere, dropped_by
from adapters.jetstream.drop_stream import make_drop_streams, stream_of
from adapters.jetstream.link import Address, Link
from adapters.jetstream.stream import Options, Stream
from adapters.jetstream.streams import StreamMissing, create_all, definitions
from tests.servers import NatsServer, running_server

COOP = "ocooperativea"


@asynccontextmanager
async def connected(server: NatsServer) -> AsyncIterator[tuple[AnswerStream, Link]]:
    address = Address(server.url)
    await create_all(address)
    await make_drop_streams(address, [COOP])
    stream = Stream(Options(address=address, definition=definitions()["FEED"], prefix="feed"))
    try:
        yield AnswerStream(stream), await stream.link()
    finally:
        await stream.close()


@pytest.fixture
async def both() -> AsyncIterator[tuple[AnswerStream, Link]]:
    with running_server() as server:
        async with connected(server) as made:
            yield made


async def hand_in(link: Link, number: int) -> None:
    for n in range(number):
        await link.ask(f"drop.{COOP}.case.{n}.case-opened", b"{}", within=5)


def said(*batch: Dropped | int) -> list[Said]:
    numbers = [each if isinstance(each, int) else each.number for each in batch]
    return [Said(n, f"feed.{COOP}.answer.case.{n}.case-opened", b"{}") for n in numbers]


async def stored(link: Link, stream: str) -> int:
    return int((await link.api(f"STREAM.INFO.{stream}", within=5))["state"]["messages"])


async def test_what_was_not_done_with_comes_again_from_its_beginning(both: tuple[AnswerStream, Link]) -> None:
    _, link = both
    await hand_in(link, 250)
    async with dropped_by(link, COOP) as queue:
        first = [*await queue.next()]
        while len(first) < 200:
            first += await queue.next()
        await queue.done_with(first[:100])
    found: list[int] = [0]
    async with dropped_by(link, COOP) as queue:
        while found[-1] < 250:
            batch = await queue.next()
            await queue.done_with(batch)
            found += [dropped.number for dropped in batch]
    # An acknowledgement may go down with the consumer; then the message comes again, and its answer tells.
    assert found[1] <= 101
    assert found[1:] == list(range(found[1], 251))


async def test_what_was_answered_before_a_kill_is_known_by_its_number(both: tuple[AnswerStream, Link]) -> None:
    answers, link = both
    await hand_in(link, 3)
    async with dropped_by(link, COOP) as queue:
        batch = await queue.next()
        before = await answers.reached(COOP, queue.incarnation)
        reached = await answers.publish(COOP, queue.incarnation, said(*batch), after=before)
    async with dropped_by(link, COOP) as queue:
        assert await queue.next()
        assert await answers.reached(COOP, queue.incarnation) == reached
        assert reached.number == batch[-1].number
        # An attempt that nobody saw arrive, made again: it is found to have been stored.
        assert await answers.publish(COOP, queue.incarnation, said(*batch), after=before) == reached
        with pytest.raises(AnsweredElsewhere):
            await answers.publish(COOP, queue.incarnation, said(*batch, batch[-1].number + 1), after=before)
    assert await stored(link, "FEED") == len(batch)


async def test_the_numbers_of_another_stream_of_the_name_mean_nothing(both: tuple[AnswerStream, Link]) -> None:
    answers, _ = both
    last = await answers.publish(COOP, "once", said(1, 2, 3), after=Reached(0, 0))
    assert await answers.reached(COOP, "once") == last == Reached(3, 3)
    assert await answers.reached(COOP, "another") == Reached(3, 0)


async def test_two_services_do_not_take_at_once(both: tuple[AnswerStream, Link]) -> None:
    _, link = both
    async with dropped_by(link, COOP):
        with pytest.raises(TakenElsewhere):
            async with dropped_by(link, COOP):
                pass
    async with dropped_by(link, COOP):
        pass


async def test_without_a_stream_nothing_can_be_taken(both: tuple[AnswerStream, Link]) -> None:
    _, link = both
    await link.api(f"STREAM.DELETE.{stream_of(COOP)}", within=5)
    with pytest.raises(StreamMissing):
        async with dropped_by(link, COOP):
            pass
