"""Ways round the rules of authority that a hostile reader has found, and their kind."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from domain.organisation import Organisation
from domain.refusal import Refused
from domain.visibility import standing
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OTHER_COOP, PLACEMENT, REFERRAL, TRAINER
from tests.unit.given import ACCEPTED, Step, case, judged, refused, stored, then, uuid
from tests.unit.test_defaults import founded

JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"})
FOR: dict[str, Any] = {"_evidence": "phone"}
SECOND = str(uuid(9))
STARTED: tuple[Step, ...] = (*ACCEPTED, (CENTRE, "placement-agreed", {"agreement": None}), (COOP, "placement-started"))


def outcome(before: Case, by: str, type_: str, **changes: Any) -> str:
    try:
        return "claim" if judged(before, by, type_, **changes).claim else "effect"
    except Refused as refusal:
        return refusal.code


@pytest.mark.parametrize("teller", [CENTRE, HEALTH])
def test_nobody_is_named_to_tell_for_a_receiver_that_has_a_system(teller: str) -> None:
    before = case(*ACCEPTED, JOINED)
    assert refused(before, CENTRE, "handover-proposed", to=TRAINER, teller=teller) == "teller.not-needed"


def test_a_handover_is_not_accepted_by_another_for_one_that_has_a_system() -> None:
    """As stored by an older release, with a teller named for it all the same."""
    before = case(
        *ACCEPTED, JOINED, (CENTRE, "handover-proposed", {"handover": HANDOVER, "to": TRAINER, "teller": HEALTH})
    )
    assert outcome(before, HEALTH, "handover-accepted", handover=HANDOVER, _on_behalf_of=TRAINER, **FOR) == "claim"
    own = stored(before, (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert own.path.team.responsible == TRAINER
    assert not any(own.path.team.holds(each) for each in (CENTRE, HEALTH, COOP))


def test_who_handed_over_to_one_that_it_had_brought_in_admits_nobody() -> None:
    """Who brought an organisation in tells for it if that has no system; it holds nothing for one that speaks."""
    proposed = stored(case(*ACCEPTED), (CENTRE, "handover-proposed", {"handover": HANDOVER, "to": COOP}))
    handed = stored(proposed, (COOP, "handover-accepted", {"handover": HANDOVER}))
    assert not handed.path.team.holds(CENTRE)
    stays = (COOP, "member-joined", {"organisation": CENTRE, "role": "specialist", "past": "none"})
    sent = (CENTRE, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none"})
    joined = stored(handed, stays, sent, (TRAINER, "referral-accepted", {"referral": SECOND}))
    stands = standing(joined, TRAINER)
    assert stands
    assert stands.role == "thread"


ADOPTED: tuple[Step, ...] = (
    *ACCEPTED,
    JOINED,
    (CENTRE, "case-handed-out"),
    (HEALTH, "case-adopted", {"organisation": HEALTH}),
)


@pytest.mark.parametrize("type_", ["act-corrected", "act-retracted"])
def test_who_adopted_a_case_opens_no_past_by_amending_what_admits(type_: str) -> None:
    adopted = case(*ADOPTED)
    entry = len(ACCEPTED) + 1
    wider = {"type": "member-joined", "organisation": HEALTH, "role": "specialist", "past": "all"}
    changes = {"entry": entry, **({"act": wider} if type_ == "act-corrected" else {})}
    assert refused(adopted, HEALTH, type_, **changes) == "case.past-not-confirmed"
    before, after = standing(adopted, HEALTH), standing(then(adopted, (HEALTH, type_, changes)), HEALTH)
    assert before == after


def test_a_confirmed_claim_has_the_effect_it_would_have_from_the_one_that_confirms_it() -> None:
    """A member tells a referral for another member; that one's word admits to the thread, as its own act would."""
    state = stored(
        case(*ACCEPTED, JOINED),
        (COOP, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "none", "_on_behalf_of": HEALTH, **FOR}),
    )
    claim = state.version
    assert [each.originator_version for each in state.open_claims] == [claim]
    confirmed = stored(
        state, (HEALTH, "act-attested", {"entry": claim}), (TRAINER, "referral-accepted", {"referral": SECOND})
    )
    stands = standing(confirmed, TRAINER)
    assert stands
    assert stands.role == "thread"


