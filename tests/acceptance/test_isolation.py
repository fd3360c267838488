"""What one organisation can do to another with valid credentials of its own: nothing.

Each attack is made twice: by a partner with the rights we hand out, and by one that signs its own users and
gives them every right there is. So the wall holds where permissions do not.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import nats.errors
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from adapters.nats import accounts, jwt, nkey, of_itself
from adapters.nats.connection import UnreachableError
from adapters.nats.identity import _new_user
from adapters.nats.registrar import NotToldError, push_account
from tests.message_server import MINE, OTHER, Network, Party, arrived, network

CASE = "case.018f0000-0000-7000-8000-000000000001"
ACT = f"{CASE}.referral-sent"
WITHIN = 2


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Network]:
    async with network(tmp_path) as running:
        yield running


@pytest.fixture(params=["as issued", "with every right"])
async def attacker(net: Network, request: pytest.FixtureRequest) -> Party:
    join = {"as issued": net.partner, "with every right": net.reckless_partner}[request.param]
    return await join(MINE)


@pytest.fixture
async def other(net: Network) -> Party:
    return await net.partner(OTHER)


async def ask(client: Client, subject: str, **options: object) -> dict[str, object]:
    reply = await client.request(subject, b"{}", timeout=WITHIN, **options)  # type: ignore[arg-type]
    said: dict[str, object] = json.loads(reply.data)
    return said


async def next_of_feed(client: Client) -> Msg:
    feed = await client.jetstream(prefix="core.API").pull_subscribe_bind("me", stream="FEED")
    (msg,) = await feed.fetch(1, timeout=WITHIN)
    await msg.ack_sync()
    return msg


async def undisturbed(net: Network, other: Party) -> None:
    """The other organisation acts, asks and reads its feed, as if there were no attack."""
    said = await ask(other.client, f"in.{OTHER}.{ACT}")
    assert said["account"] == net.installation.account_key(OTHER)
    await ask(other.client, f"ask.{OTHER}.entries")
    assert (await next_of_feed(other.client)).subject == f"feed.{OTHER}.entry.case.1.referral-sent"


async def overheard(client: Client, subject: str) -> list[bytes]:
    """Listen, and return the list that what is heard will be written to."""
    heard: list[bytes] = []

    async def take(msg: Msg) -> None:
        heard.append(msg.data)

    await client.subscribe(subject, cb=take)
    return heard


def is_a_no(answer: bytes) -> bool:
    return answer == b"" or b'"error"' in answer


FORBIDDEN = [
    f"in.{OTHER}.{ACT}",
    f"ask.{OTHER}.entries",
    f"drop.{OTHER}.{ACT}",
    f"feed.{OTHER}.entry.{ACT}",
    f"feed.{MINE}.entry.{ACT}",
    "record.case.1.1",
    "dead.unreadable.x.case.1",
    f"desk.0.in.{OTHER}.{ACT}",
    f"desk.0.in.{MINE}.{ACT}",
    f"$JS.API.CONSUMER.INFO.FEED.{OTHER}",
    f"$JS.API.CONSUMER.MSG.NEXT.FEED.{OTHER}",
    f"core.API.CONSUMER.INFO.FEED.{OTHER}",
    f"core.API.CONSUMER.MSG.NEXT.FEED.{OTHER}",
    f"$JS.ACK.FEED.{OTHER}.1.2.1.1795300461417497074.0",
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.INFO.FEED",
    "$JS.API.STREAM.DELETE.FEED",
    "$JS.API.STREAM.PURGE.FEED",
    "$JS.API.STREAM.MSG.GET.FEED",
    "$JS.API.DIRECT.GET.FEED",
    "$JS.API.CONSUMER.CREATE.FEED",
    "$JS.API.CONSUMER.DURABLE.CREATE.FEED.mine",
    f"$JS.API.CONSUMER.DELETE.FEED.{OTHER}",
    "core.API.STREAM.DELETE.FEED",
    "core.API.CONSUMER.CREATE.FEED",
    "$SYS.REQ.CLAIMS.UPDATE",
    "$SYS.REQ.CLAIMS.DELETE",
    "$SYS.REQ.CLAIMS.LIST",
    "$SYS.REQ.SERVER.PING",
]


async def test_a_foreign_subject_has_no_effect(net: Network, attacker: Party, other: Party) -> None:
    told: dict[str, list[bytes]] = {}
    before = await net.feed_length()
    for subject in FORBIDDEN:
        told[subject] = await overheard(attacker.client, answers := attacker.client.new_inbox())
        for body in (b"", b'{"batch":1}'):  # some of the server's own subjects want none
            await attacker.client.publish(subject, body, reply=answers)
    await arrived(attacker.client)
    await undisturbed(net, other)
    # That nobody is there (empty), or an error of the attacker's own account, is all that may be said.
    assert {subject: said for subject, said in told.items() if not all(map(is_a_no, said))} == {}
    assert await net.feed_length() == before
    assert len(net.seen) == 2  # what `undisturbed` sent


async def test_the_server_tells_an_organisation_of_itself_only(net: Network, other: Party) -> None:
    reckless = await net.reckless_partner(MINE)
    asked = json.dumps({"acc": net.installation.account_key(OTHER), "auth": True}).encode()
    reply = await reckless.client.request("$SYS.REQ.SERVER.PING.CONNZ", asked, timeout=WITHIN)
    connections = json.loads(reply.data)["data"]["connections"]
    assert {one["account"] for one in connections} == {net.installation.account_key(MINE)}
    assert other.client.is_connected


FOREIGN_REPLIES = [
    f"feed.{OTHER}.entry.{ACT}",
    f"in.{OTHER}.{ACT}",
    f"drop.{OTHER}.{ACT}",
    "record.case.1.1",
    f"$JS.API.CONSUMER.DELETE.FEED.{OTHER}",
    "$JS.API.STREAM.PURGE.FEED",
    f"desk.0.in.{OTHER}.{ACT}",
]
OWN = [
    f"in.{MINE}.{ACT}",
    f"ask.{MINE}.entries",
    f"drop.{MINE}.{ACT}",
    "core.API.CONSUMER.INFO.FEED.me",
    "core.API.CONSUMER.MSG.NEXT.FEED.me",
    f"$JS.ACK.FEED.{MINE}.1.1.1.1795300461417497074.0",
    f"$JS.API.CONSUMER.INFO.FEED.{MINE}",
]


@pytest.mark.parametrize("subject", OWN)
async def test_an_answer_cannot_be_sent_into_what_is_anothers(
    net: Network, attacker: Party, other: Party, subject: str
) -> None:
    before = await net.feed_length()
    for reply in FOREIGN_REPLIES:
        await attacker.client.publish(subject, b"", reply=reply)
    await arrived(attacker.client)
    await undisturbed(net, other)
    assert await net.feed_length() == before
    others = [seen for seen in net.seen if OTHER in seen["subject"]]
    assert {seen["account"] for seen in others} == {net.installation.account_key(OTHER)}
    assert len(others) == 2  # what `undisturbed` sent
    dropped = await net.administrator.jetstream().stream_info(f"DROP_{OTHER}")
    assert dropped.state.messages == 0


async def test_an_answer_sent_to_ones_own_door_is_not_taken_for_an_act_of_others(net: Network, attacker: Party) -> None:
    await attacker.client.publish(f"ask.{MINE}.entries", b"", reply=f"in.{MINE}.{ACT}")
    await arrived(attacker.client)
    await arrived(net.service)
    await arrived(attacker.client)
    # It comes in under the service's own account, or under the organisation's: never as another.
    mine = (net.installation.account_key(MINE), net.installation.core_account, None)
    assert all(seen["account"] in mine for seen in net.seen)
    assert len(net.seen) <= 2


async def test_a_traced_message_tells_nobody_else(net: Network, attacker: Party, other: Party) -> None:
    before = await net.feed_length()
    for header in ("Nats-Trace-Dest", "traceparent"):
        trace = {header: f"feed.{OTHER}.entry.{ACT}", "Nats-Trace-Only": "false"}
        await attacker.client.publish(f"in.{MINE}.{ACT}", b"{}", headers=trace)
    await arrived(attacker.client)
    await undisturbed(net, other)
    assert await net.feed_length() == before


LISTENING = [
    ">",
    "in.>",
    "desk.>",
    "ask.>",
    "feed.>",
    "record.>",
    "$JS.>",
    "$SYS.>",
    "_INBOX.>",
    "_R_.>",
    f"in.{OTHER}.>",
]


async def test_nothing_of_another_can_be_overheard(net: Network, attacker: Party, other: Party) -> None:
    heard = {subject: await overheard(attacker.client, subject) for subject in LISTENING}
    await arrived(attacker.client)
    await undisturbed(net, other)
    await arrived(attacker.client)
    assert {subject: messages for subject, messages in heard.items() if messages} == {}


async def test_who_speaks_is_stamped_by_the_server(net: Network, attacker: Party) -> None:
    forged = json.dumps({"acc": net.installation.account_key(OTHER), "svc": net.installation.core_account})
    said = await ask(attacker.client, f"in.{MINE}.{ACT}", headers={"Nats-Request-Info": forged})
    assert said["account"] == net.installation.account_key(MINE)


async def test_an_act_is_shared_out_by_its_case(net: Network) -> None:
    mine = await net.partner(MINE)
    said = await ask(mine.client, f"in.{MINE}.{ACT}")
    again = await ask(mine.client, f"in.{MINE}.{CASE}.person-told")
    share = str(said["subject"]).split(".")[1]
    assert said["subject"] == f"desk.{share}.in.{MINE}.{ACT}"
    assert again["subject"] == f"desk.{share}.in.{MINE}.{CASE}.person-told"


@pytest.mark.parametrize("rest", ["case", "case.1", "case.1.referral-sent.more"])
async def test_a_malformed_subject_is_heard_too(net: Network, rest: str) -> None:
    mine = await net.partner(MINE)
    assert (await ask(mine.client, f"in.{MINE}.{rest}"))["subject"] == f"in.{MINE}.{rest}"


async def test_a_feed_comes_in_batches_and_is_ones_own(net: Network, attacker: Party) -> None:
    for number in range(20):
        for org_id in (MINE, OTHER):
            await net.service.jetstream().publish(f"feed.{org_id}.entry.case.2.{number}", b"skeleton")
    feed = await attacker.client.jetstream(prefix="core.API").pull_subscribe_bind("me", stream="FEED")
    # The server waits for the rest of a batch, and ends it with an answer of its own.
    batch = await feed.fetch(100, timeout=0.3)
    assert len(batch) == 21
    assert {msg.subject.split(".")[1] for msg in batch} == {MINE}


async def test_an_act_handed_in_is_acknowledged_and_unmarked(net: Network) -> None:
    mine = await net.partner(MINE)
    ack = await mine.client.jetstream().publish(f"drop.{MINE}.{ACT}", b"{}", headers={"Nats-Msg-Id": "1"})
    assert ack.stream == f"DROP_{MINE}"
    kept = await net.administrator.jetstream().get_msg(f"DROP_{MINE}", seq=ack.seq)
    assert (kept.headers or {}).get("Nats-Request-Info") is None


async def test_an_answer_may_be_larger_than_what_may_be_sent(net: Network) -> None:
    net.padding = 512 * 1024
    mine = await net.partner(MINE)
    reply = await mine.client.request(f"ask.{MINE}.entries", b"", timeout=WITHIN)
    assert len(reply.data) > net.padding


THIEF = "othief345abcd"


def permits_of(net: Network, holder: str) -> dict[str, str]:
    """Return permits for the other's part, made out to `holder`."""
    return {
        name: jwt.signed(
            subject=net.installation.account_key(holder), name=name, claims=claims, by=net.installation.core_seed
        )
        for name, claims in accounts.permits(OTHER)
    }


