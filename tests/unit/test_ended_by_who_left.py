"""Who has left a case, or a thread of it, ends nothing there any more: what it tells waits for the responsible."""

from typing import Any

import pytest

from domain.case import Case
from domain.case.referral import Referral
from domain.visibility import standing
from tests.examples import CENTRE, COOP, HEALTH, OTHER_COOP, PLACEMENT, REFERRAL
from tests.unit.given import Step, case, judged, refused, stored, then

FROM_IT: dict[str, Any] = {"referral": REFERRAL, "agreement": None, "signed_by": []}
AGREED: Step = (CENTRE, "placement-agreed", {**FROM_IT, "host": OTHER_COOP, "promoter": CENTRE})
OF_RESPONSIBLE: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    (CENTRE, "referral-sent", {"to": COOP, "agreement": None, "sheet": None}),
    (COOP, "referral-accepted", {"referral": REFERRAL}),
    AGREED,
)
OF_MEMBER: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"}),
    (HEALTH, "referral-sent", {"to": COOP, "agreement": None, "sheet": None}),
    (COOP, "referral-accepted", {"referral": REFERRAL}),
    AGREED,
)
REMOVED: Step = (CENTRE, "member-left", {"organisation": COOP})
LEFT: Step = (COOP, "member-left", {"organisation": COOP})
ENDS = ("referral-declined", "referral-outcome-returned")


def shown(about: Case) -> tuple[str, str]:
    """What the responsible reads of the referral and of the placement with the third."""
    referral = next(iter(about.path.referrals.by_id.values()))
    assert isinstance(referral, Referral)
    return referral.state, next(iter(about.path.placements.by_id.values())).state


@pytest.mark.parametrize(
    ("before", "leaves", "type_"),
    [
        *((OF_RESPONSIBLE, leaves, type_) for leaves in (REMOVED, LEFT) for type_ in ENDS),
        (OF_MEMBER, LEFT, "referral-declined"),
    ],
)
def test_who_has_left_ends_neither_its_referral_nor_what_was_agreed_from_it(
    before: tuple[Step, ...], leaves: Step, type_: str
) -> None:
    state = stored(case(), *before, leaves)
    assert shown(state) == ("accepted", "agreed")
    ends: Step = (COOP, type_, {"referral": REFERRAL})
    told = stored(state, ends)
    assert [each.originator_version for each in told.open_claims] == [told.version]
    for after in (told, then(state, ends), told.refolded()):
        assert shown(after) == ("accepted", "agreed")
    confirmed = stored(told, (CENTRE, "act-attested", {"entry": told.version}))
    assert shown(confirmed)[0] == ("declined" if type_ == "referral-declined" else "closed")


def test_to_who_left_the_thread_in_which_alone_it_stood_the_case_does_not_exist() -> None:
    """It may still say how it answered, not how what it has left came out; nor does a fold take that."""
    state = stored(case(), *OF_MEMBER, LEFT)
    assert refused(state, COOP, "referral-outcome-returned", referral=REFERRAL) == "case.unknown"
    assert shown(then(state, (COOP, "referral-outcome-returned", {"referral": REFERRAL}))) == ("accepted", "agreed")


@pytest.mark.parametrize("before", [OF_RESPONSIBLE, OF_MEMBER])
@pytest.mark.parametrize("type_", ENDS)
def test_who_is_there_ends_it_as_before(before: tuple[Step, ...], type_: str) -> None:
    assert not judged(stored(case(), *before), COOP, type_, referral=REFERRAL).claim


@pytest.mark.parametrize(("host", "state"), [(COOP, "cancelled"), (OTHER_COOP, "agreed")])
def test_a_decline_cancels_only_what_was_agreed_with_its_receiver(host: str, state: str) -> None:
    agreed: Step = (CENTRE, "placement-agreed", {**FROM_IT, "host": host, "promoter": CENTRE})
    ended = stored(case(), *OF_RESPONSIBLE[:-1], agreed, (COOP, "referral-declined", {"referral": REFERRAL}))
    assert shown(ended) == ("declined", state)
    if state == "agreed":
        assert not judged(ended, host, "placement-started", placement=PLACEMENT).claim


def test_a_sender_that_has_left_withdraws_no_referral_that_was_accepted() -> None:
    """The receiver stays the member that the responsible confirmed; an older release took the withdrawal as it came."""
    confirmed: Step = (CENTRE, "act-attested", {"entry": 4})
    state = stored(case(), *OF_MEMBER[:-1], confirmed, (CENTRE, "member-left", {"organisation": HEALTH}))
    stands = standing(state, COOP)
    assert stands
    assert stands.role == "member"
    withdrawn: Step = (HEALTH, "referral-withdrawn", {"referral": REFERRAL})
    told = stored(state, withdrawn)
    assert [each.originator_version for each in told.open_claims] == [told.version]
    as_stored = then(state, withdrawn)
    for after in (told, as_stored, as_stored.refolded()):
        assert standing(after, COOP) == stands
        assert [each.state for each in after.path.referrals.by_id.values()] == ["accepted"]
    assert as_stored.history.entries[as_stored.version].ruled == "none"


def test_a_sender_that_is_there_withdraws_it() -> None:
    confirmed: Step = (CENTRE, "act-attested", {"entry": 4})
    state = stored(case(), *OF_MEMBER[:-1], confirmed, (HEALTH, "referral-withdrawn", {"referral": REFERRAL}))
    assert standing(state, COOP) is None
    assert standing(state.refolded(), COOP) is None