@pytest.mark.parametrize(
    ("by", "obligation", "expected"),
    [
        (CENTRE, f"joint-monitoring-{PLACEMENT}", "effect"),
        (COOP, f"joint-monitoring-{PLACEMENT}", "effect"),
        (COOP, f"joint-monitoring-{PLACEMENT}-2", "effect"),
        (HEALTH, f"joint-monitoring-{PLACEMENT}", "obligation.not-yours"),
        (HEALTH, f"joint-monitoring-{REFERRAL}", "obligation.not-yours"),
        (COOP, f"joint-monitoring-{SECOND}", "obligation.not-yours"),
        (COOP, "no-such-thing", "obligation.not-yours"),
        (COOP, f"joint-monitoring-{PLACEMENT}-{SECOND}", "obligation.not-yours"),
    ],
)
def test_only_those_who_owe_it_waive_an_obligation(by: str, obligation: str, expected: str) -> None:
    state = case(*STARTED, JOINED)
    assert outcome(state, by, "obligation-waived", obligations=[obligation], agreed_by=[CENTRE, COOP]) == expected


@pytest.mark.parametrize(("by", "expected"), [(CENTRE, "effect"), (COOP, "effect"), (HEALTH, "claim")])
def test_the_final_evaluation_is_of_those_whose_placement_it_is(by: str, expected: str) -> None:
    state = case(*STARTED, JOINED)
    assert outcome(state, by, "final-evaluation-shared", placement=PLACEMENT, project=None, built_on=[]) == expected


def test_who_is_only_asked_ends_no_meeting_and_no_task_of_others() -> None:
    meeting = str(uuid(77))
    others: tuple[Step, ...] = (
        *ACCEPTED,
        (CENTRE, "meeting-convened", {"meeting": meeting, "placements": [], "referral": None}),
        (CENTRE, "referral-sent", {"to": OTHER_COOP, "referral": SECOND, "past": "none"}),
    )
    state = case(*others)
    for type_ in ("meeting-cancelled", "meeting-held", "meeting-missed"):
        changes: dict[str, Any] = {"meeting": meeting, "referral": SECOND}
        changes |= {"placements": []} if type_ != "meeting-cancelled" else {}
        assert outcome(state, OTHER_COOP, type_, **changes) == "case.only-asked"
    own = stored(
        state, (OTHER_COOP, "meeting-convened", {"meeting": str(uuid(78)), "placements": [], "referral": SECOND})
    )
    assert outcome(own, OTHER_COOP, "meeting-cancelled", meeting=str(uuid(78)), referral=SECOND) == "effect"


@pytest.mark.parametrize("kind", ["company", "trainer", "temporary-work-agency", "trade-union", "of-no-list"])
def test_an_employer_a_trainer_or_an_agency_takes_up_no_case(kind: str) -> None:
    network = founded()
    barred = Organisation("organisation/x", organisation_kind=kind)
    network = replace(network, organisations=network.organisations.set("x", barred))
    assert (network.may_adopt("x"), network.never_adopts("x")) == (False, True)


@pytest.mark.parametrize("kind", ["social-cooperative-b", "municipality"])
def test_another_takes_one_up_only_where_it_sent_a_referral(kind: str) -> None:
    network = founded()
    known = Organisation("organisation/x", organisation_kind=kind)
    network = replace(network, organisations=network.organisations.set("x", known))
    assert (network.may_adopt("x"), network.never_adopts("x")) == (False, False)


def test_the_host_of_a_placement_does_not_adopt_the_case() -> None:
    """Though it is a public service."""
    hosted = (CENTRE, "placement-agreed", {"agreement": None, "host": HEALTH, "referral": None})
    released = case(*ACCEPTED, JOINED, hosted, (CENTRE, "case-handed-out"))
    assert outcome(released, HEALTH, "case-adopted", organisation=HEALTH) == "case.not-yours-to-adopt"
