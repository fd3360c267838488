"""One known network and what happened in it: shared by tests, documentation and the sample network.

The employment centre refers a person to a cooperative, a mental-health service joins, responsibility passes on, the
case ends. Every act of the catalogue occurs at least once, in an order in which the record takes each of them.
"""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from domain.catalogue import read_act
from domain.entry import Act, Entry, Evidence
from domain.moment import Moment, moment
from domain.submission import Envelope

OFFICE: Final = "onetworkhouse"
CENTRE: Final = "oemploycentre"
COOP: Final = "ocooperativea"
OTHER_COOP: Final = "ocooperativeb"
HEALTH: Final = "omentalhealth"
TRAINER: Final = "otrainingbody"
PAPER: Final = "opapercompany"
"""Not connected: others tell for it."""

PRACTITIONER: Final = UUID("00000000-0000-4000-8000-00000000aaaa")
CASE_ID: Final = "018f0000-0000-7000-8000-000000000001"
SECOND_CASE_ID: Final = "018f0000-0000-7000-8000-000000000002"
RULEBOOK_ID: Final = "018f0000-0000-7000-8000-00000000ffff"
CASE: Final = f"case/{CASE_ID}"
SECOND_CASE: Final = f"case/{SECOND_CASE_ID}"
RULEBOOK: Final = f"rulebook/{RULEBOOK_ID}"

REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a1"
DECLINED_REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a2"
WITHDRAWN_REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a3"
HANDOVER: Final = "018f0000-0000-7000-8000-0000000000b1"
SECOND_HANDOVER: Final = "018f0000-0000-7000-8000-0000000000b2"

NOON: Final = datetime(2026, 3, 2, 11, tzinfo=UTC)

DEFAULTS: Final = Path(__file__).parent.parent / "deploy" / "defaults"


@dataclass(frozen=True)
class Told:
    """One act as its organisation sends it."""

    by: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["type"])

    @property
    def json(self) -> bytes:
        return json.dumps(self.body).encode()

    @property
    def record(self) -> str:
        kind = next(k for k in ("case", "organisation", "rulebook") if k in self.body)
        return f"{kind}/{self.body[kind]}"

    def act(self, **changes: Any) -> Act:
        """The act itself, without who and when."""
        kind = self.record.split("/")[0]
        told = {k: v for k, v in self.body.items() if k not in _ENVELOPE and k != kind} | changes
        return read_act({k: v for k, v in told.items() if v is not ...}, kind)


def _told(number: int, by: str, kind: str, id_: str, occurred_at: str, **fields: Any) -> Told:
    envelope = {
        kind: id_,
        "act_id": f"00000000-0000-4000-8000-{number:012d}",
        "occurred_at": occurred_at,
        "practitioner": str(PRACTITIONER),
    }
    return Told(by, {"type": fields.pop("type"), **envelope, **fields})


def _registered(id_: str, name: str, organisation_kind: str, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    told = {"type": "organisation-registered", "name": name, "organisation_kind": organisation_kind, **fields}
    return OFFICE, id_, told


_OF_ORGANISATIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    _registered(OFFICE, "Sample network office", "network-office"),
    _registered(CENTRE, "Sample employment centre", "employment-centre", access_points=["north-desk", "south-desk"]),
    _registered(COOP, "Sample cooperative A", "social-cooperative-b"),
    _registered(OTHER_COOP, "Sample cooperative B", "social-cooperative-b"),
    _registered(HEALTH, "Sample mental-health service", "mental-health-service"),
    _registered(TRAINER, "Sample training body", "trainer", reached_through=CENTRE),
    _registered(PAPER, "Sample company without a system", "company", connected=False),
    (OFFICE, TRAINER, {"type": "organisation-updated", "part_of": OTHER_COOP, "country": "SI"}),
    (OFFICE, OTHER_COOP, {"type": "organisation-suspended", "from_date": "2026-03-02"}),
    *(
        (
            by,
            by,
            {"type": "practitioner-named", "named": str(PRACTITIONER), "name": "Example Practitioner", "role": role},
        )
        for by, role in ((CENTRE, "responsible"), (COOP, "host"), (HEALTH, "specialist"), (TRAINER, "trainer"))
    ),
)

