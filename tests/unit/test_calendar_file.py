"""The calendar file keeps to RFC 5545, and says nothing of a person."""

from typing import Any

import pytest

from adapters.calendar_file import calendar_file
from tests.examples import CASE_ID, COOP

MEETING: dict[str, Any] = {
    "case": CASE_ID,
    "what": "meeting",
    "id": "018f0000-0000-7000-8000-0000000000d1",
    "kind": "joint-monitoring",
    "state": "convened",
    "day": "2026-03-20",
    "at": "2026-03-20T09:00:00Z",
    "organisations": [COOP],
    "recorded_at": "2026-03-10T11:30:00.5Z",
    "sequence": 3,
    "person": {"names": ["Example", "Person"]},
}
DUE = {**MEETING, "what": "due", "id": "joint-monitoring-x", "state": "open", "at": None}


def unfolded(file: bytes) -> list[str]:
    return file.decode().replace("\r\n ", "").split("\r\n")[:-1]


def events(*items: dict[str, Any]) -> list[dict[str, str]]:
    """The properties of each event, by name with its parameters."""
    text = "\n".join(unfolded(calendar_file(items)))
    parts = [part.split("END:VEVENT")[0].strip() for part in text.split("BEGIN:VEVENT")[1:]]
    return [dict(line.split(":", 1) for line in part.split("\n")) for part in parts]


def test_a_calendar_begins_and_ends_and_says_who_made_it() -> None:
    lines = unfolded(calendar_file([]))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "VERSION:2.0" in lines
    assert any(line.startswith("PRODID:") for line in lines)
    assert lines[-1] == "END:VCALENDAR"


def test_every_line_ends_with_crlf_and_has_at_most_75_octets() -> None:
    long = {**MEETING, "kind": "è-" * 90}
    lines = calendar_file([long]).split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in b"".join(lines)
    assert "è-" * 90 in events(long)[0]["SUMMARY"]  # and no character was cut in two


def test_what_has_a_meaning_in_a_text_is_escaped() -> None:
    (event,) = events({**MEETING, "kind": "a,b;c\\d\ne"})
    assert event["SUMMARY"].startswith(r"a\,b\;c\\d\ne")


def test_an_hour_is_in_utc_and_a_day_is_a_date_with_its_end_not_included() -> None:
    timed, whole = events(MEETING, {**MEETING, "at": None, "day": "2026-12-31"})
    assert timed["DTSTART"] == "20260320T090000Z"
    assert (whole["DTSTART;VALUE=DATE"], whole["DTEND;VALUE=DATE"]) == ("20261231", "20270101")


def test_the_stamp_is_that_of_the_record_so_the_same_record_gives_the_same_file() -> None:
    (event,) = events(MEETING)
    assert event["DTSTAMP"] == "20260310T113000Z"
    assert calendar_file([MEETING, DUE]) == calendar_file([MEETING, DUE])


def test_an_event_keeps_its_uid_when_it_moves_and_no_other_has_it() -> None:
    moved = {**MEETING, "day": "2026-03-23", "at": None, "recorded_at": "2026-03-12T11:00:00Z", "sequence": 4}
    other = {**MEETING, "case": "018f0000-0000-7000-8000-000000000002"}
    uids = [event["UID"] for event in events(MEETING, moved, DUE, other)]
    assert uids[0] == uids[1]
    assert len(set(uids)) == 3


@pytest.mark.parametrize(
    ("item", "state", "status"),
    [
        (MEETING, "convened", "CONFIRMED"),
        (MEETING, "cancelled", "CANCELLED"),
        (DUE, "late", "CONFIRMED"),
        (DUE, "waived", "CANCELLED"),
        (DUE, "lapsed", "CANCELLED"),
    ],
)
def test_what_is_cancelled_says_so(item: dict[str, Any], state: str, status: str) -> None:
    (event,) = events({**item, "state": state})
    assert event["STATUS"] == status


def test_nobody_is_named_and_a_case_only_by_the_end_of_its_id() -> None:
    file = calendar_file([MEETING, DUE]).decode()
    assert "Person" not in file
    assert COOP not in file
    assert CASE_ID not in file
    assert CASE_ID[-12:] in file


def test_a_due_date_makes_nobody_busy() -> None:
    meeting, due = events(MEETING, DUE)
    assert due["TRANSP"] == "TRANSPARENT"
    assert "TRANSP" not in meeting


def test_a_control_character_is_no_part_of_a_calendar() -> None:
    file = calendar_file([{**MEETING, "kind": "a\x1b]0;x\x07\r\nATTENDEE:b\rc\u202e"}])
    assert "SUMMARY:a␛]0\\;x␇\\nATTENDEE:b␍c⟨U+202E⟩\\, case" in "\n".join(unfolded(file))
