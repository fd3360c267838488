"""What needs two and was told by one account for both: not fulfilled, and shown so, until another word comes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case import Case
from domain.obligations import Due, obligations_of
from domain.refusal import Refused
from tests.examples import CENTRE, COOP, HEALTH, NOON, OFFICE, PAPER, PLACEMENT, REFERRAL, act, entry
from tests.unit.given import Step, case, judged, stored, then, uuid
from tests.unit.test_defaults import founded
from tests.unit.test_properties import QUICK

FOR_PAPER: dict[str, Any] = {"_on_behalf_of": PAPER, "_evidence": "phone"}
BOTH: dict[str, Any] = {"placements": [PLACEMENT], "fulfils": [], "tasks": [], "organisations": [CENTRE, PAPER]}
DAY = "2026-04-10"


def due(about: Case, rule: str, day: str = DAY) -> Due:
    return next(d for d in obligations_of(about, founded(), date.fromisoformat(day)) if d.rule == rule)


def said(about: Case, rule: str) -> tuple[str, bool, tuple[str, ...]]:
    found = due(about, rule)
    return found.state, found.obligation.one_sided, found.attests


def at(day: str, by: str, type_: str, **changes: Any) -> Step:
    return by, type_, {"_occurred": day, **changes}


OPENED: tuple[Step, ...] = (at("2026-02-01", CENTRE, "case-opened"),)
BY_COOP: tuple[Step, ...] = (
    *OPENED,
    at("2026-02-01", CENTRE, "member-joined", organisation=COOP, past="none"),
    at("2026-02-01", CENTRE, "member-joined", organisation=HEALTH, past="none"),
    at("2026-02-02", COOP, "referral-sent", to=PAPER, answer_by=None),
    at("2026-02-04", COOP, "referral-accepted", referral=REFERRAL, **FOR_PAPER),
)
"""A member refers to one without a system, and tells the answer for it."""
ANSWERED = len(BY_COOP)


def test_who_answers_its_own_referral_has_not_answered_it() -> None:
    assert said(case(*BY_COOP), "referral-answer-due") == ("waiting-for-attestation", True, (CENTRE,))


@pytest.mark.parametrize("entry", [ANSWERED - 1, ANSWERED])
def test_the_responsible_attests_it_as_a_third(entry: int) -> None:
    attested = stored(case(*BY_COOP), at("2026-02-05", CENTRE, "act-attested", entry=entry))
    assert said(attested, "referral-answer-due") == ("fulfilled-on-evidence", False, ())


def test_its_own_word_once_more_or_that_of_somebody_beside_changes_nothing() -> None:
    for by in (COOP, HEALTH):
        forced = then(case(*BY_COOP), at("2026-02-05", by, "act-attested", entry=ANSWERED))
        assert said(forced, "referral-answer-due")[:2] == ("waiting-for-attestation", True)


def test_an_attestation_of_other_words_changes_nothing() -> None:
    answer = {"type": "referral-accepted", "referral": REFERRAL, "conditions": "", "starts": "2026-03-01"}
    attested = at("2026-02-05", CENTRE, "act-attested", entry=ANSWERED)
    corrected = at("2026-02-06", COOP, "act-corrected", entry=ANSWERED, act=answer)
    assert said(then(case(*BY_COOP), attested, corrected), "referral-answer-due")[1]
    assert not said(then(case(*BY_COOP), corrected, attested), "referral-answer-due")[1]
    back = at("2026-02-07", CENTRE, "act-retracted", entry=ANSWERED + 1)
    assert said(then(case(*BY_COOP), attested, back), "referral-answer-due")[1]


def test_answered_by_the_one_that_was_asked_it_is_fulfilled() -> None:
    steps = (*BY_COOP[:-1], at("2026-02-04", PAPER, "referral-accepted", referral=REFERRAL))
    assert said(case(*steps), "referral-answer-due") == ("fulfilled", False, ())


def test_the_responsible_that_told_both_sides_is_no_third() -> None:
    steps = (
        *OPENED,
        at("2026-02-02", CENTRE, "referral-sent", to=PAPER, answer_by=None),
        at("2026-02-04", CENTRE, "referral-accepted", referral=REFERRAL, **FOR_PAPER),
    )
    again = then(case(*steps), at("2026-02-05", CENTRE, "act-attested", entry=3))
    for about in (case(*steps), again):
        assert said(about, "referral-answer-due") == ("waiting-for-attestation", True, (PAPER,))


PLACED: tuple[Step, ...] = (
    *BY_COOP[:3],
    at("2026-02-10", COOP, "placement-agreed", host=PAPER, promoter=COOP, agreement=None, signed_by=[], ends=None),
    at("2026-03-02", COOP, "placement-started", started="2026-03-02"),
)
MET = at("2026-03-23", CENTRE, "meeting-held", **BOTH)


def test_a_meeting_with_a_host_that_cannot_speak_is_on_one_sides_word() -> None:
    met = case(*PLACED, MET)
    assert said(met, "joint-monitoring") == ("waiting-for-attestation", True, (COOP,))  # its teller
    confirmed = stored(met, at("2026-03-24", COOP, "act-attested", entry=len(PLACED) + 1, **FOR_PAPER, on="phone"))
    assert said(confirmed, "joint-monitoring") == ("fulfilled-on-evidence", False, ())


def test_the_responsible_attests_a_meeting_that_others_told_for_both() -> None:
    """Neither named in it nor a party of the placement: a third."""
    met = case(
        *BY_COOP, *PLACED[3:], at("2026-03-23", COOP, "meeting-held", **{**BOTH, "organisations": [COOP, PAPER]})
    )
    assert said(met, "joint-monitoring") == ("waiting-for-attestation", True, (CENTRE,))
    attested = stored(met, at("2026-03-24", CENTRE, "act-attested", entry=met.version))
    assert said(attested, "joint-monitoring") == ("fulfilled-on-evidence", False, ())
    with pytest.raises(Refused):
        judged(met, HEALTH, "act-attested", entry=met.version)


def test_two_accounts_that_tell_it_are_two_words() -> None:
    again = at("2026-03-23", COOP, "meeting-held", **BOTH, **FOR_PAPER)
    assert said(case(*PLACED, MET, again), "joint-monitoring") == ("fulfilled-on-evidence", False, ())


ENDED = at("2026-03-31", COOP, "placement-ended", ended="2026-03-31")
SHARED = at("2026-04-01", CENTRE, "final-evaluation-shared", placement=PLACEMENT, project=None, built_on=[])


def test_an_evaluation_shared_with_one_that_cannot_speak_is_on_one_sides_word() -> None:
    shared = case(*PLACED, ENDED, SHARED)
    assert said(shared, "final-evaluation-due") == ("waiting-for-attestation", True, (COOP,))
    by_teller = then(shared, at("2026-04-02", COOP, "act-attested", entry=shared.version, **FOR_PAPER, on="phone"))
    assert said(by_teller, "final-evaluation-due")[1] is False


def test_an_evaluation_shared_between_two_systems_is_fulfilled() -> None:
    agreed = at("2026-02-10", CENTRE, "placement-agreed", host=COOP, agreement=None, signed_by=[], ends=None)
    steps = (*PLACED[:3], agreed, PLACED[4], ENDED, SHARED)
    assert said(case(*steps), "final-evaluation-due") == ("fulfilled", False, ())


def test_a_placement_stands_on_one_sides_word_until_its_host_or_the_responsible_speaks() -> None:
    agreed = case(*PLACED[:4])
    (placement,) = agreed.path.placements.by_id.values()
    assert placement.on_one_side
    for by in (PAPER, CENTRE):
        after = stored(agreed, at("2026-02-11", by, "act-attested", entry=4))
        assert not next(iter(after.path.placements.by_id.values())).on_one_side
        assert after.refolded().path == after.path
    beside = then(agreed, at("2026-02-11", HEALTH, "act-attested", entry=4))
    assert next(iter(beside.path.placements.by_id.values())).on_one_side
    with pytest.raises(Refused):
        judged(agreed, HEALTH, "act-attested", entry=4)


def test_a_member_beside_signs_nothing_away() -> None:
    signed = then(case(*PLACED[:4]), at("2026-02-12", HEALTH, "placement-signed", placement=PLACEMENT, party="person"))
    assert next(iter(signed.path.placements.by_id.values())).on_one_side


def test_a_claim_that_is_confirmed_is_the_word_of_two() -> None:
    state = stored(case(*PLACED[:4]), at("2026-03-02", HEALTH, "placement-started", started="2026-03-02"))
    assert state.history.entries[state.version].claim
    confirmed = stored(state, at("2026-03-03", CENTRE, "act-attested", entry=state.version))
    assert not next(iter(confirmed.path.placements.by_id.values())).on_one_side
    assert confirmed.refolded().path == confirmed.path


def test_a_third_account_says_nothing_of_what_the_two_did() -> None:
    """Neither by telling the meeting itself nor by a word for one that it does not speak for."""
    told_by_third = case(*PLACED, at("2026-03-23", HEALTH, "meeting-held", **BOTH))
    attested = then(told_by_third, at("2026-03-24", CENTRE, "act-attested", entry=len(PLACED) + 1))
    assert said(attested, "joint-monitoring") == ("waiting-for-attestation", True, (COOP,))
    named = {**BOTH, "organisations": [CENTRE, PAPER, HEALTH]}
    met = case(*PLACED, at("2026-03-23", CENTRE, "meeting-held", **named))
    word = at("2026-03-24", HEALTH, "act-attested", entry=len(PLACED) + 1, **FOR_PAPER, on="phone")
    assert said(then(met, word), "joint-monitoring")[:2] == ("waiting-for-attestation", True)
    with pytest.raises(Refused):
        judged(met, HEALTH, "act-attested", entry=len(PLACED) + 1, **FOR_PAPER, on="phone")
    own = stored(met, at("2026-03-24", HEALTH, "act-attested", entry=len(PLACED) + 1))
    assert said(own, "joint-monitoring")[1]


def test_what_was_told_before_it_had_a_system_keeps_the_effect_it_had() -> None:
    met = case(*PLACED, MET, at("2026-03-23", COOP, "meeting-held", **BOTH, **FOR_PAPER))
    update = entry(act("organisation-updated", connected=True), OFFICE, 99, record=f"organisation/{PAPER}")
    states = []
    for days in (0, 90):
        connected = founded().after(replace(update, recorded_at=NOON + timedelta(days=days)))
        assert connected.connected(PAPER)
        found = obligations_of(met, connected, date.fromisoformat(DAY))
        states.append(next(d.state for d in found if d.rule == "joint-monitoring"))
    assert states == ["waiting-for-attestation", "fulfilled-on-evidence"]


TOLD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("referral-sent", {"to": PAPER, "answer_by": None}),
    ("referral-accepted", {"referral": REFERRAL}),
    ("referral-waitlisted", {"referral": REFERRAL}),
    ("meeting-held", {**BOTH, "organisations": [COOP, PAPER]}),
    ("meeting-held", {**BOTH, "organisations": [CENTRE, PAPER], "meeting": str(uuid(78))}),
    ("final-evaluation-shared", {"placement": PLACEMENT, "project": None, "built_on": [], "shared_with": [CENTRE]}),
    *(("act-attested", {"entry": n, "on": on}) for n in range(3, 9) for on in ("own", "phone")),
)


@QUICK
@given(st.lists(st.tuples(st.sampled_from(TOLD), st.sampled_from([None, PAPER, CENTRE, HEALTH])), max_size=7))
def test_whatever_one_account_tells_for_others_nothing_is_fulfilled_by_it(steps: list[Any]) -> None:
    """All of it is on the record, also what the door refuses."""
    agreed = (*PLACED[3:], at("2026-03-20", COOP, "placement-ended", ended="2026-03-20"))
    told = (at("2026-03-20", COOP, type_, **fields, _on_behalf_of=whom) for (type_, fields), whom in steps)
    about = case(*BY_COOP[:3], *agreed, *told)
    for each in obligations_of(about, founded(), date(2026, 5, 1)):
        joint = each.obligation.joint is not False
        assert not (each.state.startswith("fulfilled") and joint), each
        assert each.obligation.one_sided or each.state != "waiting-for-attestation" or CENTRE in each.attests
