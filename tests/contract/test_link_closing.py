"""A connection that is closed leaves nothing open on its loop, whoever interrupts it and whatever the server does."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from threading import Thread
from typing import Any

import pytest
from eventsourcing.persistence import OperationalError

from adapters.jetstream.bridge import Bridge, RecorderClosed
from adapters.jetstream.link import Address, Link
from adapters.jetstream.reply import Lost
from tests.record_streams import FreshStream
from tests.servers import NatsServer

TURNS = range(1, 13)


def on_a_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """What is left open is told when a loop closes: as a warning (a failure here), or by refusing to close."""
    bridge = Bridge("closing")
    try:
        bridge.call(work(), 10)
    finally:
        bridge.close()


async def others() -> set[str]:
    """What runs on the loop besides this."""
    return {str(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()}


async def opened(server: NatsServer) -> Link:
    return await Link.open(Address(server.url), 5)


@pytest.mark.parametrize("turns", TURNS)
def test_closing_that_is_interrupted(shared_server: NatsServer, turns: int) -> None:
    async def interrupted() -> None:
        link = await opened(shared_server)
        asking = asyncio.create_task(link.api("INFO", within=5))
        closing = asyncio.create_task(link.close())
        for _ in range(turns):
            await asyncio.sleep(0)
        closing.cancel()
        await asyncio.gather(asking, closing, return_exceptions=True)

    on_a_loop(interrupted)


@pytest.mark.parametrize("milliseconds", TURNS)
def test_opening_that_is_interrupted(shared_server: NatsServer, milliseconds: int) -> None:
    async def interrupted() -> None:
        opening = asyncio.create_task(opened(shared_server))
        await asyncio.sleep(milliseconds / 1000)
        opening.cancel()
        for link in await asyncio.gather(opening, return_exceptions=True):
            if isinstance(link, Link):
                await link.close()

    on_a_loop(interrupted)


def test_a_recorder_closed_while_others_read_connects_no_more(fresh: FreshStream) -> None:
    """Their threads may outlive it: what one of them opened again would stay open on the loop."""
    recorder = fresh.application()
    told: list[type[BaseException]] = []

    def read() -> None:
        try:
            while True:
                recorder.select_notifications(1, 10)
        except OperationalError as error:
            told.append(type(error))

    readers = [Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    recorder.close()
    for reader in readers:
        reader.join(5)
    assert told == [RecorderClosed] * 4
    assert fresh.bridge.call(others(), 5) == set()


@pytest.mark.kills
@pytest.mark.parametrize("several", [False, True])
def test_a_connection_that_breaks_while_it_is_written_to_is_lost_and_nothing_else(
    own_server: NatsServer, several: bool
) -> None:
    """The loop has not heard of it yet: uvloop says so of each further write, in words of its own."""

    async def written_on() -> None:
        link = await opened(own_server)
        message = ("nowhere", b"x", b"")
        own_server.freeze()  # what it has not read makes its end abrupt
        await link.send(*message[:2])
        await asyncio.sleep(0.1)
        own_server.kill()
        ask = partial(link.ask_batch, [message]) if several else partial(link.ask, *message[:2])

        async def after(turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await ask(within=5)

        for told in await asyncio.gather(*map(after, range(20)), return_exceptions=True):
            assert isinstance(told, Lost)
        await link.close()

    on_a_loop(written_on)


@pytest.mark.kills
def test_closing_towards_a_server_that_reads_nothing(own_server: NatsServer) -> None:
    async def unread() -> None:
        link = await opened(own_server)
        own_server.freeze()
        sending = [asyncio.create_task(link.ask("nowhere", b"x" * 500_000, within=5)) for _ in range(60)]
        await asyncio.sleep(0.2)
        await link.close()
        for told in await asyncio.gather(*sending, return_exceptions=True):
            assert isinstance(told, Lost)

    try:
        on_a_loop(unread)
    finally:
        own_server.thaw()
