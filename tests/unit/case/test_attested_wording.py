"""What was attested is what it said then: a signature or a claim that its author rewrites afterwards waits anew."""

from typing import Any

import pytest

from domain.case import Case
from services.queries.marks import marks
from services.seen import seen_by
from services.views.board import Line
from services.views.kinds.claims import rows as waiting
from services.views.kinds.placements import rows as placements
from tests.examples import CENTRE, COOP, HEALTH, PLACEMENT
from tests.unit.given import ACCEPTED, Step, case, refused, stored, told

FIELDS: dict[str, Any] = {
    "placement": PLACEMENT, "channel": "internship", "host": COOP, "promoter": CENTRE, "agreement": None,
    "referral": None, "regime": None, "profile": "", "place": "", "grant_cents": 60000, "signed_by": [],
}  # fmt: skip
BY_OTHERS: dict[str, Any] = {"signed_by": [{"party": "promoter", "organisation": CENTRE}]}
JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "all"})
BEGUN: tuple[Step, ...] = (*ACCEPTED, JOINED)
AGREED = len(BEGUN) + 1
MORE: dict[str, Any] = {"grant_cents": 900000}


def corrected(version: int = AGREED, **changes: Any) -> tuple[str, str, dict[str, Any]]:
    act = told(1, COOP, "placement-agreed", {**FIELDS, **BY_OTHERS, **changes}).act.model_dump(mode="json")
    return COOP, "act-corrected", {"entry": version, "ground": "mistake", "act": act}


def attests(wording: int | None = None) -> Step:
    return (CENTRE, "act-attested", {"entry": AGREED, "wording": wording})


def awaited(of: Case) -> list[tuple[str, str | None, int]]:
    """What the list of what waits says, whose it is and of which entry."""
    return [(row.what, row.told_for, row.version) for row in waiting(Line(of))]


AGREES: Step = (COOP, "placement-agreed", {**FIELDS, **BY_OTHERS})
CLAIMS: Step = (COOP, "placement-agreed", {**FIELDS, "_on_behalf_of": CENTRE, "_evidence": "phone"})
SIGNATURE = [("signature", CENTRE, AGREED)]


def test_a_signature_is_for_what_was_attested() -> None:
    signed = stored(case(*BEGUN), AGREES, attests())
    assert awaited(signed) == []
    rewritten = stored(signed, corrected(**MORE))
    assert awaited(rewritten) == SIGNATURE
    assert [(row.signed, row.awaited) for row in placements(Line(rewritten))] == [("promoter", CENTRE)]
    assert awaited(stored(rewritten, attests(AGREED + 2))) == []
    assert awaited(rewritten.refolded()) == SIGNATURE


@pytest.mark.parametrize("first", [AGREES, CLAIMS])
def test_a_correction_between_reading_and_attesting_is_not_attested_unread(first: Step) -> None:
    rewritten = stored(case(*BEGUN), first, corrected(**MORE), corrected(grant_cents=1))
    for wording, code in ((None, "attestation.of-another-wording"), (AGREED + 1, "attestation.of-another-wording")):
        assert refused(rewritten, CENTRE, "act-attested", entry=AGREED, wording=wording) == code
    assert [row.wording for row in waiting(Line(rewritten))] == [AGREED + 2]
    assert refused(stored(case(*BEGUN), first), CENTRE, "act-attested", entry=AGREED, wording=1) == code
    agreed = stored(rewritten, attests(AGREED + 2)).path.placements.by_id.values()
    assert [each.grant_cents for each in agreed] == [1]


def test_a_correction_that_changes_nothing_keeps_it() -> None:
    assert awaited(stored(case(*BEGUN), AGREES, attests(), corrected())) == []


def test_what_was_sealed_cannot_be_compared_and_counts_as_rewritten() -> None:
    signed = stored(case(*BEGUN), AGREES, attests(), corrected(profile="example: at night"))
    assert awaited(signed) == SIGNATURE


def test_taking_the_correction_back_asks_anew() -> None:
    back: Step = (COOP, "act-retracted", {"entry": AGREED + 2, "ground": "mistake"})
    rewritten = stored(case(*BEGUN), AGREES, attests(), corrected(**MORE), back)
    assert rewritten.path.placements.by_id[next(iter(rewritten.path.placements.by_id))].grant_cents == 60000
    assert awaited(rewritten) == SIGNATURE


def test_a_signature_of_its_own_is_for_what_was_agreed_then_too() -> None:
    signs: Step = (CENTRE, "placement-signed", {"placement": PLACEMENT, "party": "promoter", "organisation": CENTRE})
    signed = stored(case(*BEGUN), AGREES, signs)
    assert awaited(signed) == []
    rewritten = stored(signed, corrected(**MORE))
    assert awaited(rewritten) == SIGNATURE
    assert awaited(stored(rewritten, signs)) == []
    without = {**BY_OTHERS, **MORE, "signed_by": []}
    assert awaited(stored(signed, corrected(**without))) == [("signature", CENTRE, AGREED + 1)]


def test_who_corrects_what_it_agreed_itself_is_not_asked_for_its_own_signature() -> None:
    signs: Step = (COOP, "placement-signed", {"placement": PLACEMENT, "party": "host", "organisation": COOP})
    rewritten = stored(case(*BEGUN), AGREES, attests(), signs, corrected(**MORE))
    assert awaited(rewritten) == SIGNATURE


def test_who_sees_the_entry_is_shown_that_the_word_was_for_an_earlier_wording() -> None:
    signed = stored(case(*BEGUN), AGREES, attests())
    for of, earlier in ((signed, None), (stored(signed, corrected(**MORE)), True)):
        shown = marks(of, list(seen_by(of, HEALTH)))[AGREED]["attested"]
        assert [each.get("of_earlier_wording") for each in shown] == [earlier]


# Claims


def test_a_claim_that_is_rewritten_has_no_effect_until_it_is_attested_again() -> None:
    confirmed = stored(case(*BEGUN), CLAIMS, attests())
    (placement,) = confirmed.path.placements.by_id.values()
    assert (placement.grant_cents, placement.agreed) == (60000, AGREED)
    rewritten = stored(confirmed, corrected(**MORE))
    assert dict(rewritten.path.placements.by_id) == {}
    assert awaited(rewritten) == [("claim", CENTRE, AGREED)]
    assert rewritten.refolded().path == rewritten.path
    again = stored(rewritten, attests(AGREED + 2))
    assert [p.grant_cents for p in again.path.placements.by_id.values()] == [900000]
    assert ("claim", CENTRE, AGREED) not in awaited(again)
    assert again.refolded().path == again.path


def test_a_claim_that_others_rest_on_is_not_rewritten() -> None:
    started: Step = (COOP, "placement-started", {"placement": PLACEMENT})
    running = stored(case(*BEGUN), CLAIMS, attests(), started)
    by, type_, fields = corrected(**MORE)
    assert refused(running, by, type_, **fields) == "correction.makes-impossible"


@pytest.mark.parametrize("told_anew", [False, True])
def test_a_claim_that_is_corrected_without_a_change_stays_in_effect(*, told_anew: bool) -> None:
    step = corrected(signed_by=[], **({"grant_cents": 60001} if told_anew else {}))
    confirmed = stored(case(*BEGUN), CLAIMS, attests(), step)
    assert bool(confirmed.path.placements.by_id) is not told_anew
