"""Lines of a file as they are handed in, and what an answer on the feed may repeat."""

import io
import json
from uuid import UUID

import pytest

from adapters.bus.drop_answer import answer_message
from adapters.jetstream.drop_queue import Dropped
from adapters.jetstream.drop_stream import drop_definition
from adapters.jetstream.streams import differences
from adapters.upkeep.lines import Line, lines, secret_of, with_id
from adapters.web.lines import Lines
from domain.refusal import Malformed
from domain.submission import LARGEST, Named, named
from services.answers import Recorded, Refusal
from tests.examples import CASE_ID, COOP, EXAMPLES

TOLD = EXAMPLES["contact-made"]
SECRET = "SUASECRET"


def read(text: bytes) -> list[Line]:
    return list(lines(io.BytesIO(text), COOP, SECRET))


def test_a_line_goes_under_the_subject_of_its_act() -> None:
    [line] = read(TOLD.json + b"\n")
    assert line.subject == f"drop.{COOP}.case.{CASE_ID}.contact-made"
    assert line.body == TOLD.json


def test_empty_lines_are_counted_and_passed_over() -> None:
    assert [line.number for line in read(b"\n  \n{}\r\n\n[]")] == [3, 5]


def test_what_cannot_be_read_is_handed_in_as_it_is() -> None:
    assert read(b"rubbish\n") == [Line(1, f"drop.{COOP}.unknown.unknown.unknown", b"rubbish")]


@pytest.mark.parametrize("size", [LARGEST + 1, LARGEST + 2, LARGEST + 3, 3 * LARGEST])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_line_that_is_too_large_is_not_and_the_next_is_whole(size: int, end: bytes) -> None:
    found = read(b"x" * size + (end + b"{}" if end else b""))
    assert [line.too_large for line in found] == [True, False][: len(found)]
    assert [line.number for line in found] == [1, 2][: 2 if end else 1]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_largest_line_is_whole(end: bytes) -> None:
    assert [len(line.body) for line in read(b"x" * LARGEST + end)] == [LARGEST]


def test_a_line_without_an_id_has_the_same_one_every_time() -> None:
    bare = b'{"type": "contact-made", "note": "x"}'
    made = json.loads(with_id(bare, SECRET))["act_id"]
    assert UUID(made).version == 4
    assert json.loads(with_id(b'{"note":"x","type":"contact-made"}', SECRET))["act_id"] == made
    assert json.loads(with_id(bare, "SUANOTHER"))["act_id"] != made
    assert json.loads(with_id(b'{"type": "contact-made", "note": "y"}', SECRET))["act_id"] != made


def test_an_id_that_is_told_stays() -> None:
    assert with_id(TOLD.json, SECRET) == TOLD.json


def test_the_secret_is_the_seed_in_the_credentials() -> None:
    assert secret_of("-----BEGIN\nSUAB\n-----END") == "SUAB"


def test_an_act_says_what_it_is_even_if_it_is_none() -> None:
    assert named(TOLD.json).record == f"case/{CASE_ID}"
    assert named(b"rubbish") == Named()
    assert named(b'{"type": ["x"], "act_id": 7, "case": {}}') == Named()
    assert named(b'{"type": "case-opened"}') == Named(type="case-opened")


def dropped(subject: str, body: bytes = TOLD.json) -> Dropped:
    return Dropped(7, subject, body, "en", "")


def test_an_answer_names_its_act() -> None:
    said = answer_message(COOP, dropped(f"drop.{COOP}.case.{CASE_ID}.contact-made"), Recorded(position=9, version=2))
    assert said.subject == f"feed.{COOP}.answer.case.{CASE_ID}.contact-made"
    told = json.loads(said.payload)
    assert (told["id"], told["dropped"], told["type"]) == ("answer/7", 7, "contact-made")
    assert told["answer"]["position"] == 9


@pytest.mark.parametrize(
    "subject", ["drop.o", "drop.o.x", "drop.o.case.Rossi.contact-made", "drop.o.Rossi.x.Rossi.y.z"]
)
def test_rubbish_makes_no_subject(subject: str) -> None:
    said = answer_message(COOP, dropped(subject), Refusal(Malformed("door.malformed-subject")))
    assert "Rossi" not in said.subject
    assert said.subject.count(".") == 5


def test_what_somebody_called_a_field_is_not_repeated() -> None:
    wrong = Malformed("form.unreadable", [("Mario Rossi", "field.unknown"), ("act.to", "field.missing")] * 40)
    fields = json.loads(answer_message(COOP, dropped("drop.o.x"), Refusal(wrong)).payload)["answer"]["fields"]
    assert [f["path"] for f in fields[:2]] == ["?", "act.to"]
    assert len(fields) == 50


def test_lines_come_whole_however_they_are_cut() -> None:
    text = b"one\n\ntwo\r\n" + b"x" * (LARGEST + 50) + b"\nthree"
    for size in (1, 7, 1000, len(text)):
        taker = Lines()
        found = [line for at in range(0, len(text), size) for line in taker.of(text[at : at + size])]
        found += taker.end()
        assert [line.number for line in found] == [1, 3, 4, 5]
        assert [len(line.body) for line in found] == [3, 3, LARGEST + 1, 5]


def test_how_much_a_door_holds_is_free_and_nothing_else() -> None:
    wanted = drop_definition(COOP)
    config = {**wanted.config, "metadata": {"incarnation": "x"}, "max_msgs": 5, "max_bytes": 5}
    assert differences(wanted, config) == []
    assert len(differences(wanted, {**config, "retention": "limits", "max_age": 5})) == 2
