"""The published schemas say the same as the door: what one takes or refuses, so does the other."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.answering import told as answered
from adapters.schemas.act import act_schema
from adapters.schemas.answer import answer_schema
from adapters.schemas.dialect import Schema
from domain.catalogue import ACTS
from domain.entry import Personal
from domain.irregularities import Irregularity
from domain.refusal import Malformed, Refused
from domain.skeleton import mark
from domain.submission import submission
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from tests.examples import CASE_ID, COOP, STORY, Told, body


def valid(schema: Schema, value: Any) -> bool:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).is_valid(value)


def taken(told: dict[str, Any]) -> bool:
    try:
        submission(json.dumps(told).encode())
    except Refused:
        return False
    return True


@pytest.mark.parametrize("type_", ACTS)
def test_it_is_a_schema(type_: str) -> None:
    Draft202012Validator.check_schema(act_schema(type_))


@pytest.mark.parametrize("told", STORY, ids=lambda t: t.type)
def test_every_example_is_of_its_schema(told: Told) -> None:
    assert valid(act_schema(told.type), dict(told.body))


@pytest.mark.parametrize("type_", ACTS)
def test_an_act_is_of_no_other_schema(type_: str) -> None:
    assert [other for other in ACTS if valid(act_schema(other), body(type_))] == [type_]


@pytest.mark.parametrize("type_", ACTS)
def test_the_door_and_the_schema_want_the_same_fields(type_: str) -> None:
    without = {name: body(type_, **{name: ...}) for name in body(type_) if name != "type"}
    assert [valid(act_schema(type_), t) for t in without.values()] == [taken(t) for t in without.values()]


@pytest.mark.parametrize("type_", ACTS)
def test_an_unknown_field_is_of_no_schema(type_: str) -> None:
    assert not valid(act_schema(type_), body(type_, zzz=1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case", "x"),
        ("case", CASE_ID.replace("7000", "1000")),
        ("case", 1),
        ("act_id", "x"),
        ("act_id", None),
        ("occurred_at", "2026-03-02T12:00:00"),
        ("occurred_at", "today"),
        ("precision", "second"),
        ("precision", None),
        ("practitioner", "Example Name"),
        ("to", "o*"),
        ("to", None),
        ("service", "In Words"),
        ("need", 1),
        ("need", "x" * 4001),
        ("person", None),
        ("person", {"nickname": "x"}),
        ("person", {"names": ["x"] * 11}),
        ("contacts", [{"kind": "pigeon", "value": "x"}]),
        ("contacts", []),
        ("answer_by", "tomorrow"),
        ("answer_by", "2026-02-30"),
        ("past", "some"),
        ("past_since", "2026-03-02"),
        ("evidence", "hearsay"),
        ("evidence", "paper"),
        ("on_behalf_of", COOP),
        ("only_for", [COOP]),
        ("only_for", ["o*"]),
        ("dry_run", True),
        ("dry_run", "yes"),
    ],
)
def test_the_door_and_the_schema_agree_about_a_value(field: str, value: Any) -> None:
    told = body("referral-sent", **{field: value})
    assert valid(act_schema("referral-sent"), told) == taken(told)


@pytest.mark.parametrize(
    "inner", [{}, {"type": "act-attested", "entry": 1}, {"type": "case-taken-on"}, {"type": "x"}, 1]
)
def test_the_door_and_the_schema_agree_about_a_correction(inner: Any) -> None:
    told = body("act-corrected", act=inner)
    assert valid(act_schema("act-corrected"), told) == taken(told)


@pytest.mark.parametrize("type_", ACTS)
def test_a_sealed_field_says_its_category(type_: str) -> None:
    marks: dict[str, Personal | None] = {n: mark(f) for n, f in ACTS[type_].model_fields.items()}
    said = {n: f.get("x-personal") for n, f in act_schema(type_)["properties"].items() if n in marks}
    assert said == {n: m.category if m else None for n, m in marks.items()}


@pytest.mark.parametrize(
    "answer",
    [
        Recorded(position=7, version=1),
        Recorded(position=7, version=1, irregularities=(Irregularity("told-late", 1),)),
        Recorded(position=7, version=3, after_leaving=True),
        Recorded(position=0, version=1, dry_run=True),
        KnownAlready(position=7, version=1),
        TryLater(2, "busy"),
        Refusal(Refused("case.unknown")),
        Refusal(Malformed("form.unreadable", [("to", "field.unknown (nearest: too)")])),
    ],
    ids=repr,
)
@pytest.mark.parametrize("language", ["en", "it"])
def test_every_answer_is_of_the_schema_of_answers(answer: Answer, language: str) -> None:
    assert valid(answer_schema(), answered(answer, language))


@pytest.mark.parametrize("wrong", [{}, {"outcome": "done"}, {"outcome": "refused"}, {"outcome": "recorded", "x": 1}])
def test_what_is_no_answer_is_not(wrong: Any) -> None:
    assert not valid(answer_schema(), wrong)
