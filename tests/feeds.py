"""A record and its feed on a real server, and what the feed must hold by the simplest fold there is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Self, cast
from uuid import UUID

from adapters.jetstream.bridge import Bridge
from adapters.jetstream.feed import FeedStream, open_feed
from adapters.jetstream.link import Address, Link
from adapters.jetstream.streams import create_all
from adapters.keys import open_key_store
from adapters.mapper import cloud_event
from domain.agreement import Agreement
from domain.case import Case
from domain.entry import Entry
from domain.visibility import sight
from services.feed.feed import Feed
from services.keyring import Keyring
from services.network import NetworkFollower
from services.record import Record
from tests.examples import CENTRE, COOP, HEALTH, NOON, OFFICE, TRAINER, act, entry

SOON = 20.0
CURSOR = "feed.cursor"


@dataclass(frozen=True)
class Told:
    """One message of the feed as it is stored."""

    sequence: int
    subject: str
    body: dict[str, Any]
    payload: bytes

    @property
    def organisation(self) -> str:
        return self.subject.split(".")[1]


class Rig:
    """The record, who follows the network, and feeds as a test asks for them. `creds` is the service's."""

    def __init__(self, url: str, folder: Path, *, creds: Path | None = None) -> None:
        self.url, self.creds = url, str(creds) if creds else None
        self._keys = open_key_store(folder)
        self.record = Record(self.environment, Keyring(self._keys))
        self.network = NetworkFollower(self.record)
        self.network.start()
        self.bridge = Bridge("test")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PERSISTENCE_MODULE": "adapters.jetstream.factory",
            "MAPPER_TOPIC": "adapters.mapper:EntryMapper",
            "NATS_URL": self.url,
            **({"NATS_CREDS": self.creds} if self.creds else {}),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.network.stop()
        self.record.close()
        self._keys.close()
        self.bridge.close()

    def enter(self, entries: Iterable[Entry]) -> None:
        """As they are: the rules were asked before, or do not matter."""
        stored = [self.record.mapper.to_stored_event(cast("Any", e)) for e in entries]
        for first in range(0, len(stored), 1000):
            self.record.recorder.insert_events(stored[first : first + 1000])

    @contextmanager
    def publishing(self, **settings: Any) -> Iterator[Feed]:
        with self.outlet() as outlet:
            feed = Feed(self.record, outlet, self.network, **settings)
            feed.start()
            try:
                yield feed
            finally:
                feed.stop()

    def outlet(self, **settings: Any) -> FeedStream:
        return open_feed(self.url, self.creds, **settings)

    def publish_all(self) -> None:
        last = self.record.position()
        with self.publishing() as feed:
            assert feed.wait_for(last, SOON) == last, feed.status

    def stored(self) -> list[Told]:
        """Everything in the feed's stream, in order."""
        return [
            Told(int(headers["Nats-Sequence"]), headers["Nats-Subject"], json.loads(data), data)
            for headers, data in self.bridge.call(self._everything(), SOON)
        ]

    def by_organisation(self) -> dict[str, list[Told]]:
        """What each has, with what holds for every feed tried on the way."""
        feeds: dict[str, list[Told]] = defaultdict(list)
        for told in self.stored():
            if told.subject != CURSOR:
                feeds[told.organisation].append(told)
        for feed in feeds.values():
            ids = [t.body["id"] for t in feed]
            assert len(set(ids)) == len(ids), "twice"
            assert [t.body["previous"] for t in feed] == [None, *ids[:-1]], "a gap"
            assert all(a.body["because"] <= b.body["because"] for a, b in pairwise(feed)), "out of order"
        return feeds

    def api(self, call: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        async def ask() -> dict[str, Any]:
            link = await Link.open(Address(self.url, self.creds), 5)
            try:
                return await link.api(call, body, within=5)
            finally:
                await link.close()

        return self.bridge.call(ask(), SOON)

    def send(self, subject: str, payload: bytes) -> None:
        """As somebody would who knows nothing of the cursor."""

        async def publish() -> None:
            link = await Link.open(Address(self.url, self.creds), 5)
            try:
                await link.ask(subject, payload, within=5)
            finally:
                await link.close()

        self.bridge.call(publish(), SOON)

    async def _everything(self) -> list[tuple[dict[str, str], bytes]]:
        link = await Link.open(Address(self.url, self.creds), 5)
        try:
            found: list[tuple[dict[str, str], bytes]] = []
            next_ = 1
            while True:
                asked = json.dumps({"seq": next_, "batch": 1000}).encode()
                *messages, _ = await link.ask_all("$JS.API.DIRECT.GET.FEED", asked, within=SOON)
                if not messages:
                    return found
                found += [(m.headers or {}, m.data) for m in messages]
                next_ = int(found[-1][0]["Nats-Sequence"]) + 1
        finally:
            await link.close()


def made_streams(url: str, creds: Path | None = None) -> None:
    bridge = Bridge("streams")
    try:
        bridge.call(create_all(Address(url, str(creds) if creds else None)), SOON)
    finally:
        bridge.close()


@dataclass(frozen=True)
class Expected:
    id: str
    masked: bool
    categories: list[str]
    event: dict[str, Any] | None


def naive(entries: Sequence[Entry]) -> dict[str, list[Expected]]:
    """What each organisation is told, by looking at every entry again after each one."""
    feeds: dict[str, list[Expected]] = defaultdict(list)
    cases: dict[str, Case] = {}
    agreements: dict[str, Agreement] = {}
    organisations = sorted({e.originator_id.split("/")[1] for e in entries if e.act.kind == "organisation"})
    connected: list[str] = []
    for_all: list[Entry] = []

    def tell(reader: str, what: Entry, because: Entry, *, masked: bool = False, categories: Iterable[str] = ()) -> None:
        at = f"{what.position}/{because.position}"
        feeds[reader].append(Expected(at, masked, sorted(categories), _event(what, masked=masked)))

    for new in entries:
        kind, id_ = new.originator_id.split("/")
        if kind == "rulebook":
            for_all.append(new)
            for reader in connected:
                tell(reader, new, new, categories=new.categories)
        elif kind == "organisation":
            if getattr(new.act, "connected", False) and id_ not in connected:
                connected.append(id_)
                for each in for_all:
                    if each.originator_id != new.originator_id:
                        tell(id_, each, new, categories=each.categories)
            named = new.act.type == "practitioner-named"
            for reader in {id_, *([OFFICE] if named else connected)}:
                tell(reader, new, new, categories=new.categories)
            for_all += [] if named else [new]
        elif kind == "agreement":
            old = agreements.get(id_, Agreement(new.originator_id))
            grown = agreements[id_] = old.after(new)
            for reader in organisations:
                for each in (grown.history.entries[version] for version in range(1, grown.version + 1)):
                    if _party_sees(grown, each, reader) and (each is new or not _party_sees(old, each, reader)):
                        tell(reader, each, new, categories=each.categories)
        else:
            before = cases.get(new.originator_id, Case(new.originator_id))
            after = cases[new.originator_id] = before.after(new)
            for reader in organisations:
                for version in range(1, after.version + 1):
                    each = after.history.entries[version]
                    was = sight(before, each, reader) if each.position != new.position else None
                    now = sight(after, each, reader)
                    if now and now != was:
                        tell(reader, each, new, masked=now.masked, categories=now.categories)
    return feeds


def _party_sees(agreement: Agreement, each: Entry, reader: str) -> bool:
    told = each.only_for is None or reader in (*each.only_for, each.on_behalf_of)
    return (told and reader in agreement.readers_of(each)) or each.organisation == reader


def _event(what: Entry, *, masked: bool) -> dict[str, Any] | None:
    if masked:
        return None
    event: dict[str, Any] = cloud_event(what)
    del event["data"]["personal"], event["onlyfor"]
    event["data"]["act"].pop("token", None)
    found: dict[str, Any] = json.loads(json.dumps(event))
    return found


def registered(*organisations: str) -> list[Entry]:
    return [
        entry(act("organisation-registered"), OFFICE, 1, record=f"organisation/{id_}", position=n)
        for n, id_ in enumerate(organisations, 1)
    ]


def cases(number: int, contacts: int) -> Iterator[Entry]:
    """Cases of three organisations each, one after the other, with all positions from 1 on."""
    positions = count(5)
    yield from registered(CENTRE, COOP, HEALTH, TRAINER)
    for n in range(number):
        steps = [
            (CENTRE, "referral-sent"),
            (COOP, "referral-accepted"),
            (CENTRE, "member-joined"),
            *[(COOP, "contact-made")] * contacts,
        ]
        for version, (by, type_) in enumerate(steps, 1):
            position = next(positions)
            told = entry(act(type_), by, version, record=f"case/{UUID(int=n, version=4)}", position=position)
            yield replace(told, act_id=UUID(int=position, version=4), recorded_at=NOON)
