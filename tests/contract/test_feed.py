"""Each organisation is told what it may newly see: all of it, once, in order, and nothing about a person."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from domain.entry import Entry
from domain.skeleton import divide
from services.feed.notices import Notices
from services.feed.sending import Sending
from services.keyring import Key, Owner
from tests.any_record import any_entries
from tests.examples import CENTRE, COOP, GOAL, HEALTH, OFFICE, PAPER, STEP, STORY, TASK, TRAINER, act, entry
from tests.feeds import CURSOR, SOON, Rig, cases, made_streams, naive, registered
from tests.servers import NatsServer
from tests.unit.given import sealed, story

NOTICE = frozenset({"incarnation", "id", "position", "because", "previous", "masked", "categories"})
IN_CLEAR = frozenset({"2020-01-01", TASK, GOAL, STEP})
"""Also the day from which a rule is in force, and the ids under which a text stands beside what is in clear; what is
shorter is also a code or a word of the rules."""


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        yield rig


def as_naive(rig: Rig, entries: list[Entry]) -> bool:
    told = {
        organisation: [(t.body["id"], t.body["masked"], t.body["categories"], t.body.get("entry")) for t in messages]
        for organisation, messages in rig.by_organisation().items()
    }
    assert told == {
        organisation: [(e.id, e.masked, e.categories, e.event) for e in expected]
        for organisation, expected in naive(entries).items()
    }
    return True


def sealed_story() -> list[Entry]:
    keys: dict[Owner, Key] = {}
    return [sealed(each, keys) for each in story()]


def test_each_organisation_is_told_the_story_as_it_may_see_it(rig: Rig) -> None:
    rig.enter(sealed_story())
    rig.publish_all()
    assert as_naive(rig, sealed_story())


def test_a_subject_says_for_whom_it_is_and_what_it_is(rig: Rig) -> None:
    rig.enter(sealed_story())
    rig.publish_all()
    for organisation, messages in rig.by_organisation().items():
        for told in messages:
            assert told.subject.startswith(f"feed.{organisation}.entry.")
            if told.body["masked"]:
                assert told.subject.endswith(".masked")
                assert set(told.body) == NOTICE
                continue
            event = told.body["entry"]
            assert told.subject == f"feed.{organisation}.entry.{event['subject'].replace('/', '.')}.{event['type']}"
            assert set(told.body) == {*NOTICE, "entry"}


def test_the_feed_does_not_say_who_else_may_read_nor_what_the_doors_know_one_by(rig: Rig) -> None:
    token = "0" * 64
    told_to_some = replace(entry(act("contact-made"), CENTRE, 2, position=2), only_for=(COOP, TRAINER))
    rig.enter(
        [
            entry(act("referral-sent"), CENTRE, 1, position=1),
            told_to_some,
            entry(act("organisation-registered", token=token), OFFICE, 1, record=f"organisation/{OFFICE}", position=3),
        ]
    )
    rig.publish_all()
    assert token.encode() not in b"".join(told.payload for told in rig.stored())
    assert "contact-made" in {told.body["entry"]["type"] for told in rig.by_organisation()[CENTRE]}
    for told in rig.stored():
        assert b"onlyfor" not in told.payload
        assert TRAINER.encode() not in told.payload


def test_nothing_about_a_person_is_in_the_feed(rig: Rig) -> None:
    rig.enter(sealed_story())
    rig.publish_all()
    marked = [text for told in STORY for fields in divide(told.act())[1].values() for text in _texts(fields)]
    everything = b"\n".join(told.subject.encode() + told.payload for told in rig.stored())
    marked = [text for text in marked if len(text) > 8 and text not in IN_CLEAR]
    assert len(marked) > 20
    assert [text for text in (*marked, "Renamed") if text.encode() in everything] == []
    assert b'"sealed":' not in everything
    assert b'"personal":' not in everything


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)
        case _:
            pass


@pytest.mark.parametrize("seed", range(3))
def test_any_history_is_told_as_it_may_be_seen(rig: Rig, seed: int) -> None:
    network = registered(OFFICE, CENTRE, COOP, HEALTH, TRAINER, PAPER)
    entries = [*network, *(replace(e, position=e.position + len(network)) for e in any_entries(Random(seed), 500))]
    assert len(entries) > 60
    rig.enter(entries)
    rig.publish_all()
    assert as_naive(rig, entries)


def test_what_is_entered_later_is_told_at_once_and_after_a_restart(rig: Rig) -> None:
    entries = list(cases(4, 3))
    with rig.publishing() as feed:
        rig.enter(entries[:10])
        assert feed.wait_for(10, SOON) == 10
        rig.enter(entries[10:15])
        assert feed.wait_for(15, SOON) == 15
    rig.enter(entries[15:])
    rig.publish_all()
    assert as_naive(rig, entries)


def test_who_appears_later_is_told_the_rules_and_the_organisations_of_before(rig: Rig) -> None:
    connected = act("organisation-updated", connected=True)
    steps = [
        (act("organisation-registered"), f"organisation/{OFFICE}", 1),
        (act("rulebook-published"), "rulebook/1", 1),
        (act("organisation-registered", connected=False), f"organisation/{COOP}", 1),
        (act("rulebook-published", edition=7), "rulebook/2", 1),
        (act("organisation-registered"), f"organisation/{CENTRE}", 1),
        (connected, f"organisation/{COOP}", 2),
        (act("dictionary-published"), "rulebook/2", 2),
        (connected, f"organisation/{COOP}", 3),
    ]
    entries = [entry(a, OFFICE, version, record=id_, position=n) for n, (a, id_, version) in enumerate(steps, 1)]
    for each in entries:  # a restart after each: what came before is known from the record
        rig.enter([each])
        rig.publish_all()
    told = {organisation: [t.body["id"] for t in feed] for organisation, feed in rig.by_organisation().items()}
    assert told == {
        OFFICE: ["1/1", "2/2", "3/3", "4/4", "5/5", "6/6", "7/7", "8/8"],
        CENTRE: ["1/5", "2/5", "3/5", "4/5", "5/5", "6/6", "7/7", "8/8"],
        COOP: ["3/3", "1/6", "2/6", "4/6", "5/6", "6/6", "7/7", "8/8"],
    }
    assert as_naive(rig, entries)


def test_a_long_past_is_opened_in_parts(rig: Rig) -> None:
    past = [entry(act("case-opened"), CENTRE, 1)]
    past += [entry(act("contact-made"), CENTRE, n) for n in range(2, 1501)]
    rig.enter(past)
    joined = entry(act("member-joined", organisation=TRAINER, past="all", past_since=None), CENTRE, 1501)
    rig.enter([joined, entry(act("contact-made"), TRAINER, 1502)])
    rig.publish_all()
    told = [t.body["id"] for t in rig.by_organisation()[TRAINER]]
    assert told == [*(f"{n}/1501" for n in range(1, 1502)), "1502/1502"]
    done = [t.body["done"] for t in rig.stored() if t.subject == CURSOR]
    assert 999 in done


def test_a_cursor_in_the_middle_of_an_entry_is_taken_up_there(rig: Rig) -> None:
    rig.enter(entry(act("case-opened") if n == 1 else act("contact-made"), CENTRE, n) for n in range(1, 1501))
    rig.publish_all()
    rig.enter([entry(act("member-joined", organisation=TRAINER, past="all", past_since=None), CENTRE, 1501)])
    with rig.outlet() as outlet, pytest.raises(InterruptedError):
        _publish_one_part(rig, outlet)
    assert len(rig.by_organisation()[TRAINER]) == 998  # its own responsible organisation was told first
    rig.publish_all()
    assert [t.body["position"] for t in rig.by_organisation()[TRAINER]] == list(range(1, 1502))


def _publish_one_part(rig: Rig, outlet: Any) -> None:
    class Cut:
        """Ends after one batch, as a kill would."""

        def __init__(self) -> None:
            self.batches = 0

        def publish(self, *args: Any, **kwargs: Any) -> int:
            if self.batches:
                raise InterruptedError
            self.batches += 1
            sequence: int = outlet.publish(*args, **kwargs)
            return sequence

        def last(self, organisation: str) -> str | None:
            found: str | None = outlet.last(organisation)
            return found

    sending = Sending(Cut(), outlet.kept())  # type: ignore[arg-type]
    (notification,) = rig.record.recorder.select_notifications(start=1501, limit=1)
    sending.add(notification, Notices(rig.record).of(rig.record.read(notification), ()))
    sending.flush()


def test_who_no_longer_sees_a_case_is_told_nothing_of_it(rig: Rig) -> None:
    steps = [
        (CENTRE, act("case-opened")),
        (CENTRE, act("member-joined", organisation=TRAINER, past="none", past_since=None)),
        (CENTRE, act("contact-made")),
        (CENTRE, act("member-left", organisation=TRAINER)),
        (CENTRE, act("contact-made")),
    ]
    rig.enter(entry(a, by, n) for n, (by, a) in enumerate(steps, 1))
    rig.publish_all()
    assert [t.body["id"] for t in rig.by_organisation()[TRAINER]] == ["2/2", "3/3"]


def test_what_was_wrong_is_told_again_masked(rig: Rig) -> None:
    steps = [
        (CENTRE, act("referral-sent")),
        (COOP, act("referral-accepted")),
        (CENTRE, act("contact-made")),
        (CENTRE, act("act-retracted", entry=3, ground="wrong-person")),
    ]
    rig.enter(entry(a, by, n) for n, (by, a) in enumerate(steps, 1))
    rig.publish_all()
    first, again = [t for t in rig.by_organisation()[COOP] if t.body["position"] == 3]
    assert first.body["entry"]["data"]["act"]["channel"] == "phone"
    assert again.body["id"] == "3/4"
    assert again.body["masked"]
    assert again.subject.endswith(".masked")
    assert again.body == {
        "incarnation": rig.record.incarnation,
        "id": "3/4",
        "position": 3,
        "because": 4,
        "previous": first.body["id"],
        "masked": True,
        "categories": [],
    }
