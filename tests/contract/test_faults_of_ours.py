"""A fault of the service in deciding one act is answered for that act; acts on other records are recorded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import services.record
from services.answers import Answer, Recorded, TryLater
from services.batch import Told, decided
from tests.contract.test_two_desks import enter, told
from tests.feeds import Rig, made_streams
from tests.servers import NatsServer
from tests.unit.given import sealed, story
from tests.unit.test_defaults import shipped_rules

ON = "2026-10-01"


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        registered = (e for e in story() if e.originator_id.startswith("organisation/"))
        rig.enter(sealed(e, {}) for e in [*registered, *shipped_rules()])
        yield rig


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deciding on a contact fails, as if a rule asked for what is not there."""

    def fails(draft: Any, on: Told, *rest: Any) -> Any:
        if draft.act.type == "contact-made":
            raise AttributeError("no such field")
        return decided(draft, on, *rest)

    monkeypatch.setattr(services.record, "decided", fails)


def codes(answers: list[Answer]) -> list[str]:
    found = []
    for each in answers:
        match each:
            case Recorded():
                found.append("recorded")
            case TryLater(reason=reason):
                found.append(reason.code if reason else "try later")
            case _:
                found.append(type(each).__name__)
    return found


@pytest.mark.usefixtures("faulty")
def test_the_act_is_answered_alone_and_what_follows_on_its_record_waits(rig: Rig) -> None:
    """Its code says that the fault is ours; the others of the batch are recorded."""
    one, other = {"case": str(uuid4())}, {"case": str(uuid4())}
    batch = [
        told("case-opened", one, ON),
        told("contact-made", one, ON),
        told("case-taken-on", one, ON),
        told("case-opened", other, ON),
        told("case-taken-on", other, ON),
    ]
    answers = enter(rig.record, *batch)
    assert codes(answers) == ["recorded", "service.fault", "try later", "recorded", "recorded"]


@pytest.mark.usefixtures("faulty")
def test_without_the_fault_they_are_recorded(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    one = {"case": str(uuid4())}
    contact, taken_on = told("contact-made", one, ON), told("case-taken-on", one, ON)
    assert codes(enter(rig.record, told("case-opened", one, ON), contact, taken_on)) == [
        "recorded",
        "service.fault",
        "try later",
    ]
    monkeypatch.undo()
    assert codes(enter(rig.record, contact, taken_on)) == ["recorded", "recorded"]
