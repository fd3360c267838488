"""Whatever comes to a terminal is text: in a line, a cell, a title, also where it was put together elsewhere."""

import io
import json
import unicodedata
from collections import Counter
from typing import Any

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adapters.cli.screen import Column, Screen, table
from adapters.cli.talk import name_of
from domain.characters import escaped, is_blank, is_line, is_text, shown
from tests.unseen import unseen

HOSTILE = "[/][bold]:smile:\x1b[2J\x1b]0;t\x07\x9b\u202e\u200b\x00\x7f"
SHOWN = "[/][bold]:smile:␛[2J␛]0;t␇⟨U+009B⟩⟨U+202E⟩⟨U+200B⟩␀␡"


def written(*what: Any, say: bool = False) -> str:
    file = io.StringIO()
    screen = Screen(file=file, width=200, force_terminal=True, color_system=None)
    screen.say(*what) if say else screen.print(*what)
    return file.getvalue()


def framed() -> Table:
    rows = table("plain", title := HOSTILE)
    rows.title = title
    rows.caption = HOSTILE
    rows.add_row(HOSTILE, "plain")
    return rows


@pytest.mark.parametrize(
    "what",
    [HOSTILE, framed(), Panel(HOSTILE, title="plain"), [HOSTILE], {"x": HOSTILE}],
    ids=lambda w: type(w).__name__,
)
def test_it_is_text_wherever_it_stands(what: Any) -> None:
    found = written(what)
    assert "[/][bold]:smile:" in found
    assert unseen(found) == []


def test_what_came_another_way_than_as_text_is_shown_too() -> None:
    assert unseen(written(Text(HOSTILE))) == []


def test_a_line_cannot_begin_another() -> None:
    assert written("a\nb\r\nc", ("\nd", "bold"), say=True) == "a␊b␍␊c␊d\n"


def test_a_style_is_given_beside_the_text() -> None:
    file = io.StringIO()
    Screen(file=file, force_terminal=True, color_system="standard").say(("[red]x", "bold"), " y")
    assert file.getvalue() == "\x1b[1m[red]x\x1b[0m y\n"


def test_a_symbol_takes_its_place_in_a_cell() -> None:
    rows = table("a", "b")
    rows.add_row("\x1b\x1b", "x")
    rows.add_row("yy", "x")
    lines = written(rows).splitlines()
    assert {line.index("x") for line in lines if "x" in line} == {7}


def test_nothing_is_left_out() -> None:
    assert written(HOSTILE) == f"{SHOWN}\n"
    assert written(HOSTILE, say=True) == f"{SHOWN}\n"


CASE = "018f0000-0000-7000-8000-000000000001"
ROW = (CASE, "Maria Addolorata Esempio", "suspended, responsible", "2026-11-20 presentation-sheet-filed", "12", "€ 1")


def shown_at(width: int, *rows: tuple[str, ...], framed_: bool = False) -> str:
    file = io.StringIO()
    columns = (Column("case", no_wrap=True), "person", "status, my part", "last act", "open referrals", "grant")
    told = table(*columns, open_=not framed_)
    for row in rows:
        told.add_row(*row)
    Screen(file=file, width=width, color_system=None).show(told)
    return file.getvalue()


@pytest.mark.parametrize("framed_", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_a_table_is_cut_on_no_screen(width: int, framed_: bool) -> None:
    """Whatever stands in a cell is there, to the last character; an id stands together, to be copied."""
    found = shown_at(width, ROW, ROW, framed_=framed_)
    for character, number in Counter("".join(2 * ROW).replace(" ", "")).items():
        assert found.count(character) >= number, character
    assert found.count(CASE) == (2 if width >= 60 else 0)
    assert "…" not in found
    assert max(map(len, found.splitlines())) <= width


def test_where_it_fits_it_is_a_table_and_where_not_each_row_stands_by_itself() -> None:
    wide, narrow = shown_at(120, ROW), shown_at(80, ROW)
    assert [line.split()[0] for line in wide.splitlines() if CASE in line] == [CASE]
    assert f"last act         {ROW[3]}" in narrow
    assert f"case             {CASE}" in narrow


def test_a_column_that_needs_little_leaves_its_room_to_the_others() -> None:
    assert len(shown_at(200, ROW).strip().splitlines()) == 3


def test_the_same_character_is_always_the_same_symbol() -> None:
    assert shown(HOSTILE) == SHOWN
    assert shown(SHOWN) == SHOWN


@pytest.mark.parametrize("text", ["Società «Esempio»", "Združenje Žerjav", "中文", "שלום", "👍", "a b", ""])
def test_letters_of_any_language_are_shown_as_they_are(text: str) -> None:
    assert (shown(text), is_line(text), is_text(text)) == (text, True, True)


def test_json_with_escapes_is_the_same_value_without_a_character_that_is_not_seen() -> None:
    value = {"a": HOSTILE + "\U000e0041\ud800è"}
    text = escaped(json.dumps(value, ensure_ascii=False, indent=2))
    assert json.loads(text) == value
    assert unseen(text) == []
    assert "è" in text


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN")
CHARACTERS = [*map(chr, range(0x110000))]
UNSEEN = [
    c for c in CHARACTERS if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(c) in BIDI
]


def test_every_control_of_unicode_has_a_symbol() -> None:
    assert [c for c in UNSEEN if shown(c) == c] == []


def test_the_door_refuses_what_turns_words_round_and_what_moves_the_cursor() -> None:
    controls = [c for c in CHARACTERS if unicodedata.category(c) in ("Cc", "Cs")]
    turning = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
    assert [c for c in CHARACTERS if not is_line(c)] == sorted(controls + turning)


def test_a_name_of_what_nobody_sees_is_blank() -> None:
    assert all(map(is_blank, ["", " \t\n", "\u00a0\u3000", "\u200b\ufeff", "\u3164", "\u2800", "\U000e0041"]))
    assert not any(map(is_blank, ["x", " 中 ", ".", "\u200bè"]))


def test_an_organisation_without_a_name_is_shown_by_its_id() -> None:
    assert [name_of({"organisation": "oexample", "name": name}) for name in ("Example", None)] == [
        "Example",
        "oexample",
    ]
