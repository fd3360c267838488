"""Stories in which somebody puts together what each rule allows by itself; each ends with what is read in the end."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.case.accounts import EverybodyConnected
from domain.case.leading import leads
from domain.refusal import Refused
from domain.visibility import sight, standing
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OFFICE, PAPER, TRAINER, act
from tests.unit.given import ACCEPTED, KNOWN_ACCOUNTS, Step, case, refused, stored, then, told, uuid

SECOND, THIRD = str(uuid(8)), str(uuid(9))
TEAM: tuple[Step, ...] = (
    *ACCEPTED,
    (CENTRE, "contact-made"),
    (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"}),
    (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none"}),
)
PROPOSED: Step = (CENTRE, "handover-proposed", {"handover": HANDOVER, "to": TRAINER})
OPENING: Step = (CENTRE, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "all", "past_since": None})
TAKEN: Step = (TRAINER, "referral-accepted", {"referral": SECOND})
OWN: dict[str, Any] = {"agreement": None, "referral": None, "host": TRAINER, "promoter": TRAINER, "signed_by": []}


def read(of: Case, reader: str) -> list[int]:
    return [v for v, e in sorted(of.history.entries.items()) if sight(of, e, reader) is not None]


def test_an_overtaken_handover_gives_no_case_away_by_the_word_of_who_adopted_it() -> None:
    """Handed out, adopted; then the one asked before accepts, and the adopter attests the claim."""
    adopted = stored(
        case(*TEAM), PROPOSED, (CENTRE, "case-handed-out"), (HEALTH, "case-adopted", {"organisation": HEALTH})
    )
    claimed = stored(adopted, (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert refused(claimed, HEALTH, "act-attested", entry=claimed.version) == "case.past-not-confirmed"
    attests = told(claimed.version + 1, HEALTH, "act-attested", {"entry": claimed.version})
    forced = claimed.after(replace(attests, confirms=True))
    assert forced.path.team.responsible == HEALTH
    assert read(forced, TRAINER) == [*read(adopted, TRAINER), claimed.version, forced.version]


@pytest.mark.parametrize("answer", ["handover-accepted", "handover-declined"])
def test_what_one_answered_is_no_answer_of_another_that_was_meant(answer: str) -> None:
    """A refused handover is put right: the one that was meant is asked, and answers itself."""
    answered = stored(case(*TEAM), PROPOSED, (TRAINER, answer, {"handover": HANDOVER}))
    by = TRAINER if answer == "handover-accepted" else CENTRE
    right = act("handover-proposed", handover=HANDOVER, to=HEALTH).model_dump(mode="json")
    corrected = stored(
        answered, (by, "act-corrected", {"entry": answered.version - 1, "act": right, "ground": "wrong-organisation"})
    )
    assert corrected.path.team.responsible == CENTRE
    taken = stored(corrected, (HEALTH, "handover-accepted", {"handover": HANDOVER}))
    assert taken.path.team.responsible == HEALTH
    assert read(taken, HEALTH) == list(range(1, taken.version + 1))


def test_who_declined_a_handover_does_not_bring_it_back() -> None:
    declined = stored(case(*TEAM), PROPOSED, (TRAINER, "handover-declined", {"handover": HANDOVER}))
    retracting = {"entry": declined.version, "ground": "mistake"}
    assert refused(declined, TRAINER, "act-retracted", **retracting) == "correction.moves-belonging"
    forced = then(declined, (TRAINER, "act-retracted", retracting), (TRAINER, "handover-accepted"))
    assert forced.path.team.responsible == CENTRE


def test_no_second_agreement_takes_the_place_of_one_that_another_has_told() -> None:
    """It would name the referral whose past opens once the placement begins on the word of another."""
    before = stored(
        case(*TEAM), (CENTRE, "placement-agreed", {**OWN, "host": COOP, "promoter": CENTRE}), OPENING, TAKEN
    )
    again = {**OWN, "referral": SECOND, "host": COOP}
    assert refused(before, TRAINER, "placement-agreed", **again) == "placement.exists"
    begun = stored(then(before, (TRAINER, "placement-agreed", again)), (CENTRE, "placement-started"))
    assert standing(begun, TRAINER) == standing(before, TRAINER)
    assert 1 not in read(begun, TRAINER)


def test_a_word_on_a_placement_opens_no_past_that_was_named_after_it() -> None:
    agreed = stored(case(*TEAM), OPENING, TAKEN, (TRAINER, "placement-agreed", OWN))
    entry = agreed.version
    naming = {"entry": entry, "act": act("placement-agreed", **{**OWN, "referral": SECOND}).model_dump(mode="json")}
    naming["ground"] = "mistake"
    attested = stored(agreed, (CENTRE, "act-attested", {"entry": entry}))
    assert refused(attested, TRAINER, "act-corrected", **naming) == "correction.moves-belonging"
    forced = stored(then(attested, (TRAINER, "act-corrected", naming)), (TRAINER, "placement-started"))
    assert 1 not in read(forced, TRAINER)
    # Named first and then attested, it opens: the responsible organisation has seen what it gave its word on.
    reads = {"entry": entry, "wording": agreed.version + 1}
    named = stored(agreed, (TRAINER, "act-corrected", naming), (CENTRE, "act-attested", reads))
    assert 1 in read(stored(named, (TRAINER, "placement-started")), TRAINER)


def test_who_refers_back_and_forth_comes_no_further_than_its_thread() -> None:
    """From one member to another and back, each accepted: no past, and no member by their own word."""
    back_and_forth = stored(
        case(*ACCEPTED, (CENTRE, "contact-made")),
        (COOP, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none"}),
        TAKEN,
    )
    assert refused(back_and_forth, TRAINER, "referral-sent", to=COOP, referral=THIRD, past="none") == "case.only-asked"
    assert refused(back_and_forth, COOP, "referral-sent", to=TRAINER, referral=THIRD, past="all") == (
        "case.not-responsible"
    )
    forced = then(
        back_and_forth,
        (TRAINER, "referral-sent", {"to": COOP, "referral": THIRD, "past": "all", "past_since": None}),
        (COOP, "referral-accepted", {"referral": THIRD}),
    )
    assert standing(forced, COOP) == standing(back_and_forth, COOP)
    assert 1 not in read(forced, TRAINER)


def test_who_told_for_one_that_got_a_system_holds_nothing_from_its_first_word_on() -> None:
    for_paper: dict[str, Any] = {"_on_behalf_of": PAPER, "_evidence": "phone"}
    opened = case((CENTRE, "case-opened", for_paper), (CENTRE, "member-joined", {"organisation": COOP, "past": "none"}))
    assert leads(opened, CENTRE)
    spoken = then(opened, (PAPER, "contact-made"))
    assert not leads(spoken, CENTRE)
    joined = (CENTRE, "member-joined", {"organisation": TRAINER, "past": "all", "past_since": None})
    assert read(then(spoken, joined), TRAINER) == []
    tried = told(spoken.version + 1, *joined)
    with pytest.raises(Refused, match=r"case\.not-responsible"):
        spoken.check(tried, EverybodyConnected())


class Suspended(type(KNOWN_ACCOUNTS)):  # type: ignore[misc]
    def silenced(self, organisation: str) -> bool:
        return organisation == CENTRE


def test_who_was_suspended_finds_the_case_with_another_when_it_speaks_again() -> None:
    before = stored(case(*TEAM), PROPOSED)
    adopted = told(before.version + 1, HEALTH, "case-adopted", {"organisation": HEALTH})
    after = before.after(before.check(adopted, Suspended()))
    assert after.path.team.responsible == HEALTH
    assert refused(after, CENTRE, "member-joined", organisation=COOP) == "case.not-responsible"
    late = stored(after, (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert late.path.team.responsible == HEALTH
    assert standing(then(late, (CENTRE, "member-joined", {"organisation": OFFICE, "past": "all"})), OFFICE) is None