async def thief_with(net: Network, permits: dict[str, str]) -> str:
    """Push a thief's account, signed by the operator, that imports the other's part."""
    claims = accounts.organisation(
        core_account=net.installation.core_account,
        permits=permits,
        org_id=OTHER,
        allowance=accounts.Allowance(),
        revoked={},
        suspended=False,
    )
    thief = net.installation.account_key(THIEF)
    paper = jwt.signed(subject=thief, name=THIEF, claims=claims, by=net.installation.operator_seed)
    await push_account(net.system, paper)
    return thief


async def test_a_stolen_permit_is_refused(net: Network) -> None:
    with pytest.raises(NotToldError, match="activation token doesn't match account"):
        await thief_with(net, permits_of(net, OTHER))
    with pytest.raises(UnreachableError):
        await net.reckless_partner(THIEF, allow_reconnect=False)


async def test_without_a_permit_nothing_opens(net: Network) -> None:
    account = await thief_with(net, dict.fromkeys(permits_of(net, THIEF), ""))
    thief = await net.reckless_partner(THIEF)
    for subject in (f"in.{OTHER}.{ACT}", f"ask.{OTHER}.entries", "core.API.CONSUMER.INFO.FEED.me"):
        with pytest.raises(nats.errors.NoRespondersError):
            await thief.client.request(subject, b"{}", timeout=WITHIN)
    assert account not in {seen["account"] for seen in net.seen}


