"""What readers are shown of what one account told for both sides, and of a referral that was declined."""

from datetime import date
from typing import Any

import pytest

from domain.visibility import sight, standing
from services.seen import case_of
from tests.asked import Asked
from tests.examples import AGREEMENT_ID, CENTRE, COOP, HEALTH, PAPER, REFERRAL, SHEET
from tests.unit.given import Step, case

NEW = "018f0000-0000-7000-8000-00000000a001"
FOR_PAPER: dict[str, Any] = {"_on_behalf_of": PAPER, "_evidence": "phone"}
DAY = date(2026, 3, 30)
OPENED: tuple[Step, ...] = (
    (CENTRE, "case-opened", {"_occurred": "2026-02-01"}),
    (CENTRE, "member-joined", {"_occurred": "2026-02-01", "organisation": COOP, "past": "all"}),
    (CENTRE, "member-joined", {"_occurred": "2026-02-01", "organisation": HEALTH, "past": "all"}),
)
ANSWERED: tuple[Step, ...] = (
    *OPENED,
    (COOP, "referral-sent", {"_occurred": "2026-02-02", "to": PAPER, "answer_by": None, "sheet": None}),
    (COOP, "referral-accepted", {"_occurred": "2026-02-04", "referral": REFERRAL, **FOR_PAPER}),
)
AGREED: dict[str, Any] = {"host": PAPER, "promoter": COOP, "agreement": AGREEMENT_ID, "signed_by": [], "ends": None}
PLACED: tuple[Step, ...] = (
    *ANSWERED,
    (COOP, "placement-agreed", {"_occurred": "2026-02-10", **AGREED}),
    (COOP, "placement-signed", {"_occurred": "2026-02-11", "party": "host", "organisation": PAPER}),
)


def answer(asked: Asked, query: str, reader: str, **wanted: Any) -> Any:
    return asked.queries.ask(query, reader=reader, **asked.now, **wanted)


@pytest.mark.parametrize("reader", [CENTRE, HEALTH])
def test_who_did_not_tell_it_sees_on_whose_word_it_stands(asked: Asked, reader: str) -> None:
    asked.continue_(NEW, *PLACED)
    (due,) = answer(asked, "due", reader, as_of=DAY, case=NEW)["due"]
    assert (due["state"], due["on_one_sides_word"], due["to_attest"]) == ("waiting-for-attestation", True, [CENTRE])
    (placement,) = answer(asked, "placements", reader, case=NEW)["placements"]
    assert (placement["on_one_sides_word"], placement["awaits"]) == (True, [PAPER])
    (line,) = [x for x in answer(asked, "board", reader, due=True, as_of=DAY)["cases"] if x["case"] == NEW]
    assert line["next_due"]["on_one_sides_word"]
    file = answer(asked, "case", reader, case=NEW, as_of=DAY)
    assert [r["on_one_sides_word"] for r in file["referrals"]] == [True]
    assert [o["on_one_sides_word"] for o in file["obligations"]] == [True]


def test_the_word_of_the_responsible_takes_the_mark_away(asked: Asked) -> None:
    asked.continue_(NEW, *PLACED)
    counted = {p["place_kind"]: p for p in _places(asked)}["internship"]
    assert (counted["used"], counted["on_one_sides_word"]) == (2, 1)
    asked.continue_(
        NEW,
        *((CENTRE, "act-attested", {"_occurred": "2026-02-12", "entry": entry}) for entry in (5, 6)),
    )
    assert answer(asked, "due", HEALTH, as_of=DAY, case=NEW)["due"] == []
    fulfilled = answer(asked, "due", HEALTH, as_of=DAY, case=NEW, states=["fulfilled-on-evidence"])["due"]
    assert [d["on_one_sides_word"] for d in fulfilled] == [False]
    (placement,) = answer(asked, "placements", HEALTH, case=NEW)["placements"]
    assert placement["on_one_sides_word"] is False
    assert [r["on_one_sides_word"] for r in answer(asked, "case", HEALTH, case=NEW)["referrals"]] == [False]
    counted = {p["place_kind"]: p for p in _places(asked)}["internship"]
    assert (counted["used"], counted["on_one_sides_word"]) == (2, 0)