_OF_THE_RULEBOOK: tuple[dict[str, Any], ...] = (
    {
        "type": "rulebook-published",
        "edition": 1,
        "in_force_from": "2020-01-01",
        "rules": [
            {
                "id": "told-late",
                "text": "An act is told within 30 days",
                "number": 30,
                "unit": "days",
                "source": "example",
            },
            {"id": "case-closed", "text": "Nothing is done in a closed case", "source": "example"},
        ],
    },
    {
        "type": "sheet-published",
        "sheet": "example-sheet",
        "edition": 1,
        "title": "An example sheet",
        "items": [{"code": "punctual", "text": "Comes on time", "scale": "one-to-five"}],
    },
    {
        "type": "dictionary-published",
        "edition": 1,
        "title": "Examples of lists",
        "lists": [
            {
                "name": "example-list",
                "items": [{"code": "first", "item_class": "any", "label": "first · primo", "category": "health"}],
            }
        ],
    },
    {
        "type": "calendar-published",
        "calendar": "example",
        "edition": 1,
        "holidays": [{"day": "2026-01-01", "label": "New Year · Capodanno"}],
    },
)

_PERSON: dict[str, Any] = {
    "names": ["Example", "Person"],
    "born": "1990-01-01",
    "identifiers": [{"kind": "tax-code", "value": "EXAMPLE-NUMBER-1", "since": "2020-01-01"}],
}

_OF_THE_CASE: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        CENTRE,
        {
            "type": "referral-sent",
            "referral": REFERRAL,
            "to": COOP,
            "service": "internship",
            "need": "example need: mornings only",
            "person": _PERSON,
            "contacts": [{"kind": "phone", "value": "000 000 001"}],
            "answer_by": "2026-03-20",
        },
    ),
    (COOP, {"type": "information-asked", "referral": REFERRAL, "text": "example question: which hours?"}),
    (CENTRE, {"type": "information-supplied", "referral": REFERRAL, "text": "example answer: until noon"}),
    (COOP, {"type": "referral-assigned", "referral": REFERRAL, "assignee": str(PRACTITIONER)}),
    (COOP, {"type": "referral-waitlisted", "referral": REFERRAL, "starts": "2026-04-01", "reason_class": "no-place"}),
    (
        COOP,
        {"type": "referral-accepted", "referral": REFERRAL, "conditions": "example condition", "starts": "2026-04-01"},
    ),
    (CENTRE, {"type": "case-taken-on"}),
    (
        CENTRE,
        {
            "type": "person-updated",
            "person": {"names": ["Example", "Renamed"]},
            "contacts": [{"kind": "e-mail", "value": "person@example.invalid"}],
        },
    ),
    (
        CENTRE,
        {
            "type": "member-joined",
            "organisation": HEALTH,
            "role": "specialist",
            "past": "since",
            "past_since": "2026-03-02",
        },
    ),
    (
        HEALTH,
        {
            "type": "contact-made",
            "channel": "phone",
            "with_whom": "organisation",
            "with_organisation": COOP,
            "direction": "out",
            "count": 1,
            "note": "example note: all well",
        },
    ),
    (COOP, {"type": "act-attested", "entry": 10}),
    (CENTRE, {"type": "act-contested", "entry": 10, "ground": "incomplete", "text": "example: there were two calls"}),
    (
        HEALTH,
        {
            "type": "act-corrected",
            "entry": 10,
            "ground": "mistake",
            "act": {
                "type": "contact-made",
                "channel": "phone",
                "with_whom": "organisation",
                "with_organisation": COOP,
                "count": 2,
                "note": "example note: all well, two calls",
            },
        },
    ),
    (CENTRE, {"type": "referral-sent", "referral": DECLINED_REFERRAL, "to": TRAINER, "service": "training-course"}),
    (
        TRAINER,
        {
            "type": "referral-declined",
            "referral": DECLINED_REFERRAL,
            "reason_class": "no-place",
            "reason": "example reason: none before May",
        },
    ),
    (CENTRE, {"type": "referral-sent", "referral": WITHDRAWN_REFERRAL, "to": TRAINER, "service": "training-course"}),
    (CENTRE, {"type": "referral-withdrawn", "referral": WITHDRAWN_REFERRAL, "reason_class": "sender"}),
    (CENTRE, {"type": "case-suspended", "reason_class": "personal", "reason_code": "illness"}),
    (CENTRE, {"type": "case-resumed"}),
    (COOP, {"type": "referral-outcome-returned", "referral": REFERRAL, "outcome_class": "reached"}),
    (HEALTH, {"type": "member-left", "organisation": HEALTH, "reason_class": "task-done"}),
    (CENTRE, {"type": "handover-proposed", "handover": HANDOVER, "to": COOP, "reason_class": "closer"}),
    (COOP, {"type": "handover-declined", "handover": HANDOVER, "reason_class": "no-capacity"}),
    (CENTRE, {"type": "handover-proposed", "handover": SECOND_HANDOVER, "to": COOP, "reason_class": "closer"}),
    (COOP, {"type": "handover-accepted", "handover": SECOND_HANDOVER}),
    (COOP, {"type": "referent-changed", "organisation": COOP, "referent": str(PRACTITIONER)}),
    (
        COOP,
        {
            "type": "case-closed",
            "reason_class": "reached",
            "reason_code": "employed",
            "work": True,
            "income_support_left": True,
            "training": False,
            "citizenship": None,
        },
    ),
    (COOP, {"type": "case-reopened", "reason_class": "new-need"}),
    (COOP, {"type": "contact-made", "channel": "e-mail", "with_whom": "person", "note": "example: other person"}),
    (COOP, {"type": "act-retracted", "entry": 29, "ground": "wrong-person"}),
    (COOP, {"type": "case-handed-out", "reason_class": "moved", "to_whom": "example office elsewhere"}),
)

