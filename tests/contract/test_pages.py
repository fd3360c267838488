"""However small an answer has to be, page after page it tells the same; what is left out is said."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.asking import QUERIES
from adapters.asking import asked as asked_for
from adapters.questions import question
from domain.refusal import Malformed, Misnamed, Refused
from services.cost import Cost, GivenUpError
from services.queries import observations, pages
from tests.asked import Asked
from tests.contract.test_caseload import late
from tests.examples import CENTRE, COOP, NOON, PLACEMENT_CASE_ID

TODAY = (NOON + timedelta(days=40)).date()
FAR = date(2026, 12, 31)
LISTS: list[tuple[str, str, dict[str, Any]]] = [
    ("board", "cases", {}),
    ("board", "cases", {"due": True}),
    ("timeline", "entries", {"case": PLACEMENT_CASE_ID}),
    ("referrals", "referrals", {}),
    ("directory", "organisations", {}),
    ("due", "due", {"states": ["fulfilled", "lapsed", "open", "waived", "missed"], "as_of": FAR}),
    ("placements", "placements", {"as_of": FAR}),
    ("agreements", "agreements", {"as_of": FAR}),
    ("tasks", "tasks", {"done": True, "as_of": FAR}),
    ("agenda", "agenda", {"since": date(2026, 1, 1), "until": FAR}),
    ("contacts", "contacts", {"as_of": FAR}),
    ("irregularities", "irregularities", {}),
    ("news", "news", {}),
    ("waiting", "waiting", {"everyone": True}),
]


@pytest.fixture
def asked(tmp_path: Path, database: str | None) -> Iterator[Asked]:
    told = Asked(tmp_path, database)
    told.views.start()
    late(told)
    told.queries.ask("board", reader=COOP, **told.now)
    yield told
    told.views.stop()


def whole(asked: Asked, query: str, rows: str, wanted: dict[str, Any]) -> list[str]:
    """What is told on all pages, without what was shortened."""
    found: list[Any] = []
    cursor: dict[str, Any] = {}
    for _ in range(1000):
        answer = asked.queries.ask(query, reader=COOP, **wanted, **cursor)
        found += answer[rows]
        if answer["next"] is None:
            return sorted(json.dumps({k: v for k, v in row.items() if not isinstance(v, list)}) for row in found)
        cursor = {"cursor": answer["next"]}
        assert question(QUERIES[query], {**wanted, **cursor})  # so the doors take it, too
    raise AssertionError("there is no end of it")


NONSENSE = ["zzz", "999999999999999999999", "case/x", "; drop table", "", "9998-01-01", "9998-01-01 x", "-1", "\u202e"]
NUMBERS = ["2026", "9"]


@pytest.mark.parametrize("query", [query for query, form in QUERIES.items() if "cursor" in form.model_fields])
def test_what_is_no_cursor_is_refused_by_its_field(query: str) -> None:
    """By message as JSON, and as a door has taken it apart; a number is the cursor of lists by position."""
    numbered = query in ("board", "timeline", "referrals")
    needed = {"case": PLACEMENT_CASE_ID} if query == "timeline" else {}
    for cursor in NONSENSE if numbered else [*NONSENSE, *NUMBERS]:
        for parameters in ({**needed, "cursor": cursor}, json.dumps({**needed, "cursor": cursor}).encode()):
            with pytest.raises(Malformed) as refused:
                asked_for(query, parameters)
            assert refused.value.fields == (("cursor", "field.not-a-cursor"),), cursor


@pytest.mark.parametrize("bounds", [{"bytes": 900}, {"bytes": 1}, {"limit": 1}])
@pytest.mark.parametrize(("query", "rows", "wanted"), LISTS)
def test_a_list_in_small_pages_tells_all_of_it(
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    rows: str,
    wanted: dict[str, Any],
    bounds: dict[str, int],
) -> None:
    at_once = whole(asked, query, rows, wanted)
    assert at_once
    monkeypatch.setattr(pages, "LARGEST", bounds.get("bytes", pages.LARGEST))
    limit = {"limit": bounds["limit"]} if "limit" in bounds else {}
    in_pages = whole(asked, query, rows, {**wanted, **limit})
    kept = [json.dumps({k: v for k, v in json.loads(row).items() if k != "left_out"}) for row in in_pages]
    assert sorted(kept) == at_once


def test_a_case_file_that_fits_in_no_answer_says_what_it_leaves_out(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = asked.queries.ask("case", reader=COOP, case=PLACEMENT_CASE_ID)
    assert "left_out" not in file
    monkeypatch.setattr(pages, "LARGEST", len(json.dumps(file)) // 2)
    short = asked.queries.ask("case", reader=COOP, case=PLACEMENT_CASE_ID)
    assert short["left_out"]
    for name, left in short["left_out"].items():
        assert len(short[name]) + left == len(file[name])
        assert short[name] == (file[name][: len(short[name])] if name == "referrals" else file[name][left:])


def test_observations_that_fit_in_no_answer_are_counted(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    all_ = asked.queries.ask("observations", reader=COOP, case=PLACEMENT_CASE_ID, as_of=FAR)["series"]
    assert [series["left_out"] for series in all_] == [0] * len(all_)
    monkeypatch.setattr(observations, "LARGEST", 100)
    some = asked.queries.ask("observations", reader=COOP, case=PLACEMENT_CASE_ID, as_of=FAR)["series"]
    assert any(series["left_out"] for series in some)
    for before, after in zip(all_, some, strict=True):
        assert len(after["observations"]) + after["left_out"] == len(before["observations"])


@pytest.mark.parametrize("name", ["as_of", "since", "until"])
def test_a_day_beyond_the_horizon_is_refused_by_its_field(asked: Asked, name: str) -> None:
    for day in (date(9990, 1, 1), date(1, 1, 1), TODAY.replace(year=TODAY.year + 11)):
        beyond: dict[str, Any] = {name: day}
        with pytest.raises(Misnamed) as refused:
            asked.queries.ask("agenda", reader=COOP, **beyond)
        assert refused.value.fields == ((name, "day.beyond-horizon"),)


@pytest.mark.parametrize(("query", "wanted"), [("due", {"states": ["open"]}), ("irregularities", {}), ("contacts", {})])
def test_a_question_ends_when_it_has_read_or_worked_too_much(asked: Asked, query: str, wanted: dict[str, Any]) -> None:
    for cost in (Cost(rows=10), Cost(seconds=1e-9)):
        cost.begin()
        with pytest.raises(Refused, match=r"question\.too-dear"):
            asked.queries.found(query, reader=CENTRE, cost=cost, **wanted)


def test_a_question_that_was_cancelled_ends(asked: Asked) -> None:
    for cost in (cancelled := Cost(), Cost(until=0.0)):
        cancelled.cancel()
        cost.begin()
        with pytest.raises(GivenUpError):
            asked.queries.found("due", reader=CENTRE, cost=cost, states=["open"])
