"""Messages handed over in one write arrive as those that nats-py publishes one by one."""

import asyncio
from collections.abc import AsyncIterator

import nats
import pytest
from nats.aio.client import Client
from nats.errors import BadHeaderError, BadSubjectError, ConnectionClosedError, MaxPayloadError

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.frames import atomic, frame, hand_over, lines
from adapters.jetstream.link import Address, Link
from adapters.jetstream.reply import answer_of
from tests.record_streams import FreshStream
from tests.servers import NatsServer

SENT = [
    ("frames.a", b"", {"One": "1"}, ""),
    ("frames.b", b"\r\nHPUB frames.c 1 1\r\n\x00", {"One": "1", "Nats-Batch-Id": "x y", "Empty": ""}, "frames.answer"),
    ("frames.c", b"x" * 70_000, {"Ente": "perch\u00e9: s\u00ec"}, ""),
]
MEGABYTE = 1024 * 1024  # what the server takes, headers included


@pytest.fixture
async def client(shared_server: NatsServer) -> AsyncIterator[Client]:
    connected = await nats.connect(shared_server.url)
    yield connected
    await connected.close()


async def test_they_arrive_as_those_of_the_library(client: Client) -> None:
    arrived = await client.subscribe("frames.>")
    await hand_over(
        client, [frame(subject, payload, lines(headers), reply) for subject, payload, headers, reply in SENT]
    )
    for subject, payload, headers, reply in SENT:
        await client.publish(subject, payload, reply, headers)
    messages = [await arrived.next_msg(2) for _ in (*SENT, *SENT)]
    told = [(m.subject, m.reply, m.headers, m.data) for m in messages]
    assert told[: len(SENT)] == told[len(SENT) :]
    assert [payload for _, _, _, payload in told[: len(SENT)]] == [payload for _, payload, _, _ in SENT]


async def test_they_come_behind_what_waits_already(client: Client) -> None:
    arrived = await client.subscribe("frames.>")
    await client.publish("frames.first", b"")
    await hand_over(client, [frame("frames.second", b"", b"")])
    await client.publish("frames.third", b"")
    assert [(await arrived.next_msg(2)).subject for _ in range(3)] == ["frames.first", "frames.second", "frames.third"]


async def test_more_than_may_wait_is_written_out(client: Client) -> None:
    client._max_pending_size = 1000
    arrived = await client.subscribe("frames.>")
    await hand_over(client, [frame(f"frames.{n}", b"x" * 100, b"") for n in range(50)])
    assert client.pending_data_size == 0
    assert [(await arrived.next_msg(2)).subject for _ in range(50)] == [f"frames.{n}" for n in range(50)]


async def test_the_largest_is_taken_and_a_larger_one_refused(client: Client) -> None:
    headers = lines({"One": "1"})
    largest = MEGABYTE - len(headers) - len("NATS/1.0\r\n\r\n")
    arrived = await client.subscribe("frames.>")
    with pytest.raises(MaxPayloadError):
        await hand_over(client, [frame("frames.a", b"", b""), frame("frames.a", b"x" * (largest + 1), headers)])
    await hand_over(client, [frame("frames.a", b"x" * largest, headers)])
    assert len((await arrived.next_msg(2)).data) == largest
    assert client.is_connected


@pytest.mark.parametrize("text", ["a\r\nb", "a\nb"])
def test_a_header_ends_no_line(text: str) -> None:
    with pytest.raises(BadHeaderError):
        lines({"One": text})
    with pytest.raises(BadHeaderError):
        lines({text: "1"})


@pytest.mark.parametrize("subject", ["", "a b", "a\r\nPUB b 0\r\n", "a\t"])
def test_a_subject_is_one_word(subject: str) -> None:
    with pytest.raises(BadSubjectError):
        frame(subject, b"", b"")


async def test_a_closed_connection_takes_nothing(client: Client) -> None:
    await client.close()
    with pytest.raises(ConnectionClosedError):
        await hand_over(client, [frame("frames.a", b"", b"")])


def test_a_batch_is_answered_once(fresh: FreshStream) -> None:
    fresh.application()

    async def asked() -> bytes:
        link = await Link.open(Address(fresh.url), 5)
        messages = [(f"{fresh.prefix}.case.a.{n}", b"%d" % n, lines({"Number": str(n)})) for n in (1, 2, 3)]
        try:
            return (await asyncio.wait_for(link.ask_batch(atomic(messages, "one"), within=5), 5)).data
        finally:
            await link.close()

    bridge = Bridge("frames")
    try:
        answer = answer_of(bridge.call(asked(), 10))
    finally:
        bridge.close()
    assert (answer["count"], answer["seq"]) == (3, 3)
    assert [fresh.message(n).state for n in (1, 2, 3)] == [b"1", b"2", b"3"]
    assert [fresh.message(n).headers["Number"] for n in (1, 2, 3)] == ["1", "2", "3"]