def _places(asked: Asked) -> list[dict[str, Any]]:
    (found,) = answer(asked, "agreements", CENTRE, as_of=DAY)["agreements"]
    return list(found["places"])


DECLINED: tuple[Step, ...] = (
    (CENTRE, "case-opened", {"_occurred": "2026-02-01"}),
    (CENTRE, "presentation-sheet-filed", {"_occurred": "2026-02-01"}),
    (CENTRE, "contact-made", {"_occurred": "2026-02-01"}),
    (CENTRE, "referral-sent", {"_occurred": "2026-02-02", "answer_by": None, "sheet": SHEET}),
    (COOP, "information-asked", {"_occurred": "2026-02-03", "referral": REFERRAL}),
    (CENTRE, "information-supplied", {"_occurred": "2026-02-03", "referral": REFERRAL}),
    (CENTRE, "act-attested", {"_occurred": "2026-02-03", "entry": 5}),
)
AFTER_ACCEPTING: tuple[Step, ...] = (
    *DECLINED,
    (COOP, "referral-accepted", {"_occurred": "2026-02-04", "referral": REFERRAL}),
    (CENTRE, "contact-made", {"_occurred": "2026-02-05"}),
    (CENTRE, "contact-made", {"_occurred": "2026-02-05", "_only_for": (CENTRE, HEALTH)}),
    (COOP, "contact-made", {"_occurred": "2026-02-06"}),
)


@pytest.mark.parametrize(("steps", "opened"), [(DECLINED, 4), (AFTER_ACCEPTING, 5)])
def test_the_sender_sees_after_how_many_days_it_was_declined_and_how_much_was_open(
    asked: Asked, steps: tuple[Step, ...], opened: int
) -> None:
    seen = {
        version
        for told in range(1, len(steps) + 1)
        for so_far in [case(*steps[:told])]
        for version, entry in so_far.history.entries.items()
        if entry.organisation != COOP and sight(so_far, entry, COOP)
    }
    assert len(seen) == opened
    asked.continue_(NEW, *steps, (COOP, "referral-declined", {"_occurred": "2026-02-08", "referral": REFERRAL}))
    (loop,) = [r for r in answer(asked, "referrals", CENTRE)["referrals"] if r["case"] == NEW]
    assert (loop["state"], loop["days"], loop["entries_open"]) == ("declined", 6, opened)
    assert answer(asked, "case", CENTRE, case=NEW)["referrals"][0]["entries_open"] == opened
    with asked.views.reading() as views:
        left = case_of(f"case/{NEW}", views.of_record(COOP, f"case/{NEW}"))
    assert {e.organisation for e in left.history.entries.values()} == {COOP}
    assert standing(left, COOP) is None


def test_what_a_sender_is_told_is_no_more_than_it_sees(asked: Asked) -> None:
    """A member that sees nothing of the past is told of the entries of its own thread."""
    asked.continue_(
        NEW,
        *DECLINED[:3],
        (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"}),
        (HEALTH, "referral-sent", {"_occurred": "2026-02-02", "answer_by": None, "sheet": None}),
        (CENTRE, "contact-made", {}),
        (COOP, "referral-declined", {"_occurred": "2026-02-03", "referral": REFERRAL}),
    )
    (loop,) = [r for r in answer(asked, "referrals", HEALTH)["referrals"] if r["case"] == NEW]
    assert (loop["days"], loop["entries_open"]) == (1, 1)


def test_what_is_not_declined_says_nothing_of_it(asked: Asked) -> None:
    loops = answer(asked, "referrals", CENTRE)["referrals"]
    assert all(("entries_open" in each) == (each["state"] == "declined") for each in loops)
