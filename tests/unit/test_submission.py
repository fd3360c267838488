"""Whatever a partner sends, it is either an act or refused with what is wrong: nothing else ever comes out."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.refusal import Malformed, Refused
from domain.submission import LARGEST, record_id, submission
from tests.examples import CASE, CASE_ID, COOP, EXAMPLES, PRACTITIONER, STORY, Told, body

FIELD = "form.unreadable"


def faults(told: Any) -> set[tuple[str, str]]:
    with pytest.raises(Malformed) as refusal:
        submission(told if isinstance(told, bytes) else json.dumps(told).encode())
    return set(refusal.value.fields) or {("", refusal.value.code)}


@pytest.mark.parametrize("told", STORY, ids=lambda t: t.type)
def test_every_example_is_read(told: Told) -> None:
    read = submission(told.json)
    assert (read.record, read.act.type, read.practitioner) == (told.record, told.type, PRACTITIONER)


@pytest.mark.parametrize("told", EXAMPLES.values(), ids=lambda t: t.type)
def test_read_twice_it_is_the_same(told: Told) -> None:
    assert submission(told.json) == submission(told.json)


def test_the_same_inside_a_cloud_event_is_the_same() -> None:
    told = body("referral-sent")
    event = {"specversion": "1.0", "id": "1", "source": "here", "type": "referral-sent", "data": told}
    assert submission(json.dumps(event).encode()) == submission(json.dumps(told).encode())


def test_what_is_left_out_has_its_default() -> None:
    read = submission(json.dumps(body("case-taken-on")).encode())
    assert (read.evidence, read.on_behalf_of, read.only_for, read.dry_run) == ("own", None, None, False)


def test_a_dry_run_is_asked_for() -> None:
    assert submission(json.dumps(body("case-taken-on", dry_run=True)).encode()).dry_run


def test_an_id_in_capitals_is_the_same_id() -> None:
    assert submission(json.dumps(body("case-taken-on", case=CASE_ID.upper())).encode()).record == CASE


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"not json",
        b"{'type': 'case-opened'}",
        b'{"case": NaN}',
        b'{"case": Infinity}',
        b'{"case": -Infinity}',
        b'{"case": "\xff"}',
        b'{"case": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"case": 1}',
        b"\x00",
        b'{"case": "\x00"}',
        b'{"case": 1' + b"0" * 5000 + b"}",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"[" * 60_000,
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    assert faults(text) == {("", "form.not-json")}


@pytest.mark.parametrize("value", [[], "act", 1, None, True, 1.5])
def test_what_is_no_object_is_refused(value: Any) -> None:
    assert faults(value) == {("", "form.not-an-object")}


@pytest.mark.parametrize("data", [None, [], "act"])
def test_a_cloud_event_without_an_act_is_refused(data: Any) -> None:
    assert faults({"specversion": "1.0", "data": data}) == {("data", "form.not-an-object")}


def test_a_body_may_be_64_kilobytes() -> None:
    told = json.dumps(body("case-taken-on")).encode()
    assert submission(told + b" " * (LARGEST - len(told))).record == CASE


@pytest.mark.parametrize("size", [LARGEST + 1, 10_000_000])
def test_a_larger_body_is_refused(size: int) -> None:
    told = json.dumps(body("case-taken-on")).encode()
    assert faults(told + b" " * (size - len(told))) == {("", "act.too-large")}


@pytest.mark.parametrize("missing", ["act_id", "occurred_at", "practitioner", "case", "referral"])
def test_what_is_missing_is_named(missing: str) -> None:
    assert (missing, "field.missing") in faults(body("referral-sent", **{missing: ...}))


def test_without_its_record_an_act_that_names_an_organisation_still_lacks_its_case() -> None:
    assert faults(body("member-joined", case=...)) == {("case", "field.missing")}


def test_an_unknown_field_is_named_with_the_nearest() -> None:
    assert faults(body("referral-sent", servise="internship")) == {("servise", "field.unknown (nearest: service)")}


def test_an_unknown_field_near_to_none_is_named() -> None:
    assert faults(body("referral-sent", zzz=1)) == {("zzz", "field.unknown")}


def test_an_unknown_field_deep_inside_is_named() -> None:
    told = body("referral-sent", person={"names": ["Example"], "nickname": "x"})
    assert faults(told) == {("person.nickname", "field.unknown")}


@pytest.mark.parametrize(("told", "nearest"), [("referral-send", "referral-sent"), ("zzz", None)])
def test_an_unknown_act_is_told_the_nearest(told: str, nearest: str | None) -> None:
    with pytest.raises(Malformed, match=r"act.unknown") as refusal:
        submission(json.dumps(body("referral-sent", type=told)).encode())
    assert refusal.value.facts["nearest"] == nearest


@pytest.mark.parametrize("type_", [None, 1, [], {}, "x" * 60_000, ["referral-sent"], "referral-sent\n", ...])
def test_a_type_that_is_none_is_refused(type_: Any) -> None:
    assert faults(body("referral-sent", type=type_)) == {("type", "act.unknown")}


def test_an_act_of_another_kind_of_record_is_unknown() -> None:
    assert faults(body("rulebook-published", rulebook=..., case=CASE_ID)) == {("type", "act.unknown")}


@pytest.mark.parametrize(
    "id_",
    [
        "",
        "x",
        "a.b",
        "*",
        ">",
        "in.*.>",
        CASE_ID + "\n",
        CASE_ID[:-1] + " ",
        CASE_ID[:-1] + ".",
        CASE_ID[:-1] + "*",
        CASE_ID[:-1] + "\x00",
        CASE_ID[:-1] + "_",
        "0x" + CASE_ID[2:],
        CASE_ID.replace("-", ""),
        "{" + CASE_ID[1:-1] + "}",
        "urn:uuid:" + CASE_ID,
        CASE_ID.replace("7000", "1000"),  # tells machine and time
        "０" + CASE_ID[1:],  # noqa: RUF001 (a digit of another script)
        "00000000-0000-0000-0000-000000000000",
        1,
        None,
        [CASE_ID],
        {"id": CASE_ID},
        True,
    ],
)
def test_an_id_that_is_none_is_refused(id_: Any) -> None:
    assert faults(body("case-taken-on", case=id_)) == {("case", "id.not-a-uuid")}


@pytest.mark.parametrize("id_", ["", COOP + "\n", COOP + "a", COOP[:-1], COOP.upper(), "o*", "o.............", 1, None])
def test_an_organisation_id_that_is_none_is_refused(id_: Any) -> None:
    assert faults(body("organisation-updated", organisation=id_)) == {("organisation", "id.not-an-organisation")}


def test_record_ids_have_one_canonical_form() -> None:
    assert record_id("case", CASE_ID.upper()) == CASE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", 1),
        ("to", "ocooperative.*"),
        ("to", COOP + "\n"),
        ("service", "In Words"),
        ("service", "a.b"),
        ("service", "a*"),
        ("service", "x" * 65),
        ("service", 5),
        ("need", 7),
        ("need", "x" * 4001),
        ("answer_by", "tomorrow"),
        ("answer_by", 20260320),
        ("answer_by", "2026-03-20T00:00:00Z"),
        ("referral", "x"),
        ("referral", 1),
        ("past", "some"),
        ("act_id", "x"),
        ("act_id", 1),
        ("practitioner", "Example Name"),
        ("occurred_at", 1772449200),
        ("occurred_at", "x" * 41),
        ("precision", "second"),
        ("evidence", "hearsay"),
        ("only_for", COOP),
        ("only_for", ["o*"]),
        ("only_for", [COOP] * 101),
        ("on_behalf_of", "o*"),
        ("imported_from", "In Words"),
        ("dry_run", "yes"),
        ("dry_run", 1),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(field: str, value: Any) -> None:
    assert field in {path.split(".")[0] for path, _ in faults(body("referral-sent", **{field: value}))}


def test_every_fault_is_told_at_once() -> None:
    told = body("referral-sent", to=1, service="In Words", zzz=1)
    assert {path for path, _ in faults(told)} == {"to", "service", "zzz"}


def test_a_fault_never_repeats_the_value() -> None:
    with pytest.raises(Malformed) as refusal:
        submission(json.dumps(body("referral-sent", need=["secret words"], to="secret words")).encode())
    assert "secret" not in repr((refusal.value, refusal.value.fields, refusal.value.facts))


def test_what_is_told_for_another_needs_its_evidence() -> None:
    assert faults(body("contact-made", on_behalf_of=COOP)) == {("evidence", "evidence.needed-on-behalf")}


def test_nothing_is_told_of_who_is_not_born_yet() -> None:
    person = {"names": ["Example"], "born": "2026-03-05"}
    told = body("person-updated", person=person, occurred_at="2026-03-01")
    assert faults(told) == {("person.born", "birth.after-the-act")}
    submission(json.dumps({**told, "occurred_at": "2026-03-05"}).encode())
    corrected = {"type": "person-updated", "person": person}
    assert faults(body("act-corrected", act=corrected, occurred_at="2026-03-01")) == {
        ("person.born", "birth.after-the-act")
    }


def test_a_correction_is_read_as_strictly_as_any_act() -> None:
    told = body("act-corrected", act={"type": "contact-made", "channel": "phone", "with_whom": "person", "zzz": 1})
    assert ("act.zzz", "field.unknown") in faults(told)


@pytest.mark.parametrize("inner", [None, 1, [], "contact-made", {}, {"type": "contact-maed"}])
def test_a_correction_without_a_whole_act_is_refused(inner: Any) -> None:
    assert {path.split(".")[0] for path, _ in faults(body("act-corrected", act=inner))} == {"act"}


def test_a_correction_inside_a_correction_is_refused() -> None:
    inner = {"type": "act-corrected", "entry": 1, "ground": "mistake", "act": {"type": "case-taken-on"}}
    for _ in range(150):
        inner = {**inner, "act": inner}
    assert faults(body("act-corrected", act=inner)) == {("act.type", "correction.about-an-act")}


def test_deep_nesting_that_is_still_json_is_refused() -> None:
    deep: Any = 1
    for _ in range(150):
        deep = {"a": deep}
    assert faults(body("referral-sent", need=deep)) == {("need", "field.string-type")}


def test_text_may_have_lines_and_the_letters_of_any_language() -> None:
    words = "è ž 中 😀 שלום\tsecond\nthird\r\nfourth \u200d\ufe0f"
    assert getattr(submission(json.dumps(body("referral-sent", need=words)).encode()).act, "need", None) == words


UNSEEN = [*map(chr, (0, 7, 8, 0x0B, 0x0C, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x9B, 0x9F)), "\ud800", "\udfff"]
TURNING = [*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))]
INSIDE = {
    "need": lambda text: body("referral-sent", need=text),
    "person.names.0": lambda text: body("case-opened", person={"names": [text]}),
    "contacts.0.value": lambda text: body("person-updated", contacts=[{"kind": "phone", "value": text}]),
    "act.note": lambda text: body(
        "act-corrected", act={"type": "contact-made", "channel": "phone", "with_whom": "person", "note": text}
    ),
    "rules.0.text": lambda text: body(
        "rulebook-published", rules=[{"id": "x", "text": text, "source": "law"}], rulebook=CASE_ID
    ),
    "name": lambda text: body("practitioner-named", name=text),
}


@pytest.mark.parametrize("character", [*UNSEEN, *TURNING], ids=lambda c: f"U+{ord(c):04X}")
@pytest.mark.parametrize("path", INSIDE)
def test_a_character_that_is_not_seen_is_refused_at_its_field(path: str, character: str) -> None:
    assert faults(INSIDE[path](f"a{character}b")) == {(path, "field.hidden-character")}


@pytest.mark.parametrize("character", ["\n", "\t", "\r\n"])
def test_a_name_is_one_line(character: str) -> None:
    assert faults(INSIDE["name"](f"a{character}b")) == {("name", "field.hidden-character")}


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u3000 ", "\u200b", "\u2800", "\u3164"])
@pytest.mark.parametrize("path", ["person.names.0", "name"])
def test_a_name_is_seen(path: str, blank: str) -> None:
    assert faults(INSIDE[path](blank)) == {(path, "field.blank")}


@pytest.mark.parametrize("type_", ["organisation-registered", "organisation-updated"])
def test_the_name_of_an_organisation_is_seen(type_: str) -> None:
    assert faults(body(type_, name=" \u00a0")) == {("name", "field.blank")}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('{"case": 1, "case": 2}', {"case"}),
        ('{"case" : 1, "c\\u0061se"\n: 1}', {"case"}),
        ('{"person": {"names": [{"a": 1, "b": 2, "a": 1}]}}', {"person.names.0.a"}),
        ('{"a": {"x": 1, "x": 1}, "b": {"y": 1, "y": 1}}', {"a.x", "b.y"}),
        ('{"specversion": "1.0", "data": {"case": 1, "case": 2}}', {"case"}),
        ('{"specversion": "1.0", "data": {}, "data": {}}', {"data"}),
    ],
)
def test_a_name_that_stands_twice_is_refused(text: str, paths: set[str]) -> None:
    assert faults(text.encode()) == {(path, "field.twice") for path in paths}


def test_a_text_that_looks_like_json_is_a_text() -> None:
    words = '{"case": 1, "case" : 2} "a":"b"'
    assert getattr(submission(json.dumps(body("referral-sent", need=words)).encode()).act, "need", None) == words


def test_half_a_character_in_what_is_no_json_otherwise_either_is_no_json() -> None:
    assert faults(b'{"case": "\\ud800", "x": NaN}') == {("", "form.not-json")}
    assert faults(b'{"a":' * 5_000 + b'"\\ud800"' + b"}" * 5_000) == {("", "form.not-json")}


def _only_refused(text: bytes) -> None:
    with contextlib.suppress(Refused):
        submission(text)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_bytes_are_read_or_refused(text: bytes) -> None:
    _only_refused(text)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([CASE_ID, COOP, "2026-03-02", "case-taken-on", "x" * 5000, "\x00", "9" * 5000, "0001-01-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A true act in which some fields, also deep inside, have become something else."""
    told = json.loads(json.dumps(dict(draw(st.sampled_from(STORY)).body)))
    for _ in range(draw(st.integers(1, 3))):
        place = told
        while True:
            name = draw(st.sampled_from(sorted(place)) | st.text(max_size=8)) if place else "x"
            deeper = place.get(name)
            if isinstance(deeper, list) and deeper and isinstance(deeper[0], dict):
                deeper = deeper[0]
            if not isinstance(deeper, dict) or draw(st.booleans()):
                break
            place = deeper
        place[name] = draw(_JSON)
    return json.dumps(told).encode()


@settings(max_examples=400, deadline=None, derandomize=True)
@given(mutated())
def test_a_true_act_gone_wrong_is_read_or_refused(text: bytes) -> None:
    _only_refused(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(STORY), st.data())
def test_a_true_act_damaged_on_the_way_is_read_or_refused(told: Told, data: st.DataObject) -> None:
    text = bytearray(told.json)
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    _only_refused(bytes(text))
