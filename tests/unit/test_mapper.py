"""An entry is stored and read again: nothing of the skeleton is lost, nothing marked is in clear."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, cast

import pytest
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Notification, StoredEvent
from pydantic import ValidationError

from adapters.mapper import EntryMapper, UnreadableEntryError, cloud_event, read_entry, utc
from domain.case import Case, replay
from domain.catalogue import ACTS, read_act
from domain.entry import Entry, SealedPart
from domain.history import History
from domain.skeleton import divide
from tests.examples import CASE, CENTRE, COOP, EXAMPLES, HEALTH, NOON, act, entry
from tests.unit.given import sealed, story, uuid

MAPPER = EntryMapper(JSONTranscoder())
SECRET = (
    "example need", "example question", "example answer", "example note", "example reason", "example condition",
    '"Example"', "Renamed", "EXAMPLE-NUMBER-1", "000 000", "example.invalid", "example relative",
    "example office", "example: ", "1990-01-01", "illness", '"employed"', "Sample network", "Example Practitioner",
)  # fmt: skip


def stored(told: Entry) -> StoredEvent:
    return MAPPER.to_stored_event(cast("DomainEventProtocol[str]", told))


def as_stored(told: Entry) -> Entry:
    return read_entry(stored(sealed(told, {})))


STORY = list(story())


@pytest.mark.parametrize("told", STORY, ids=lambda e: f"{e.originator_version}-{e.act.type}")
def test_what_is_read_is_stored_again_to_the_same_bytes(told: Entry) -> None:
    event = stored(sealed(told, {}))
    assert stored(read_entry(event)).state == event.state


@pytest.mark.parametrize("told", STORY, ids=lambda e: f"{e.originator_version}-{e.act.type}")
def test_the_skeleton_is_read_as_it_was_told(told: Entry) -> None:
    assert divide(as_stored(told).act)[0] == divide(told.act)[0]


@pytest.mark.parametrize("told", STORY, ids=lambda e: f"{e.originator_version}-{e.act.type}")
def test_the_envelope_is_read_as_it_was_told(told: Entry) -> None:
    read = as_stored(told)
    assert replace(read, act=told.act, personal=(), position=0) == replace(told, position=0)


@pytest.mark.parametrize("told", STORY, ids=lambda e: f"{e.originator_version}-{e.act.type}")
def test_nothing_marked_is_stored_in_clear(told: Entry) -> None:
    state = stored(sealed(told, {})).state.decode()
    assert [word for word in SECRET if word in state] == []


def test_the_marked_words_are_in_the_examples() -> None:
    told = json.dumps([dict(t.body) for t in EXAMPLES.values()])
    assert [word for word in SECRET if word not in told] == []


@pytest.mark.parametrize("told", STORY, ids=lambda e: f"{e.originator_version}-{e.act.type}")
def test_an_act_is_known_again_after_a_restart(told: Entry) -> None:
    history = History().after(as_stored(told))
    assert history.known(told) is not None


def test_no_rule_needs_a_marked_field() -> None:
    entries = [e for e in STORY if e.originator_id == CASE]
    full, lean = replay(entries, Case(CASE)), replay(map(as_stored, entries), Case(CASE))
    assert (lean.path, lean.about, lean.version) == (full.path, full.about, full.version)


def test_a_full_envelope_comes_back() -> None:
    told = replace(
        entry(act("contact-made"), HEALTH, 3, on_behalf_of=COOP, evidence="paper", only_for=(CENTRE, COOP)),
        imported_from="old-register",
        correlation_id=uuid(7),
        causation_id=f"{CASE}/2",
        known_at=41207,
        recorded_at=NOON + timedelta(microseconds=120_000),
        personal=(SealedPart("social", "k1", "c2VhbGVk"), SealedPart("health", "k2", "c2VhbGVk")),
    )
    assert replace(read_entry(stored(told)), act=told.act, position=told.position) == told


def test_the_document_is_a_structured_cloud_event() -> None:
    event = cloud_event(sealed(entry(act("referral-sent"), CENTRE, 1), {}))
    assert {k: event[k] for k in ("specversion", "id", "source", "type", "subject", "time", "dataschema")} == {
        "specversion": "1.0",
        "id": f"{CASE}/1",
        "source": CENTRE,
        "type": "referral-sent",
        "subject": CASE,
        "time": "2026-03-02T12:00:00Z",
        "dataschema": "referral-sent/1",
    }


def test_attribute_names_are_those_that_cloud_events_allow() -> None:
    assert all(name.isalnum() and name.islower() for name in cloud_event(entry(act("case-taken-on"), CENTRE)))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 3, 2, 11, tzinfo=UTC), "2026-03-02T11:00:00Z"),
        (datetime(2026, 3, 2, 11, 0, 3, 120_000, tzinfo=UTC), "2026-03-02T11:00:03.12Z"),
        (datetime(2026, 3, 2, 11, 0, 0, 1, tzinfo=UTC), "2026-03-02T11:00:00.000001Z"),
        (datetime(2026, 3, 2, 11, 0, 10, tzinfo=UTC), "2026-03-02T11:00:10Z"),
    ],
)
def test_times_are_written_in_utc(time: datetime, text: str) -> None:
    assert utc(time) == text
    assert datetime.fromisoformat(text) == time


@pytest.mark.parametrize("type_", ACTS)
def test_reading_takes_what_a_later_version_may_have_added(type_: str) -> None:
    skeleton = divide(EXAMPLES[type_].act())[0]
    read = read_act({**skeleton, "type": type_, "added_later": {"any": 1}}, ACTS[type_].kind, leniently=True)
    assert divide(read)[0] == skeleton


@pytest.mark.parametrize("type_", ACTS)
def test_reading_takes_words_and_numbers_beyond_what_the_door_takes_today(type_: str) -> None:
    skeleton = {k: v + "-WIDER" if isinstance(v, str) and _free(v) else v for k, v in divide(act(type_))[0].items()}
    read = read_act({**skeleton, "type": type_}, ACTS[type_].kind, leniently=True)
    assert {name: value for name, value in divide(read)[0].items() if name in skeleton} == skeleton


def _free(value: str) -> bool:
    return not any(c.isdigit() for c in value)


def test_a_document_of_an_unknown_type_says_so() -> None:
    event = stored(entry(act("case-taken-on"), CENTRE))
    with pytest.raises(UnreadableEntryError, match=r"entry 9 is of the unknown type 'case-dreamt'"):
        read_entry(Notification(event.originator_id, event.originator_version, "case-dreamt", event.state, id=9))


@pytest.mark.parametrize("state", [b"", b"{", b"[]", b"null", b"{}", b'{"data":{}}', b'{"data":null}', b"\xff"])
def test_a_document_that_cannot_be_read_names_its_position(state: bytes) -> None:
    with pytest.raises(UnreadableEntryError, match=r"entry 9 "):
        read_entry(Notification(CASE, 1, "case-taken-on", state, id=9))


@pytest.mark.parametrize(
    "changed", [{"time": "x"}, {"actid": 1}, {"data": {"act": [], "personal": []}}, {"source": ...}]
)
def test_a_document_that_is_no_entry_cannot_be_read(changed: dict[str, Any]) -> None:
    document = json.loads(stored(entry(act("case-taken-on"), CENTRE)).state) | changed
    state = json.dumps({k: v for k, v in document.items() if v is not ...}).encode()
    with pytest.raises(UnreadableEntryError):
        read_entry(StoredEvent(CASE, 1, "case-taken-on", state))


def test_what_failed_is_kept_as_the_cause_and_tells_no_value() -> None:
    state = (
        stored(entry(act("referral-sent"), CENTRE)).state.replace(COOP.encode(), b"x").replace(b'"to":"x"', b'"to":[]')
    )
    with pytest.raises(UnreadableEntryError) as error:
        read_entry(StoredEvent(CASE, 1, "referral-sent", state))
    assert isinstance(error.value.__cause__, ValidationError)
    assert "secret" not in str(error.value.__cause__)


def test_the_fold_of_what_is_stored_is_the_fold_of_what_was_told() -> None:
    entries = [e for e in STORY if e.originator_id == CASE]
    assert reduce(Case.after, map(as_stored, entries), Case(CASE)).path == replay(entries, Case(CASE)).path


def test_acts_keep_no_set_of_their_own_and_are_the_librarys_all_the_same() -> None:
    """What an entry takes in memory bounds how many cases can be held."""
    told = entry(act("contact-made"), CENTRE, 1)
    read = as_stored(told).act
    assert read.model_fields_set is told.act.model_fields_set
    assert read == type(read).model_validate(read.model_dump())
    changed = told.act.model_copy(update={"type": "another"})
    assert (changed.type, told.act.model_fields_set) == ("another", set())