async def test_it_is_the_permit_that_opens(net: Network) -> None:
    """The same account with permits made out to it does get in: so what stops a thief is the permit."""
    account = await thief_with(net, permits_of(net, THIEF))
    thief = await net.reckless_partner(THIEF)
    assert (await ask(thief.client, f"in.{OTHER}.{ACT}"))["account"] == account


async def test_too_large_a_message_ends_the_connection_that_sent_it(
    net: Network, attacker: Party, other: Party
) -> None:
    await attacker.client.publish(f"in.{MINE}.{ACT}", b"x" * 200 * 1024)
    with pytest.raises((nats.errors.Error, TimeoutError)):
        await attacker.client.request(f"ask.{MINE}.entries", b"", timeout=0.5)
    await undisturbed(net, other)
    assert [seen for seen in net.seen if MINE in seen["subject"]] == []


async def test_thousands_of_subscriptions_are_cut_short(net: Network, attacker: Party, other: Party) -> None:
    for number in range(3000):
        await attacker.client.subscribe(f"_INBOX.mine.{number}")
    with suppress(nats.errors.Error):  # also where it was hung up on: all of them have arrived
        await attacker.client.flush()
    await asyncio.to_thread(_until_subscriptions_at_most, net, 400)
    await undisturbed(net, other)