_OF_THE_SECOND_CASE: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        CENTRE,
        {
            "type": "case-opened",
            "person": {"names": ["Second", "Example"]},
            "contacts": [{"kind": "mobile", "value": "000 000 002"}],
            "access_point": "north-desk",
            "access_class": "family",
            "access_sender": "example relative",
        },
    ),
    (CENTRE, {"type": "case-not-taken-on", "reason_class": "elsewhere", "reason": "example: lives in another area"}),
)


def _story() -> Iterable[Told]:
    number = 0
    for by, id_, fields in _OF_ORGANISATIONS:
        yield _told(number := number + 1, by, "organisation", id_, "2026-01-02T09:00:00+01:00", **fields)
    for fields in _OF_THE_RULEBOOK:
        yield _told(number := number + 1, OFFICE, "rulebook", RULEBOOK_ID, "2026-01-02", **fields)
    for day, (by, fields) in enumerate(_OF_THE_CASE):
        at = (NOON + timedelta(days=day)).isoformat()
        yield _told(number := number + 1, by, "case", CASE_ID, at, **fields)
    for by, fields in _OF_THE_SECOND_CASE:
        yield _told(number := number + 1, by, "case", SECOND_CASE_ID, "2026-03", **fields)


STORY: tuple[Told, ...] = tuple(_story())
"""Everything that happened, in order."""

EXAMPLES: Mapping[str, Told] = {told.type: told for told in reversed(STORY)}
"""The first telling of every type of act."""


def body(type_: str, **changes: Any) -> dict[str, Any]:
    """One act as a partner sends it; a field changed to `...` is left out."""
    told = {**deepcopy(dict(EXAMPLES[type_].body)), **changes}
    return {name: value for name, value in told.items() if value is not ...}


_ENVELOPE = frozenset(Envelope.model_fields)


def act(type_: str, **changes: Any) -> Act:
    """An example act, with some fields as wanted; one changed to `...` is left out."""
    return EXAMPLES[type_].act(**changes)


def entry(
    act: Act,
    by: str,
    version: int = 1,
    *,
    record: str = CASE,
    act_id: UUID | None = None,
    occurred: Moment | str | None = None,
    recorded_at: datetime | None = None,
    practitioner: UUID = PRACTITIONER,
    on_behalf_of: str | None = None,
    evidence: Evidence = "own",
    only_for: tuple[str, ...] | None = None,
    imported_from: str | None = None,
    position: int | None = None,
) -> Entry:
    """An act on the record, by default one that happened `version` hours after noon and was told at once."""
    happened = NOON + timedelta(hours=version)
    return Entry(
        originator_id=record,
        originator_version=version,
        act=act,
        organisation=by,
        act_id=act_id or UUID(int=version, version=4),
        occurred=moment(occurred) if isinstance(occurred, str) else occurred or Moment(happened),
        recorded_at=recorded_at or happened,
        practitioner=practitioner,
        on_behalf_of=on_behalf_of,
        evidence=evidence,
        only_for=only_for,
        imported_from=imported_from,
        position=version if position is None else position,
    )
