"""One known network and what happened in it: shared by tests, documentation and the sample network.

The employment centre refers a person to a cooperative, a mental-health service joins, responsibility passes on, the
case ends. Another person comes to the cooperative under an agreement: sheet, visit, placement, meetings, evaluation.
Every act of the catalogue occurs at least once, in an order in which the record takes each of them.
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
PLACEMENT_CASE_ID: Final = "018f0000-0000-7000-8000-000000000003"
ORPHAN_CASE_ID: Final = "018f0000-0000-7000-8000-000000000005"
AGREEMENT_ID: Final = "018f0000-0000-7000-8000-000000000004"
RULEBOOK_ID: Final = "018f0000-0000-7000-8000-00000000ffff"
CASE: Final = f"case/{CASE_ID}"
SECOND_CASE: Final = f"case/{SECOND_CASE_ID}"
PLACEMENT_CASE: Final = f"case/{PLACEMENT_CASE_ID}"
ORPHAN_CASE: Final = f"case/{ORPHAN_CASE_ID}"
AGREEMENT: Final = f"agreement/{AGREEMENT_ID}"
RULEBOOK: Final = f"rulebook/{RULEBOOK_ID}"

REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a1"
DECLINED_REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a2"
WITHDRAWN_REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a3"
HANDOVER: Final = "018f0000-0000-7000-8000-0000000000b1"
SECOND_HANDOVER: Final = "018f0000-0000-7000-8000-0000000000b2"

PLACEMENT_REFERRAL: Final = "018f0000-0000-7000-8000-0000000000a4"
PLACEMENT: Final = "018f0000-0000-7000-8000-0000000000c1"
CANCELLED_PLACEMENT: Final = "018f0000-0000-7000-8000-0000000000c2"
SHEET: Final = "018f0000-0000-7000-8000-0000000000c3"
PROJECT: Final = "018f0000-0000-7000-8000-0000000000c4"
GOAL: Final = "018f0000-0000-7000-8000-0000000000c5"
STEP: Final = "018f0000-0000-7000-8000-0000000000c6"
SECOND_STEP: Final = "018f0000-0000-7000-8000-0000000000c7"
MEETING: Final = "018f0000-0000-7000-8000-0000000000d1"
CANCELLED_MEETING: Final = "018f0000-0000-7000-8000-0000000000d2"
TASK: Final = "018f0000-0000-7000-8000-0000000000d3"
MOVED_TASK: Final = "018f0000-0000-7000-8000-0000000000da"
ASK: Final = "018f0000-0000-7000-8000-0000000000d4"
PROPOSAL: Final = "018f0000-0000-7000-8000-0000000000e1"
SECOND_PROPOSAL: Final = "018f0000-0000-7000-8000-0000000000e2"
THIRD_PROPOSAL: Final = "018f0000-0000-7000-8000-0000000000e3"

NOON: Final = datetime(2026, 3, 2, 11, tzinfo=UTC)

_KINDS = ("case", "organisation", "rulebook", "agreement")

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
        kind = next(k for k in _KINDS if k in self.body)
        return f"{kind}/{self.body[kind]}"

    def act(self, **changes: Any) -> Act:
        """The act itself, without who and when."""
        kind = self.record.split("/")[0]
        told = {k: v for k, v in self.body.items() if k not in _ENVELOPE and k != kind} | changes
        return read_act({k: v for k, v in told.items() if v is not ...}, kind)


def _told(number: int, by: str, kind: str, id_: str, occurred_at: str, /, **fields: Any) -> Told:
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


_OF_THE_AGREEMENT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        COOP,
        "2026-01-12",
        {
            "type": "agreement-proposed",
            "parties": [CENTRE, PAPER],
            "places": [{"place_kind": "internship", "number": 4}, {"place_kind": "job", "number": 1}],
            "roles": [{"organisation": CENTRE, "role": "sender"}, {"organisation": COOP, "role": "host"}],
            "convener": COOP,
            "cadence_months": 6,
            "shares": [{"organisation": CENTRE, "percent": 70}, {"organisation": COOP, "percent": 30}],
            "valid_from": "2026-01-15",
            "valid_until": "2026-12-31",
            "signed_by": [{"party": COOP, "on": "2026-01-12"}, {"party": PAPER, "on": "2026-01-12"}],
            "how": "example: two visits before each placement",
            "aims": "example: work for people who have been out of it for long",
        },
    ),
    (CENTRE, "2026-01-14", {"type": "agreement-signed", "party": CENTRE, "signed_on": "2026-01-14"}),
    (
        CENTRE,
        "2026-01-20",
        {
            "type": "place-asked",
            "ask": ASK,
            "number": 2,
            "place_kind": "internship",
            "starts": "2026-03-01",
            "profile": "example profile: packing, mornings",
        },
    ),
    (
        COOP,
        "2026-01-22",
        {"type": "place-answered", "ask": ASK, "number": 1, "starts": "2026-03-09", "limits": "example: no lifting"},
    ),
    (
        COOP,
        "2026-06-30",
        {"type": "agreement-amended", "joining": [HEALTH], "places": [{"place_kind": "internship", "number": 5}]},
    ),
    (COOP, "2026-07-01", {"type": "agreement-renewed", "valid_until": "2027-12-31"}),
    (COOP, "2026-09-30", {"type": "agreement-ended", "ended": "2026-12-31", "reason_class": "replaced"}),
)

_OF_THE_PLACEMENT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        CENTRE,
        "2026-02-02",
        {
            "type": "referral-sent",
            "referral": PLACEMENT_REFERRAL,
            "to": COOP,
            "service": "internship",
            "need": "example need: a quiet place",
            "person": {"names": ["Third", "Example"]},
            "agreement": AGREEMENT_ID,
            "sheet": SHEET,
        },
    ),
    (COOP, "2026-02-04", {"type": "referral-accepted", "referral": PLACEMENT_REFERRAL}),
    (
        CENTRE,
        "2026-02-05",
        {
            "type": "presentation-sheet-filed",
            "sheet": SHEET,
            "profile": "example profile: has worked in a kitchen",
            "wishes": "example wish: to work with others",
            "limits": "example limit: not in the heat",
        },
    ),
    (
        COOP,
        "2026-02-10",
        {
            "type": "visit-held",
            "host": COOP,
            "accompanied_by": [CENTRE],
            "outcome": "go-on",
            "sheet": SHEET,
            "people_met": "example: the tutor and two colleagues",
            "person_view": "example view: likes the place",
            "compatible": "with-adaptations",
            "adaptations": "example: a chair",
        },
    ),
    (
        CENTRE,
        "2026-02-12",
        {
            "type": "project-drafted",
            "project": PROJECT,
            "goals": [{"goal": GOAL, "goal_kind": "work"}],
            "steps": [
                {"step": STEP, "step_kind": "internship", "organisation": COOP, "starts": "2026-03-02"},
                {"step": SECOND_STEP, "step_kind": "training", "ends": "2026-06-30"},
            ],
            "founded_on": [3, 4],
            "signed_by": [{"party": "person", "on": "2026-02-12"}],
            "goal_texts": [{"goal": GOAL, "text": "example goal: a steady job"}],
            "step_texts": [{"step": STEP, "text": "example step: six months in packing"}],
        },
    ),
    (
        CENTRE,
        "2026-02-13",
        {"type": "project-signed", "project": PROJECT, "party": "sender", "organisation": CENTRE},
    ),
    (
        COOP,
        "2026-02-16",
        {
            "type": "placement-agreed",
            "placement": PLACEMENT,
            "channel": "internship",
            "host": COOP,
            "promoter": CENTRE,
            "regime_class": "internship",
            "regime": "extracurricular",
            "regime_months": 12,
            "tutors": [{"organisation": CENTRE}, {"organisation": COOP, "practitioner": str(PRACTITIONER)}],
            "starts": "2026-03-02",
            "ends": "2026-08-31",
            "hours_a_week": 25,
            "grant_cents": 50000,
            "payer": CENTRE,
            "agreement": AGREEMENT_ID,
            "referral": PLACEMENT_REFERRAL,
            "signed_by": [
                {"party": "host", "organisation": COOP, "on": "2026-02-16"},
                {"party": "promoter", "organisation": CENTRE, "on": "2026-02-16"},
            ],
            "profile": "example profile: packing",
            "place": "example place: second floor",
        },
    ),
    (
        CENTRE,
        "2026-02-18",
        {"type": "placement-signed", "placement": PLACEMENT, "party": "person", "signed_on": "2026-02-18"},
    ),
    (
        COOP,
        "2026-02-20",
        {
            "type": "placement-agreed",
            "placement": CANCELLED_PLACEMENT,
            "channel": "job-in-company",
            "host": PAPER,
            "promoter": COOP,
            "starts": "2026-03-02",
        },
    ),
    (COOP, "2026-02-23", {"type": "placement-cancelled", "placement": CANCELLED_PLACEMENT, "reason_class": "host"}),
    (
        COOP,
        "2026-03-02",
        {
            "type": "placement-started",
            "placement": PLACEMENT,
            "started": "2026-03-02",
            "insured": True,
            "communicated_on": "2026-02-27",
            "communication": "EXAMPLE-NUMBER-7",
        },
    ),
    (COOP, "2026-03-02", {"type": "step-started", "project": PROJECT, "step": STEP}),
    (
        COOP,
        "2026-03-10",
        {
            "type": "meeting-convened",
            "meeting": MEETING,
            "meeting_kind": "joint-monitoring",
            "day": "2026-03-20",
            "starts_at": "2026-03-20T10:00:00+01:00",
            "mode": "in-person",
            "organisations": [CENTRE, COOP],
            "placements": [PLACEMENT],
            "place": "example place: meeting room",
        },
    ),
    (CENTRE, "2026-03-11", {"type": "invitation-answered", "meeting": MEETING, "answer": "not-coming"}),
    (
        COOP,
        "2026-03-12",
        {"type": "meeting-moved", "meeting": MEETING, "day": "2026-03-23", "place": "example place: the other room"},
    ),
    (
        COOP,
        "2026-03-23",
        {
            "type": "meeting-held",
            "meeting": MEETING,
            "meeting_kind": "joint-monitoring",
            "organisations": [CENTRE, COOP],
            "practitioners": [str(PRACTITIONER)],
            "person_present": True,
            "mode": "in-person",
            "placements": [PLACEMENT],
            "fulfils": [f"joint-monitoring-{PLACEMENT}"],
            "outcome": "example outcome: a good start",
            "tasks": [{"task": TASK, "organisation": COOP, "due": "2026-04-10"}],
            "task_texts": [{"task": TASK, "text": "example task: another chair"}],
            "next": "2026-05-22",
        },
    ),
    (COOP, "2026-04-08", {"type": "task-done", "task": TASK}),
    (
        COOP,
        "2026-04-10",
        {
            "type": "change-proposed",
            "proposal": PROPOSAL,
            "placement": PLACEMENT,
            "what": "example change: more hours",
            "why": "example: wishes to",
        },
    ),
    (CENTRE, "2026-04-13", {"type": "proposal-approved", "proposal": PROPOSAL, "conditions": "example: from May on"}),
    (
        COOP,
        "2026-04-14",
        {"type": "change-proposed", "proposal": SECOND_PROPOSAL, "project": PROJECT, "what": "example change: other"},
    ),
    (CENTRE, "2026-04-15", {"type": "proposal-declined", "proposal": SECOND_PROPOSAL, "reason": "example: too soon"}),
    (COOP, "2026-04-16", {"type": "change-proposed", "proposal": THIRD_PROPOSAL, "what": "example change: a third"}),
    (COOP, "2026-04-17", {"type": "proposal-withdrawn", "proposal": THIRD_PROPOSAL}),
    (
        COOP,
        "2026-04-30",
        {
            "type": "placement-changed",
            "placement": PLACEMENT,
            "from_day": "2026-05-04",
            "hours_a_week": 30,
            "grant_cents": 60000,
            "tasks": "example tasks: packing and labels",
        },
    ),
    (
        COOP,
        "2026-04-30",
        {
            "type": "hours-recorded",
            "placement": PLACEMENT,
            "period_from": "2026-04-01",
            "period_until": "2026-04-30",
            "hours": 98,
            "minutes": 30,
        },
    ),
    (
        CENTRE,
        "2026-05-05",
        {
            "type": "grant-paid",
            "placement": PLACEMENT,
            "period_from": "2026-04-01",
            "period_until": "2026-04-30",
            "cents": 50000,
            "payer": CENTRE,
        },
    ),
    (
        COOP,
        "2026-05-06",
        {
            "type": "incident-reported",
            "placement": PLACEMENT,
            "incident_class": "safety",
            "incident": "near-miss",
            "note": "example note: a box fell",
        },
    ),
    (
        COOP,
        "2026-05-07",
        {
            "type": "placement-suspended",
            "placement": PLACEMENT,
            "suspended": "2026-05-07",
            "until": "2026-05-15",
            "reason_class": "personal",
            "reason_code": "illness",
        },
    ),
    (COOP, "2026-05-18", {"type": "placement-resumed", "placement": PLACEMENT, "resumed": "2026-05-18"}),
    (
        COOP,
        "2026-05-22",
        {
            "type": "meeting-missed",
            "meeting": str(UUID(int=0xD5, version=4)),
            "meeting_kind": "review",
            "absent": [CENTRE],
            "reason_class": "absent",
            "placements": [PLACEMENT],
            "misses": [f"joint-review-{PLACEMENT}-1"],
        },
    ),
    (
        COOP,
        "2026-05-29",
        {
            "type": "meeting-held",
            "meeting": str(UUID(int=0xD6, version=4)),
            "meeting_kind": "review",
            "organisations": [CENTRE, COOP],
            "placements": [PLACEMENT],
        },
    ),
    (
        COOP,
        "2026-06-15",
        {
            "type": "observation-recorded",
            "sheet": "somi",
            "edition": 1,
            "moment": "interim",
            "filled_by": "both",
            "items_scored": 1,
            "items_asked": 27,
            "placement": PLACEMENT,
            "scores": [{"item": "punctuality", "score": 4}],
            "note": "example note: always on time",
        },
    ),
    (
        COOP,
        "2026-06-20",
        {
            "type": "project-revised",
            "project": PROJECT,
            "goals": [{"goal": GOAL}],
            "steps": [{"step": STEP, "step_kind": "internship"}, {"step": SECOND_STEP, "step_kind": "training"}],
            "changed": "example: one step less",
        },
    ),
    (
        CENTRE,
        "2026-06-20",
        {"type": "step-dropped", "project": PROJECT, "step": SECOND_STEP, "reason_class": "not-available"},
    ),
    (
        COOP,
        "2026-07-20",
        {
            "type": "meeting-convened",
            "meeting": CANCELLED_MEETING,
            "meeting_kind": "review",
            "day": "2026-07-29",
        },
    ),
    (COOP, "2026-07-21", {"type": "meeting-cancelled", "meeting": CANCELLED_MEETING, "reason_class": "closed"}),
    (
        COOP,
        "2026-07-21",
        {
            "type": "obligation-waived",
            "obligations": [f"joint-review-{PLACEMENT}-2"],
            "agreed_by": [CENTRE, COOP],
            "reason_class": "too-close",
        },
    ),
    (
        COOP,
        "2026-07-24",
        {
            "type": "meeting-held",
            "meeting": str(UUID(int=0xD7, version=4)),
            "meeting_kind": "review",
            "organisations": [CENTRE, COOP],
            "placements": [PLACEMENT],
        },
    ),
    (COOP, "2026-08-20", {"type": "placement-extended", "placement": PLACEMENT, "ends": "2026-09-11"}),
    (
        CENTRE,
        "2026-09-07",
        {
            "type": "team-outcome-recorded",
            "outcome_class": "reached",
            "placement": PLACEMENT,
            "note": "example note: ready for work",
        },
    ),
    (
        COOP,
        "2026-09-11",
        {
            "type": "placement-ended",
            "placement": PLACEMENT,
            "ended": "2026-09-11",
            "reason_class": "hired",
            "reason_code": "hired",
        },
    ),
    (COOP, "2026-09-11", {"type": "step-completed", "project": PROJECT, "step": STEP, "outcome_class": "reached"}),
    (
        COOP,
        "2026-09-14",
        {
            "type": "person-hired",
            "placement": PLACEMENT,
            "contract_class": "fixed-term",
            "employer": COOP,
            "hired_from": "2026-09-14",
            "employer_name": "example employer: the same cooperative",
        },
    ),
    (
        COOP,
        "2026-09-16",
        {
            "type": "final-evaluation-shared",
            "placement": PLACEMENT,
            "project": PROJECT,
            "outcomes": [{"goal": GOAL, "outcome": "reached"}, {"outcome": "reached"}],
            "built_on": [16, 32],
            "person_present": True,
            "shared_with": [CENTRE],
            "note": "example note: a good path",
        },
    ),
    (
        CENTRE,
        "2026-10-12",
        {
            "type": "follow-up-made",
            "placement": PLACEMENT,
            "months": 1,
            "result": "same-job",
            "note": "example note: content",
        },
    ),
)

_OF_THE_ORPHAN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (CENTRE, "2026-03-02", {"type": "case-opened", "person": {"names": ["Fourth", "Example"]}}),
    (
        CENTRE,
        "2026-03-03",
        {"type": "member-joined", "organisation": HEALTH, "role": "specialist", "past": "none"},
    ),
    (CENTRE, "2026-03-04", {"type": "teller-named", "organisation": PAPER, "teller": HEALTH}),
    (CENTRE, "2026-03-05", {"type": "case-handed-out", "reason_class": "moved"}),
    (HEALTH, "2026-03-06", {"type": "case-adopted", "organisation": HEALTH}),
    (OFFICE, "2026-03-16", {"type": "past-confirmed", "organisation": HEALTH}),
    (
        HEALTH,
        "2026-03-17",
        {
            "type": "meeting-held",
            "meeting": str(UUID(int=0xDB, version=4)),
            "meeting_kind": "team",
            "tasks": [{"task": MOVED_TASK, "organisation": CENTRE, "due": "2026-04-10"}],
        },
    ),
    (HEALTH, "2026-03-18", {"type": "task-moved", "task": MOVED_TASK, "to": HEALTH}),
    (HEALTH, "2026-03-19", {"type": "task-dropped", "task": MOVED_TASK, "reason_class": "not-needed"}),
)

_CLOSED = {"type": "closure-declared", "from_day": "2026-08-03", "until_day": "2026-08-21"}

_OF_CHANGES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (CENTRE, "2026-10-01", {"type": "agreement-renewed", "valid_until": "2028-12-31", "awaits": [COOP, HEALTH]}),
    (COOP, "2026-10-02", {"type": "agreement-change-declined", "change": 8}),
    (CENTRE, "2026-10-03", {"type": "agreement-renewed", "valid_until": "2028-06-30", "awaits": [COOP, HEALTH]}),
    (CENTRE, "2026-10-04", {"type": "agreement-change-withdrawn", "change": 10}),
)
"""The door writes whose signature a change awaits."""


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
    yield _told(number := number + 1, COOP, "organisation", COOP, "2026-01-10", **_CLOSED)
    for of, id_, acts in (
        ("agreement", AGREEMENT_ID, _OF_THE_AGREEMENT),
        ("case", PLACEMENT_CASE_ID, _OF_THE_PLACEMENT),
        ("case", ORPHAN_CASE_ID, _OF_THE_ORPHAN),
    ):
        for by, at, fields in acts:
            yield _told(number := number + 1, by, of, id_, at, **fields)
    # With numbers of their own: what `docs/extending.md` adds comes last in the case before.
    for number, (by, at, fields) in enumerate(_OF_CHANGES, 9001):
        yield _told(number, by, "agreement", AGREEMENT_ID, at, **fields)


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
    claim: bool = False,
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
        claim=claim,
    )