def _until_subscriptions_at_most(net: Network, most: int) -> None:
    deadline = time.monotonic() + WITHIN
    while (count := _subscriptions(net)) > most:
        assert time.monotonic() < deadline, f"{count} subscriptions"


def _subscriptions(net: Network) -> int:
    account = net.installation.account_key(MINE)
    watcher = _new_user(net.installation.system_seed, "watcher", {})
    told = asyncio.run(of_itself.ask(net.server.url, watcher, "CONNZ", {"acc": account}))
    return sum(connection["subscriptions"] for connection in told["connections"])


async def test_so_many_connections_and_no_more(net: Network, other: Party) -> None:
    creds = net.installation.user_creds(MINE)
    tried = await asyncio.gather(*(net.join(creds, allow_reconnect=False) for _ in range(40)), return_exceptions=True)
    assert sum(isinstance(joined, Party) for joined in tried) == accounts.Allowance().connections
    await undisturbed(net, other)


async def test_an_organisation_added_while_running_acts_at_once(net: Network) -> None:
    added = [f"oadded{number:02}" for number in range(30)]
    for org_id in added:
        await net.add(org_id)
        party = await net.partner(org_id)
        said = await ask(party.client, f"in.{org_id}.{ACT}")
        assert said["account"] == net.installation.account_key(org_id)


async def test_a_partner_keeps_its_own_seed(net: Network, tmp_path: Path) -> None:
    seed = nkey.new_seed("user")
    paper = net.installation.user_jwt(MINE, nkey.public_key(seed))
    party = await net.join(jwt.credentials(paper, seed))
    assert (await ask(party.client, f"in.{MINE}.{ACT}"))["account"] == net.installation.account_key(MINE)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert seed.encode() not in kept


async def test_a_suspended_organisation_is_cut_off_and_let_in_again(net: Network, other: Party) -> None:
    cut = asyncio.Event()

    async def note() -> None:
        cut.set()

    creds = net.installation.user_creds(MINE)
    await net.join(creds, allow_reconnect=False, closed_cb=note)
    await net.suspend(MINE)
    async with asyncio.timeout(WITHIN):
        await cut.wait()
    with pytest.raises(UnreachableError):
        await net.join(creds, allow_reconnect=False)
    await undisturbed(net, other)
    await net.add(MINE)
    back = await net.join(creds)
    await ask(back.client, f"in.{MINE}.{ACT}")


async def test_one_users_paper_can_be_made_void(net: Network, other: Party) -> None:
    seed = nkey.new_seed("user")
    creds = jwt.credentials(net.installation.user_jwt(MINE, nkey.public_key(seed)), seed)
    colleague = await net.partner(MINE)
    await net.add(MINE, revoked={nkey.public_key(seed): int(time.time())})
    with pytest.raises(UnreachableError):
        await net.join(creds, allow_reconnect=False)
    await ask(colleague.client, f"in.{MINE}.{ACT}")
    await undisturbed(net, other)
