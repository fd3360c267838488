"""What can drift from the code is made from it, and compared here."""

from pathlib import Path

import pytest

from docs.generate import DOCUMENTS, stale, write
from docs.states import states


def test_the_documents_are_up_to_date() -> None:
    assert stale() == []


def test_what_is_missing_is_out_of_date(tmp_path: Path) -> None:
    assert stale(tmp_path) == [path for path, _ in DOCUMENTS]


def test_written_once_they_are_up_to_date(tmp_path: Path) -> None:
    write(tmp_path)
    assert (stale(tmp_path), write(tmp_path)) == ([], [])


def test_what_nothing_makes_is_out_of_date(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "schemas" / "old-act.json").write_text("{}")
    assert stale(tmp_path) == ["schemas/old-act.json"]


@pytest.mark.parametrize(
    "move",
    ["sent --> accepted: referral-accepted (receiver)", "waitlisted --> withdrawn: referral-withdrawn (sender)"],
)
def test_the_diagram_shows_the_moves_of_a_referral(move: str) -> None:
    assert move in states()


@pytest.mark.parametrize("move", ["declined --> accepted", "closed --> sent", "[*] --> accepted"])
def test_the_diagram_shows_no_other_moves(move: str) -> None:
    assert move not in states()
