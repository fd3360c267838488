"""The list `waiting`: a claim leaves it once its answer is given, or can be given no more."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.visibility import standings
from services.seen import Masked
from services.timetext import told as when
from services.views.board import line_of
from services.views.kinds.claims import rows as waiting
from services.views.readers import lines_of
from tests.examples import CENTRE, COOP, HEALTH, TRAINER, act
from tests.unit.given import Step, case, stored, told
from tests.unit.test_confirmed_by import AGREED, OF_IT, awaited

CHANGED: dict[str, Any] = {**OF_IT, "hours_a_week": 20, "tasks": ""}


def claimed(for_: str) -> Case:
    told_for = {"_on_behalf_of": for_, "_evidence": "phone"}
    claim = stored(case(), *AGREED, (TRAINER, "placement-changed", {**CHANGED, **told_for}))
    assert claim.history.entries[claim.version].claim
    return claim


def contested(claim: Case, by: str) -> Case:
    return stored(claim, (by, "act-contested", {"entry": claim.version, "ground": "not-so"}))


@pytest.mark.parametrize(("for_", "whose", "by"), [(COOP, COOP, COOP), (HEALTH, None, CENTRE)])
def test_contested_by_the_one_it_waits_for_it_waits_no_more_until_that_is_taken_back(
    for_: str, whose: str | None, by: str
) -> None:
    claim = claimed(for_)
    waits = [("claim", whose, claim.version)]
    assert awaited(claim) == waits
    denied = contested(claim, by)
    assert awaited(denied) == []
    assert awaited(stored(denied, (by, "act-retracted", {"entry": denied.version, "ground": "mistake"}))) == waits


@pytest.mark.parametrize(("for_", "whose", "by"), [(COOP, COOP, CENTRE), (COOP, COOP, TRAINER), (HEALTH, None, HEALTH)])
def test_contested_by_another_it_still_waits(for_: str, whose: str | None, by: str) -> None:
    claim = claimed(for_)
    assert awaited(contested(claim, by)) == [("claim", whose, claim.version)]


def test_a_claim_that_nobody_can_confirm_any_more_waits_for_nobody() -> None:
    sent: tuple[Step, ...] = (
        (CENTRE, "case-opened"),
        (CENTRE, "referral-sent", {"to": COOP, "agreement": None, "sheet": None}),
    )
    claim = stored(case(), *sent, (CENTRE, "referral-accepted", {"_on_behalf_of": COOP, "_evidence": "phone"}))
    assert awaited(claim) == [("claim", COOP, 3)]
    accepted = stored(claim, (COOP, "referral-accepted"))
    assert awaited(accepted) == []
    taken_back = stored(accepted, (CENTRE, "act-retracted", {"entry": 4, "ground": "mistake"}))
    assert awaited(taken_back) == [("claim", COOP, 3)]


@pytest.mark.parametrize("ground", ["wrong-category", "unlawful"])
@pytest.mark.parametrize("by", [TRAINER, CENTRE])
def test_of_a_masked_claim_the_correction_says_what_it_is_by_whom_and_when(by: str, ground: str) -> None:
    """The first words are masked, and so are who told them and when."""
    claim = claimed(COOP)
    other = act("placement-changed", **{**CHANGED, "hours_a_week": 21}).model_dump(mode="json")
    correction = told(claim.version + 1, by, "act-corrected", {"entry": claim.version, "ground": ground, "act": other})
    corrected = claim.after(replace(correction, ruled="full"))
    line = lines_of(line_of(corrected), standings(corrected))[HEALTH]
    assert isinstance(line.case.history.entries[claim.version].act, Masked)
    (row,) = (row for row in waiting(line) if row.what == "claim")
    assert (row.type, row.told_by, row.position) == ("placement-changed", by, correction.position)
    assert row.at == when(correction.occurred)
    assert (row.version, row.wording) == (claim.version, correction.originator_version)
