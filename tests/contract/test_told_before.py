"""Who gets a system finds what others told for it, in every case that it sees, until it says its word."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.asked import Asked
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OFFICE, PAPER, PLACEMENT_REFERRAL, REFERRAL
from tests.unit.given import Step

FIRST, SECOND = "018f0000-0000-7000-8000-00000000a003", "018f0000-0000-7000-8000-00000000a004"
FOR_PAPER: dict[str, Any] = {"_on_behalf_of": PAPER, "_evidence": "phone"}
CONNECTED: Step = (OFFICE, "organisation-updated", {"connected": True})


def told_for_paper(referral: str) -> tuple[Step, ...]:
    when = {"_occurred": "2026-02-04"}
    return (
        (CENTRE, "case-opened", {"_occurred": "2026-02-01"}),
        (CENTRE, "referral-sent", {"_occurred": "2026-02-02", "referral": referral, "to": PAPER, "sheet": None}),
        (CENTRE, "referral-accepted", {**when, "referral": referral, **FOR_PAPER}),
        (CENTRE, "contact-made", {**when, **FOR_PAPER}),
        (CENTRE, "contact-made", when),
    )


def waiting(asked: Asked, reader: str = PAPER, **wanted: Any) -> list[tuple[str, int]]:
    found = asked.queries.ask("waiting", reader=reader, **asked.now, **wanted)["waiting"]
    return [(each["case"], each["entry"]) for each in found if each["what"] == "told-before"]


@pytest.fixture
def told(asked: Asked) -> Asked:
    asked.continue_(FIRST, *told_for_paper(REFERRAL))
    asked.continue_(SECOND, *told_for_paper(PLACEMENT_REFERRAL))
    return asked


def test_without_a_system_nothing_waits_for_it(told: Asked) -> None:
    assert waiting(told) == []


def test_on_connecting_it_finds_what_was_told_for_it_in_every_case(told: Asked) -> None:
    told.continue_(PAPER, CONNECTED, of="organisation")
    assert waiting(told) == [(FIRST, 3), (FIRST, 4), (SECOND, 3), (SECOND, 4)]
    assert waiting(told, case=SECOND) == [(SECOND, 3), (SECOND, 4)]
    (line, *_) = told.queries.ask("waiting", reader=PAPER, **told.now)["waiting"]
    assert (line["told_by"], line["waits_for"], line["type"]) == (CENTRE, PAPER, "referral-accepted")
    assert waiting(told, CENTRE) == []
    assert told.queries.ask("case", reader=CENTRE, case=FIRST, **told.now)["referrals"][0]["state"] == "accepted"


def test_it_goes_in_pages(told: Asked) -> None:
    told.continue_(PAPER, CONNECTED, of="organisation")
    found, cursor = list[tuple[str, int]](), None
    for _ in range(4):
        page = told.queries.ask("waiting", reader=PAPER, limit=1, cursor=cursor, **told.now)
        found += [(each["case"], each["entry"]) for each in page["waiting"]]
        cursor = page["next"]
    assert (found, cursor) == (waiting(told), None)


@pytest.mark.parametrize("type_", ["act-attested", "act-contested"])
def test_its_word_ends_the_line_and_taken_back_it_waits_again(told: Asked, type_: str) -> None:
    told.continue_(PAPER, CONNECTED, of="organisation")
    told.continue_(FIRST, (PAPER, type_, {"entry": 3}))
    assert waiting(told, case=FIRST) == [(FIRST, 4)]
    told.continue_(FIRST, (PAPER, "act-retracted", {"entry": 6}))
    assert waiting(told, case=FIRST) == [(FIRST, 3), (FIRST, 4)]


def test_the_word_of_another_does_not_end_it_and_what_was_taken_back_waits_for_nobody(told: Asked) -> None:
    told.continue_(PAPER, CONNECTED, of="organisation")
    told.continue_(FIRST, (CENTRE, "act-attested", {"entry": 3, **FOR_PAPER}), (CENTRE, "act-retracted", {"entry": 4}))
    assert waiting(told, case=FIRST) == [(FIRST, 3)]


def test_what_is_told_once_it_has_a_system_is_no_such_line(told: Asked) -> None:
    told.continue_(PAPER, CONNECTED, of="organisation")
    told.continue_(FIRST, (CENTRE, "contact-made", FOR_PAPER))
    assert waiting(told, case=FIRST) == [(FIRST, 3), (FIRST, 4)]


def test_nothing_is_told_for_it_that_it_does_not_see(told: Asked) -> None:
    hidden = {**FOR_PAPER, "_only_for": (CENTRE, COOP)}
    told.continue_(FIRST, (CENTRE, "contact-made", hidden))
    told.continue_(PAPER, CONNECTED, of="organisation")
    assert waiting(told, case=FIRST) == [(FIRST, 3), (FIRST, 4), (FIRST, 6)]


def test_what_it_does_not_see_is_not_in_its_list(asked: Asked) -> None:
    opened, sent, accepted, *_ = told_for_paper(REFERRAL)
    before = (CENTRE, "contact-made", {"_occurred": "2026-02-01", **FOR_PAPER})
    asked.continue_(FIRST, opened, before, sent, accepted)
    asked.continue_(PAPER, CONNECTED, of="organisation")
    assert waiting(asked, case=FIRST) == [(FIRST, 4)]
    told = asked
    assert told.queries.ask("waiting", reader=PAPER, cursor="9" * 40, **told.now)["waiting"] == []


@pytest.mark.parametrize(("on", "found"), [((2028, 2, 28), 2), ((2028, 3, 3), 0)])
def test_what_is_older_than_two_years_is_not_in_it(told: Asked, on: tuple[int, int, int], found: int) -> None:
    late = {"connected": True, "_recorded_at": datetime(*on, tzinfo=UTC)}
    told.continue_(PAPER, (OFFICE, "organisation-updated", late), of="organisation")
    assert len(waiting(told, case=FIRST)) == found


def test_a_claim_of_ones_own_does_not_wait_for_oneself(asked: Asked) -> None:
    """Who has become responsible since cannot attest it: it tells the same again, as its own word."""
    opened, sent, *_ = told_for_paper(REFERRAL)
    joined = (CENTRE, "member-joined", {"_occurred": "2026-02-01", "organisation": HEALTH, "past": "all"})
    claim = (
        HEALTH,
        "referral-accepted",
        {"_occurred": "2026-02-04", "referral": REFERRAL, **FOR_PAPER, "_claim": True},
    )
    asked.continue_(FIRST, opened, joined, sent, claim)
    whole = asked.queries.ask("waiting", reader=CENTRE, **asked.now)["waiting"]
    assert [(each["entry"], each["waits_for"]) for each in whole if each["case"] == FIRST] == [(4, CENTRE)]
    proposed = (CENTRE, "handover-proposed", {"_occurred": "2026-02-05", "to": HEALTH})
    accepted = (HEALTH, "handover-accepted", {"_occurred": "2026-02-06", "handover": HANDOVER})
    asked.continue_(FIRST, proposed, accepted)
    assert asked.queries.ask("waiting", reader=HEALTH, case=FIRST, **asked.now)["waiting"] == []
    (line,) = asked.queries.ask("waiting", reader=HEALTH, case=FIRST, everyone=True, **asked.now)["waiting"]
    assert (line["entry"], line["waits_for"]) == (4, HEALTH)
