"""Whose word counts: not that of one who is there no more, nor of one who tells for another that it is nothing to."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.visibility import sight
from tests.examples import CENTRE, COOP, HEALTH, PAPER, REFERRAL, TRAINER
from tests.unit.given import Step, case, stored, then
from tests.unit.given import told as given_told

FOR: dict[str, Any] = {"_evidence": "phone"}
AGREED: dict[str, Any] = {"referral": REFERRAL, "agreement": None, "signed_by": [], "agency": None}
ALONE: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    (CENTRE, "contact-made"),
    (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none", "past_since": None}),
    (CENTRE, "referral-sent", {"to": COOP, "agreement": None, "sheet": None, "past": "all", "past_since": None}),
    (COOP, "referral-accepted", {"referral": REFERRAL}),
    (COOP, "placement-agreed", {**AGREED, "host": COOP, "promoter": TRAINER}),
)
STARTED: Step = (COOP, "placement-started")
LEFT: Step = (CENTRE, "member-left", {"organisation": TRAINER})
CONTACT, PLACED = 2, 6
SIGNED: Step = (TRAINER, "placement-signed", {"party": "person", "organisation": None})


def opened(about: Case) -> bool:
    """Whether the receiver sees what happened before it came."""
    seen = sight(about, about.history.entries[CONTACT], COOP)
    return seen is not None and not seen.masked


@pytest.mark.parametrize(
    "word",
    [
        SIGNED,
        (TRAINER, "placement-signed", {"party": "promoter", "organisation": None}),
        (TRAINER, "placement-signed", {"party": "host", "_on_behalf_of": COOP, **FOR}),
        (TRAINER, "act-attested", {"entry": PLACED}),
        (TRAINER, "placement-started"),
    ],
)
def test_the_word_of_one_who_was_removed_opens_no_past(word: Step) -> None:
    """At the door, in the fold, and when the receiver itself confirms what the other has told for it."""
    removed = stored(case(), *ALONE, LEFT)
    removed = then(removed, STARTED) if word[1] != "placement-started" else removed
    told = stored(removed, word)
    for after in (told, then(removed, word), told.refolded()):
        assert not opened(after)
    if told.history.entries[told.version].claim:
        attests = given_told(told.version + 1, COOP, "act-attested", {"entry": told.version})
        confirmed = told.after(replace(attests, confirms=True))
        assert not opened(confirmed)
        assert not opened(confirmed.refolded())
    assert opened(stored(case(), *ALONE, STARTED, SIGNED))  # it could, as long as it was there


def test_what_one_who_was_removed_signs_waits_for_the_responsible_whose_word_opens() -> None:
    told = stored(case(), *ALONE, LEFT, STARTED, SIGNED)
    assert [each.originator_version for each in told.open_claims] == [told.version]
    confirmed = stored(told, (CENTRE, "act-attested", {"entry": told.version}))
    for each in (confirmed, confirmed.refolded()):
        assert opened(each)
        assert each.path.placements.by_id[next(iter(each.path.placements.by_id))].told_by == {COOP, CENTRE}


TEAM: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    *((CENTRE, "member-joined", {"organisation": each, "past": "none"}) for each in (COOP, HEALTH, TRAINER)),
)
PLAIN: dict[str, Any] = {"agreement": None, "referral": None, "agency": None}
WITH_PAPER: Step = (COOP, "placement-agreed", {**PLAIN, "host": PAPER, "promoter": COOP, "signed_by": []})
BY_HOST: Step = (
    COOP,
    "placement-agreed",
    {**PLAIN, "host": COOP, "promoter": HEALTH, "signed_by": [{"party": "promoter", "organisation": HEALTH}]},
)


def signed(by: str, party: str, for_: str) -> Step:
    return by, "placement-signed", {"party": party, "organisation": None, "_on_behalf_of": for_, **FOR}


def on_one_side(about: Case) -> bool:
    """As the list of placements shows it."""
    return next(iter(about.path.placements.by_id.values())).on_one_side


@pytest.mark.parametrize(
    ("agreed", "beside"),
    [(WITH_PAPER, signed(TRAINER, "host", PAPER)), (BY_HOST, signed(TRAINER, "promoter", HEALTH))],
)
def test_a_member_that_it_is_nothing_to_makes_no_second_word(agreed: Step, beside: Step) -> None:
    alone = stored(case(), *TEAM, agreed, STARTED)
    assert on_one_side(alone)
    for after in (stored(alone, beside), then(alone, beside), then(alone, beside).refolded()):
        assert on_one_side(after)


@pytest.mark.parametrize(("agreed", "by", "party"), [(WITH_PAPER, PAPER, "host"), (BY_HOST, HEALTH, "promoter")])
def test_the_word_of_a_party_is_one(agreed: Step, by: str, party: str) -> None:
    own: Step = (by, "placement-signed", {"party": party, "organisation": None})
    assert not on_one_side(then(case(), *TEAM, agreed, STARTED, own))


def test_a_claim_is_no_word_of_who_told_it_beside() -> None:
    """Told by one that it is nothing to, and confirmed by the host: it is the word of the host alone."""
    told: Step = (TRAINER, "placement-agreed", {**BY_HOST[2], "_on_behalf_of": COOP, **FOR})  # type: ignore[misc]
    claim = stored(case(), *TEAM, told)
    confirmed = stored(claim, (COOP, "act-attested", {"entry": claim.version}), STARTED)
    for each in (confirmed, confirmed.refolded()):
        assert on_one_side(each)
