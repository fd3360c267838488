"""However much is wrong with an act, the refusal stays small and is soon made."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.answering import told
from domain.catalogue import ALL
from domain.form import Form
from domain.refusal import MOST_FAULTS, Malformed
from domain.submission import LARGEST, submission
from services.answers import Refusal
from tests.examples import body

MOST_MS = 60
"""Of processor time, several times what a quiet machine takes."""


def filled(of: dict[str, Any], name: str) -> dict[str, Any]:
    """With as many fields of a name that there is not as an act may have."""
    count = (LARGEST - len(json.dumps(of))) // (len(name) + 14)
    return {**of, **{f"{name}{number}": 0 for number in range(count)}}


def listing(type_: str, item: Any, *fields: str) -> dict[str, Any]:
    """An act whose lists hold as much of an item as one act may have."""
    count = 60_000 // len(fields) // len(json.dumps(item) + ", ")
    return body(type_, **{field: [item] * count for field in fields})


MALFORMED = {
    "unknown fields": filled(body("case-opened"), "contact"),
    "short unknown fields": filled(body("case-opened"), ""),
    "unknown fields inside": body("case-opened", person=filled({"names": ["Example"]}, "name")),
    "unknown fields in a correction": body("act-corrected", act=filled({"type": "case-opened"}, "contact")),
    "things that are no names": body("case-opened", person={"names": [1] * 20_000}),
    "identifiers without a value": body("case-opened", person={"identifiers": [{}] * 15_000}),
    "tasks without anything": listing("meeting-held", {}, "tasks"),
    "readers that are none": listing("contact-made", "x", "only_for"),
    "lists of nothing": body("dictionary-published", lists=[{"name": "x", "items": [{}] * 15_000}]),
    "an unknown type": body("case-opened", type="placement-suspendedx"),
    "a long type": body("case-opened", type="x" * 60_000),
    "a long name": body("case-opened", **{"x" * 60_000: 0}),
    "a deep one": body("case-opened", person=json.loads('{"a":' * 180 + "1" + "}" * 180)),
    "a large number": body("case-opened", type=10**4000, person=10**4000, dry_run=10**4000),
    "a name turned round": body("case-opened", **{"\u202e\x1b[31m": 0}),
}


def refusal(act: dict[str, Any] | bytes) -> Malformed:
    with pytest.raises(Malformed) as refused:
        submission(act if isinstance(act, bytes) else json.dumps(act).encode())
    return refused.value


def milliseconds(body: bytes) -> float:
    """The least that refusing takes of a processor: what others do meanwhile makes it longer."""
    took = []
    for _ in range(5):
        began = time.process_time()
        refusal(body)
        took.append(time.process_time() - began)
    return min(took) * 1000


@pytest.mark.parametrize("act", MALFORMED.values(), ids=MALFORMED)
def test_it_is_refused_soon_and_in_few_words(act: dict[str, Any]) -> None:
    assert len(json.dumps(act)) <= LARGEST
    refused = refusal(json.dumps(act).encode())
    assert len(json.dumps(told(Refusal(refused)))) < 16_000
    assert milliseconds(json.dumps(act).encode()) < MOST_MS


@pytest.mark.parametrize("twice", ['"a":1,' * 10_000, '"a":{"b":1,"b":2},' * 3_000])
def test_so_is_one_with_names_that_stand_twice(twice: str) -> None:
    body = f'{{{twice}"z":1}}'.encode()
    assert refusal(body).fields[0] in {("a", "field.twice"), ("a.b", "field.twice")}
    assert milliseconds(body) < MOST_MS


def test_fifty_faults_are_told_and_how_many_more_there_are() -> None:
    act = body("case-opened", **{f"wrong{number}": 0 for number in range(120)})
    refused = refusal(act)
    assert (len(refused.fields), refused.more) == (MOST_FAULTS, 70)
    answer = told(Refusal(refused))
    assert (len(answer["fields"]), answer["more"]) == (50, 70)


def test_no_refusal_lists_more_than_fifty_faults() -> None:
    refused = Malformed("form.unreadable", [("a", "field.missing")] * 60, more=3)
    assert (len(refused.fields), refused.more) == (MOST_FAULTS, 13)


def test_those_found_before_are_told_with_them() -> None:
    act = body("case-opened", case="none", practitioner=..., act_id=..., **{f"x{number}": 0 for number in range(60)})
    refused = refusal(act)
    assert ("case", "id.not-a-uuid") in refused.fields


def test_of_few_faults_none_is_left_out() -> None:
    assert "more" not in told(Refusal(refusal(body("case-opened", wrong=0))))


def test_a_correction_counts_what_is_wrong_inside_it() -> None:
    inner = {"type": "case-opened", **{f"wrong{number}": 0 for number in range(120)}}
    refused = refusal(body("act-corrected", act=inner))
    assert (len(refused.fields), refused.more) == (MOST_FAULTS, 70)


def test_of_a_list_the_first_wrong_item_is_told() -> None:
    names = ["Example", 1, 2, 3]
    assert refusal(body("case-opened", person={"names": names})).fields == (("person.names.1", "field.string-type"),)


def test_a_path_is_shown_as_text_and_not_without_end() -> None:
    (path, _), *_ = refusal(body("case-opened", **{"\u202e\x1b[31m" + "x" * 500: 0})).fields
    assert path.startswith("⟨U+202E⟩␛[31mxxx")
    assert (len(path), path[-1]) == (200, "…")


def schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from schemas(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from schemas(part)


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_no_list_of_an_act_goes_on_past_its_first_fault(act: type[Form]) -> None:
    lists = [
        s for s in schemas(act.__pydantic_core_schema__) if s.get("type") in ("tuple", "list") and "items_schema" in s
    ]
    assert all(each.get("fail_fast") for each in lists)
