"""One of every type and version ever written: each still reads, opens and folds, and none has changed."""

import json
from collections.abc import Iterator
from functools import reduce
from hashlib import sha256
from typing import Any

import pytest
from eventsourcing.persistence import Notification
from pydantic_core import to_json

from adapters.mapper import SCHEMA_VERSION, cloud_event, read_entry
from domain.case import Case
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.network import Network
from domain.skeleton import divide
from services.keyring import open_part
from tests.examples import CASE, COOP, HEALTH, OFFICE, STORY
from tests.golden.grow import digests, keys, lines

LINES = lines()


def read(position: int, line: bytes) -> Entry:
    event = json.loads(line)
    record, version = event["id"].rsplit("/", 1)
    return read_entry(Notification(record, int(version), event["type"], line, id=position))


ENTRIES = [read(position, line) for position, line in enumerate(LINES, 1)]
IDS = [f"{e.originator_version}-{e.act.type}" for e in ENTRIES]


def test_every_line_is_as_it_was_written() -> None:
    assert [sha256(line).hexdigest() for line in LINES] == digests()


def test_there_is_a_line_of_every_type_in_its_version_of_today() -> None:
    written = {json.loads(line)["dataschema"] for line in LINES}
    assert written >= {f"{type_}/{SCHEMA_VERSION}" for type_ in ACTS}


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_every_line_still_opens(entry: Entry) -> None:
    secrets = {key.id: key for key in keys().values()}
    opened = [open_part(entry.id, part, secrets.get(part.key)) for part in entry.personal]
    assert all(opened)


@pytest.mark.parametrize(("entry", "line"), list(zip(ENTRIES, LINES, strict=True)), ids=IDS)
def test_nothing_of_a_line_is_lost_in_reading(entry: Entry, line: bytes) -> None:
    assert _within(json.loads(line), json.loads(to_json(cloud_event(entry))))


def _within(old: Any, new: Any) -> bool:
    """What was written is there; fields that came later may stand beside it, also in the parts of a list."""
    if isinstance(old, dict):
        return all(name in new and _within(value, new[name]) for name, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_within, old, new))
    return bool(old == new)


def opened(entry: Entry) -> Iterator[tuple[str, Any]]:
    secrets = {key.id: key for key in keys().values()}
    for part in entry.personal:
        yield from (open_part(entry.id, part, secrets[part.key]) or {}).items()


@pytest.mark.parametrize(
    ("entry", "told"),
    [(e, t) for e in ENTRIES for t in STORY if t.body["act_id"] == str(e.act_id)],
    ids=lambda v: getattr(v, "type", ""),
)
def test_what_opens_is_what_was_told(entry: Entry, told: Any) -> None:
    marked = divide(told.act())[1].values()
    assert dict(opened(entry)) == {name: value for part in marked for name, value in part.items()}


def test_the_case_folds_to_what_it_came_to() -> None:
    case = reduce(Case.after, (e for e in ENTRIES if e.originator_id == CASE), Case(CASE))
    assert case.path.course.state == "open"
    assert case.path.team.responsible is None
    assert {r.state for r in case.path.referrals.by_id.values()} == {"closed", "declined", "withdrawn"}
    assert (case.path.team.belongs(COOP), case.path.team.belongs(HEALTH)) == (True, False)


def test_the_network_folds_to_what_it_came_to() -> None:
    network = reduce(Network.after, ENTRIES, Network())
    assert network.office == OFFICE
    assert {o.organisation_kind for o in network.organisations.values()} >= {"social-cooperative-b", "company"}
