"""Who may do what with a referral, in each of its states: the table is the specification."""

from functools import reduce

import pytest

from domain.case import Case
from domain.case.referral import OPEN
from tests.examples import CASE, CENTRE, COOP, HEALTH, OTHER_COOP, REFERRAL, TRAINER
from tests.unit.given import ACCEPTED, SENT, Step, case, check, code_of, refused, then, uuid

ROLES = {"sender": CENTRE, "receiver": COOP, "member": HEALTH, "stranger": OTHER_COOP}

JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "all", "past_since": None})
STATES: dict[str, tuple[Step, ...]] = {
    "sent": (*SENT, JOINED),
    "waitlisted": (*SENT, JOINED, (COOP, "referral-waitlisted")),
    "accepted": (*ACCEPTED, JOINED),
    "declined": (*SENT, JOINED, (COOP, "referral-declined", {"referral": REFERRAL})),
    "withdrawn": (*SENT, JOINED, (CENTRE, "referral-withdrawn", {"referral": REFERRAL})),
    "closed": (*ACCEPTED, JOINED, (COOP, "referral-outcome-returned")),
}

NO, WAS, OUT, NOT = "referral.not-yours", "referral.answered", "case.unknown", "referral.not-accepted"
ACTS = (
    "referral-accepted", "referral-declined", "referral-waitlisted", "referral-withdrawn",
    "information-asked", "information-supplied", "referral-assigned", "referral-outcome-returned",
)  # fmt: skip
TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    #                            accepted declined waitlisted withdrawn asked supplied assigned outcome
    ("sent", "sender"):         (NO,     NO,      NO,        "",       NO,   "",      NO,      NO),
    ("sent", "receiver"):       ("",     "",      "",        NO,       "",   NO,      "",      NOT),
    ("sent", "member"):         (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    ("waitlisted", "sender"):   (NO,     NO,      NO,        "",       NO,   "",      NO,      NO),
    ("waitlisted", "receiver"): ("",     "",      "",        NO,       "",   NO,      "",      NOT),
    ("waitlisted", "member"):   (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    ("accepted", "sender"):     (NO,     NO,      NO,        "",       NO,   "",      NO,      NO),
    ("accepted", "receiver"):   (WAS,    "",      WAS,       NO,       "",   NO,      "",      ""),
    ("accepted", "member"):     (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    ("declined", "sender"):     (NO,     NO,      NO,        WAS,      NO,   "",      NO,      NO),
    ("declined", "receiver"):   (WAS,    WAS,     WAS,       OUT,      OUT,  OUT,     OUT,     OUT),
    ("declined", "member"):     (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    ("withdrawn", "sender"):    (NO,     NO,      NO,        WAS,      NO,   "",      NO,      NO),
    ("withdrawn", "receiver"):  ("",     "",      "",        OUT,      OUT,  OUT,     OUT,     OUT),
    ("withdrawn", "member"):    (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    ("closed", "sender"):       (NO,     NO,      NO,        WAS,      NO,   "",      NO,      NO),
    ("closed", "receiver"):     (WAS,    WAS,     WAS,       NO,       "",   NO,      "",      NOT),
    ("closed", "member"):       (NO,     NO,      NO,        NO,       NO,   NO,      NO,      NO),
    **{(state, "stranger"): (OUT,) * 8 for state in STATES},
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "role", "type_", "outcome"),
    [(s, r, t, o) for (s, r), row in TABLE.items() for t, o in zip(ACTS, row, strict=True)],
)
def test_who_may_speak(state: str, role: str, type_: str, outcome: str) -> None:
    before = case(*STATES[state])
    assert _tried(before, ROLES[role], type_) == outcome


def _tried(before: Case, by: str, type_: str) -> str:
    return code_of(lambda: check(before, by, type_, referral=REFERRAL))


def test_the_table_is_whole() -> None:
    assert {(s, r) for s in STATES for r in ROLES} == set(TABLE)


@pytest.mark.parametrize("state", STATES)
def test_the_state_is_that_of_the_last_answer(state: str) -> None:
    assert {r.state for r in case(*STATES[state]).path.referrals.by_id.values()} == {state}


def test_sending_opens_a_case_that_is_not_on_the_record() -> None:
    assert case(*SENT).path.team.responsible == CENTRE


def test_sending_in_a_case_that_is_open_leaves_the_responsible() -> None:
    later = then(case(*ACCEPTED), (COOP, "referral-sent", {"referral": str(uuid(9)), "to": TRAINER}))
    assert later.path.team.responsible == CENTRE


def test_accepting_joins_the_receiver() -> None:
    before, after = case(*SENT), case(*ACCEPTED)
    assert (before.path.team.belongs(COOP), after.path.team.belongs(COOP)) == (False, True)


@pytest.mark.parametrize("state", ["declined", "withdrawn", "waitlisted"])
def test_no_other_answer_joins(state: str) -> None:
    assert not case(*STATES[state]).path.team.belongs(COOP)


@pytest.mark.parametrize("state", STATES)
def test_an_answer_is_awaited_while_it_is_open(state: str) -> None:
    referrals = case(*STATES[state]).path.referrals
    assert bool(referrals.asked(COOP)) == (state in OPEN)


def test_accepting_a_second_referral_takes_nothing_of_the_past_away() -> None:
    sent_again: Step = (HEALTH, "referral-sent", {"referral": str(uuid(9)), "to": COOP})
    before = then(case(*ACCEPTED, JOINED), sent_again)
    after = then(before, (COOP, "referral-accepted", {"referral": str(uuid(9))}))
    assert after.path.team.membership(COOP) == before.path.team.membership(COOP)


AGREED: Step = (COOP, "placement-agreed", {"referral": REFERRAL, "agreement": None})
SIGNED: Step = (CENTRE, "placement-signed", {"party": "person"})
STARTED: Step = (COOP, "placement-started")


@pytest.mark.parametrize(
    ("steps", "past"),
    [
        ((), "none"),
        ((AGREED,), "none"),
        ((AGREED, STARTED), "none"),
        ((AGREED, SIGNED), "none"),
        ((AGREED, SIGNED, STARTED), "all"),
        ((AGREED, STARTED, SIGNED), "all"),
        ((AGREED, STARTED, (CENTRE, "act-attested", {"entry": 3})), "all"),
        ((AGREED, STARTED, (COOP, "placement-signed", {"party": "person"})), "none"),
    ],
)
def test_the_past_opens_once_the_placement_has_begun_on_anothers_word(steps: tuple[Step, ...], past: str) -> None:
    sent: Step = (CENTRE, "referral-sent", {"past": "all"})
    stay = case(sent, (COOP, "referral-accepted"), *steps).path.team.membership(COOP)
    assert stay
    assert stay.past == past


def test_only_the_responsible_opens_the_past_by_a_referral() -> None:
    wide = {"referral": str(uuid(9)), "to": TRAINER, "past": "all"}
    check(case(*ACCEPTED), CENTRE, "referral-sent", **wide)
    assert refused(case(*ACCEPTED), COOP, "referral-sent", **wide) == "case.not-responsible"


def test_a_sender_who_left_meanwhile_does_not_come_back_with_all_the_past() -> None:
    left = (
        *ACCEPTED,
        JOINED,
        (COOP, "referral-sent", {"referral": str(uuid(9)), "to": TRAINER}),
        (COOP, "member-left", {"organisation": COOP}),
    )
    after = then(case(*left), (TRAINER, "referral-accepted", {"referral": str(uuid(9))}))
    assert not after.path.team.belongs(COOP)


def test_a_referral_has_one_id() -> None:
    assert refused(case(*SENT), CENTRE, "referral-sent") == "referral.exists"


def test_a_referral_goes_to_another() -> None:
    assert refused(Case(CASE), CENTRE, "referral-sent", to=CENTRE) == "referral.to-oneself"


def test_the_past_since_a_day_needs_the_day() -> None:
    assert refused(Case(CASE), CENTRE, "referral-sent", past="since") == "member.past-without-date"


@pytest.mark.parametrize("type_", ["referral-accepted", "information-asked", "referral-withdrawn"])
def test_a_referral_nobody_sent_is_unknown(type_: str) -> None:
    assert refused(case(*ACCEPTED), COOP, type_, referral=str(uuid(9))) == "referral.unknown"


def test_an_answer_dated_before_the_sending_is_refused() -> None:
    assert refused(case(*SENT), COOP, "referral-accepted", _occurred="2026-02-27") == "referral.answered-before-sent"


@pytest.mark.parametrize("told", ["2026-03-02", "2026-03", "2026"])
def test_an_answer_of_the_same_day_month_or_year_is_taken(told: str) -> None:
    check(case(*SENT), COOP, "referral-accepted", _occurred=told)


def test_another_may_answer_on_behalf_of_the_one_asked() -> None:
    after = then(case(*SENT), (CENTRE, "referral-accepted", {"_on_behalf_of": COOP, "_evidence": "phone"}))
    assert after.path.team.belongs(COOP)


def test_whoever_was_asked_cannot_do_anything_else_yet() -> None:
    assert refused(case(*SENT), COOP, "contact-made") == "case.only-asked"


def test_a_stranger_who_refers_in_anothers_case_learns_nothing_of_it() -> None:
    assert refused(case(*SENT), OTHER_COOP, "referral-sent", referral=str(uuid(9))) == "case.unknown"


def test_what_was_refused_leaves_no_trace() -> None:
    before = case(*SENT)
    refused(before, OTHER_COOP, "referral-accepted")
    assert before == case(*SENT)


def test_folding_never_refuses_even_what_could_not_have_been() -> None:
    steps: list[Step] = [(OTHER_COOP, type_) for type_ in ACTS]
    assert reduce(then, steps, Case(CASE)).version == len(steps)
