"""Two desks on one record: what one knows too late, the store says, and it decides again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic_core import to_json

from adapters.jetstream.append import Writer
from adapters.jetstream.batch import Batch
from adapters.jetstream.link import Link
from domain.entry import Entry
from domain.submission import submission
from services.answers import Answer, Recorded
from services.batch import Told
from services.keyring import Keyring
from services.record import Record
from tests.examples import AGREEMENT, AGREEMENT_ID, COOP, body
from tests.feeds import Rig, made_streams
from tests.servers import NatsServer
from tests.unit.given import sealed, story
from tests.unit.test_defaults import shipped_rules

NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)
ENDED = 7
"""The entry of the story by which the agreement ends."""


@pytest.fixture
def rig(own_server: NatsServer, tmp_path: Path) -> Iterator[Rig]:
    made_streams(own_server.url)
    with Rig(own_server.url, tmp_path) as rig:
        told = (e for e in story() if e.originator_id.startswith(("organisation/", "agreement/")))
        rig.enter(sealed(e, {}) for e in [*told, *shipped_rules()] if not _ended_or_later(e))
        yield rig


@pytest.fixture
def other(rig: Rig) -> Iterator[Record]:
    """A desk that knows the network as it is now, and follows it no further."""
    record = Record(rig.environment, Keyring(rig._keys))
    record.learn(record.recorder.select_notifications(start=1, limit=1000), record.position())
    yield record
    record.close()


def _ended_or_later(entry: Entry) -> bool:
    return entry.originator_id == AGREEMENT and entry.originator_version >= ENDED


def enter(record: Record, *bodies: dict[str, Any], now: datetime = NOW) -> list[Answer]:
    return record.enter_many([Told(COOP, submission(to_json(b))) for b in bodies], now)


def told(type_: str, record: dict[str, str], on: str, **fields: Any) -> dict[str, Any]:
    """The example act, on another record."""
    envelope = {"act_id": str(uuid4()), "occurred_at": on, **record, **fields}
    return {k: v for k, v in body(type_).items() if k not in ("case", "agreement", "referral")} | envelope


def ended() -> dict[str, Any]:
    return told("agreement-ended", {"agreement": AGREEMENT_ID}, "2026-10-20", ended="2026-10-20")


def placed() -> list[dict[str, Any]]:
    case = {"case": str(uuid4())}
    days = {"starts": "2026-10-26", "ends": "2026-12-31"}
    agreed = told("placement-agreed", case, "2026-10-01", agreement=AGREEMENT_ID, placement=str(uuid4()), **days)
    return [told("case-opened", case, "2026-10-01"), agreed]


def rules_broken(answer: Answer) -> set[str]:
    assert isinstance(answer, Recorded), answer
    return {i.rule for i in answer.irregularities}


def test_what_rests_on_an_agreement_knows_that_it_has_ended(rig: Rig, other: Record) -> None:
    before = enter(other, *placed())[1]
    assert "agreement-in-force" not in rules_broken(before)
    enter(rig.record, ended())
    assert other.network.agreement(AGREEMENT_ID).terms.ended is None
    after = enter(other, *placed(), *placed())
    assert ["agreement-in-force" in rules_broken(a) for a in after] == [False, True, False, True]
    last = other.entries(f"agreement/{AGREEMENT_ID}")[-1]
    assert other.entries(AGREEMENT, after=0)[-1] == last
    assert all(e.known_at >= last.position for e in other.page(after=last.position, limit=10))


def test_a_record_never_goes_back_in_time_where_the_other_desk_is_behind(rig: Rig, other: Record) -> None:
    case, behind = {"case": str(uuid4())}, NOW - timedelta(seconds=0.7)
    enter(other, told("case-opened", case, "2026-10-01"), now=behind)
    enter(rig.record, told("contact-made", case, "2026-10-02"))
    enter(other, told("contact-made", case, "2026-10-03"), told("contact-made", case, "2026-10-04"), now=behind)
    times = [entry.recorded_at for entry in rig.record.entries(f"case/{case['case']}")]
    assert times == [behind, NOW, NOW, NOW]


def test_ended_in_the_same_batch_it_is_known_too(rig: Rig, other: Record) -> None:
    answers = enter(other, *placed(), ended(), *placed())
    assert ["agreement-in-force" in rules_broken(a) for a in answers] == [False, False, False, False, True]
    assert rig.record.position() == answers[-1].position  # type: ignore[union-attr]


def test_where_the_store_cannot_tell_whose_version_was_taken_the_agreement_is_read_again_too(
    rig: Rig, other: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_of_them(_writer: Writer, _link: Link, batch: Batch, _deadline: float) -> frozenset[str]:
        return batch.originators

    enter(rig.record, ended())
    monkeypatch.setattr(Writer, "_culprits", all_of_them)
    after = enter(other, *placed())
    assert "agreement-in-force" in rules_broken(after[1])


def test_of_two_cases_the_one_that_another_desk_has_written_on_is_decided_again_alone(rig: Rig, other: Record) -> None:
    first, second = {"case": str(uuid4())}, {"case": str(uuid4())}
    enter(other, told("case-opened", first, "2026-10-01"), told("case-opened", second, "2026-10-01"))
    enter(rig.record, told("contact-made", first, "2026-10-02"))
    answers = enter(other, told("contact-made", first, "2026-10-03"), told("contact-made", second, "2026-10-03"))
    again, at_once = [(a.version, a.position) for a in answers if isinstance(a, Recorded)]
    assert (again[0], at_once[0]) == (3, 2)
    assert again[1] == at_once[1] + 1 == rig.record.position()
