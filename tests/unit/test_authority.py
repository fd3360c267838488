"""Who may tell what with effect: tables of role, act and time; claims, tellers, and stories that must go through."""

from datetime import timedelta
from typing import Any

import pytest

from domain.agreement import Agreement
from domain.case import Case
from domain.case.amendable import effect_of
from domain.catalogue import ACTS, ALL
from domain.entry import Entry
from domain.network import Network
from domain.refusal import Refused
from domain.rules import check as check_rules
from domain.visibility import sight, standing
from tests.examples import (
    AGREEMENT,
    CENTRE,
    COOP,
    HANDOVER,
    HEALTH,
    NOON,
    OFFICE,
    OTHER_COOP,
    PAPER,
    PLACEMENT,
    REFERRAL,
    SHEET,
    TRAINER,
    act,
    entry,
)
from tests.unit.given import ACCEPTED, SENT, Step, case, judged, refused, stored, then, told, uuid
from tests.unit.test_defaults import founded

SECOND = str(uuid(9))
JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"})
AGREED: dict[str, Any] = {"agreement": None, "referral": REFERRAL}
FOR: dict[str, Any] = {"_evidence": "phone"}


def outcome(before: Case, by: str, type_: str, **changes: Any) -> str:
    """`effect`, `claim`, or the code with which it is refused."""
    try:
        return "claim" if judged(before, by, type_, **changes).claim else "effect"
    except Refused as refusal:
        return refusal.code


def test_every_act_declares_its_effect() -> None:
    assert {act_.effect for act_ in ALL} == {"statement", "answer", "authority"}
    assert [a.__name__ for a in ALL if "effect" not in a.__dict__] == []


def test_a_referral_that_opens_the_past_is_an_act_of_authority() -> None:
    assert [effect_of(act("referral-sent", past=past)) for past in ("none", "all")] == ["answer", "authority"]


# role and act: now, before it joined, after it left

NOW = case(*ACCEPTED, JOINED)
LEFT = then(NOW, (HEALTH, "member-left", {"organisation": HEALTH}), (COOP, "member-left", {"organisation": COOP}))
OF_AUTHORITY: dict[str, dict[str, Any]] = {
    "member-joined": {"organisation": TRAINER},
    "handover-proposed": {"to": TRAINER},
    "case-handed-out": {},
    "case-suspended": {},
    "case-resumed": {},
    "case-closed": {},
    "case-reopened": {},
    "teller-named": {"organisation": PAPER, "teller": CENTRE},
    "referral-sent": {"to": TRAINER, "referral": SECOND, "past": "all"},
}


@pytest.mark.parametrize("type_", OF_AUTHORITY)
@pytest.mark.parametrize(
    ("state", "by", "expected"),
    [
        (NOW, CENTRE, "effect"),
        (NOW, COOP, "case.not-responsible"),
        (NOW, HEALTH, "case.not-responsible"),
        (NOW, OTHER_COOP, "case.unknown"),
        (LEFT, CENTRE, "effect"),
        (LEFT, HEALTH, "case.not-responsible"),
        (case(*SENT), COOP, "case.only-asked"),
    ],
)
@pytest.mark.parametrize("occurred", [None, "2026-03-02T14:30:00Z"])
def test_authority_is_the_responsibles_now(
    type_: str, state: Case, by: str, expected: str, occurred: str | None
) -> None:
    when = {"_occurred": occurred} if occurred else {}
    assert outcome(state, by, type_, **OF_AUTHORITY[type_], **when) == expected


@pytest.mark.parametrize("type_", OF_AUTHORITY)
@pytest.mark.parametrize(("by", "code"), [(COOP, "case.not-responsible"), (HEALTH, "case.not-responsible")])
def test_speaking_on_behalf_of_the_responsible_grants_nothing(type_: str, by: str, code: str) -> None:
    assert outcome(NOW, by, type_, **OF_AUTHORITY[type_], **FOR, _on_behalf_of=CENTRE) == code


@pytest.mark.parametrize("type_", [*OF_AUTHORITY, "referral-accepted", "placement-agreed", "act-attested"])
def test_only_for_is_for_statements(type_: str) -> None:
    fields = {**OF_AUTHORITY, "referral-accepted": {}, "placement-agreed": AGREED, "act-attested": {"entry": 2}}[type_]
    by = COOP if type_ == "referral-accepted" else CENTRE
    before = case(*SENT) if type_ == "referral-accepted" else NOW
    assert outcome(before, by, type_, **fields, _only_for=()) == "only-for.not-on-this-act"


@pytest.mark.parametrize(
    ("by", "changes", "expected"),
    [
        (COOP, {}, "effect"),
        (CENTRE, {"_on_behalf_of": COOP, **FOR}, "claim"),
        (CENTRE, {}, "referral.not-yours"),
        (OTHER_COOP, {"_on_behalf_of": COOP, **FOR}, "case.unknown"),
    ],
)
def test_an_answer_is_of_the_one_that_was_asked(by: str, changes: dict[str, Any], expected: str) -> None:
    assert outcome(case(*SENT), by, "referral-accepted", **changes) == expected


# Claims

CLAIMED = stored(case(*SENT), (CENTRE, "referral-accepted", {"_on_behalf_of": COOP, **FOR}))


def test_a_claim_has_no_effect_until_the_one_it_concerns_attests_it() -> None:
    assert CLAIMED.path.referrals.by_id[uuid_of(REFERRAL)].state == "sent"
    assert [e.originator_version for e in CLAIMED.open_claims] == [2]
    attested = stored(CLAIMED, (COOP, "act-attested", {"entry": 2}))
    assert attested.path.referrals.by_id[uuid_of(REFERRAL)].state == "accepted"
    stands = standing(attested, COOP)
    assert stands
    assert (stands.role, stands.joined) == ("member", 3)
    assert list(attested.open_claims) == []


def test_nobody_attests_a_claim_for_the_one_it_concerns() -> None:
    assert refused(CLAIMED, CENTRE, "act-attested", entry=2, _on_behalf_of=COOP, **FOR) == "act.for-a-connected"
    assert refused(CLAIMED, CENTRE, "act-attested", entry=2) == "entry.does-not-name-you"


def uuid_of(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


# Honest stories


def test_an_acceptance_by_phone_told_after_a_handover_is_not_lost() -> None:
    """Friday by phone; on Saturday the case passes on; on Monday the old responsible tells it."""
    friday = case((CENTRE, "referral-sent", {"to": PAPER, "answer_by": None}), JOINED)
    saturday = stored(
        friday,
        (CENTRE, "handover-proposed", {"to": HEALTH}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER}),
    )
    monday = stored(saturday, (CENTRE, "referral-accepted", {"_on_behalf_of": PAPER, **FOR}))
    (claim,) = monday.open_claims
    confirmed = stored(monday, (HEALTH, "act-attested", {"entry": claim.originator_version}))
    assert confirmed.path.referrals.by_id[uuid_of(REFERRAL)].state == "accepted"
    assert standing(confirmed, PAPER)


def test_a_wrong_namesake_that_joined_is_put_right_by_the_new_responsible() -> None:
    wrong = case(*ACCEPTED, (CENTRE, "member-joined", {"organisation": TRAINER, "past": "all"}), JOINED)
    passed_on = stored(
        wrong, (CENTRE, "handover-proposed", {"to": HEALTH}), (HEALTH, "handover-accepted", {"handover": HANDOVER})
    )
    right = {**act("member-joined", organisation=OTHER_COOP).model_dump(mode="json")}
    put_right = stored(passed_on, (HEALTH, "act-corrected", {"entry": 3, "act": right, "ground": "mistake"}))
    assert standing(put_right, TRAINER) is None
    assert standing(put_right, OTHER_COOP)


def test_who_declined_on_the_wrong_person_is_asked_again() -> None:
    declined = stored(case(*SENT), (COOP, "referral-declined", {"referral": REFERRAL}))
    again = stored(declined, (CENTRE, "referral-sent", {"referral": SECOND, "again": REFERRAL}))
    accepted = stored(again, (COOP, "referral-accepted", {"referral": SECOND}))
    assert standing(accepted, COOP)


def test_a_paper_host_is_told_for_by_whoever_brought_it_in() -> None:
    agreed = stored(case(*ACCEPTED), (CENTRE, "placement-agreed", {**AGREED, "host": PAPER}))
    assert outcome(agreed, CENTRE, "placement-started", placement=PLACEMENT, _on_behalf_of=PAPER, **FOR) == "effect"
    assert outcome(agreed, COOP, "placement-started", placement=PLACEMENT, _on_behalf_of=PAPER, **FOR) == "claim"


def test_a_paper_sender_and_a_connected_host() -> None:
    opened = Case("case/x").after(told(1, CENTRE, "case-opened", {"_on_behalf_of": PAPER, **FOR}))
    assert opened.path.team.responsible == PAPER
    referral = {"to": COOP, "_on_behalf_of": PAPER, **FOR}
    sent = stored(opened, (CENTRE, "referral-sent", referral))
    accepted = stored(sent, (COOP, "referral-accepted"))
    assert [standing(accepted, o) is not None for o in (PAPER, CENTRE, COOP)] == [True] * 3
    assert not accepted.path.referrals.by_id[uuid_of(REFERRAL)].one_sided


def test_one_account_that_tells_a_referral_and_its_answer_is_marked() -> None:
    sent = case((CENTRE, "referral-sent", {"to": PAPER}))
    accepted = stored(sent, (CENTRE, "referral-accepted", {"_on_behalf_of": PAPER, **FOR}))
    assert accepted.path.referrals.by_id[uuid_of(REFERRAL)].one_sided


def test_a_handover_to_one_without_a_system_names_a_teller_that_is_not_the_proposer() -> None:
    assert refused(NOW, CENTRE, "handover-proposed", to=PAPER) == "form.unreadable"
    assert refused(NOW, CENTRE, "handover-proposed", to=PAPER, teller=CENTRE) == "handover.teller-is-proposer"
    proposed = stored(NOW, (CENTRE, "handover-proposed", {"to": PAPER, "teller": HEALTH}))
    accepted = stored(proposed, (HEALTH, "handover-accepted", {"handover": HANDOVER, "_on_behalf_of": PAPER, **FOR}))
    assert accepted.path.team.responsible == PAPER
    assert outcome(accepted, HEALTH, "case-suspended") == "effect"
    assert outcome(accepted, COOP, "case-suspended") == "case.not-responsible"


# A case that nobody is responsible for

A_WEEK_LATER = NOON + timedelta(days=7)
ORPHAN = then(NOW, (CENTRE, "case-handed-out"))


@pytest.mark.parametrize(
    ("state", "by", "whom", "expected"),
    [
        (ORPHAN, HEALTH, HEALTH, "effect"),
        (ORPHAN, OFFICE, HEALTH, "effect"),
        (ORPHAN, COOP, COOP, "case.not-yours-to-adopt"),
        (ORPHAN, COOP, HEALTH, "case.not-responsible"),
        (ORPHAN, OTHER_COOP, OTHER_COOP, "case.unknown"),
        (NOW, HEALTH, HEALTH, "case.has-responsible"),
    ],
)
def test_who_adopts_a_case(state: Case, by: str, whom: str, expected: str) -> None:
    assert outcome(state, by, "case-adopted", organisation=whom) == expected


def test_an_adopter_sees_no_more_than_before_until_the_office_confirms() -> None:
    adopted = stored(ORPHAN, (HEALTH, "case-adopted", {"organisation": HEALTH}))
    assert seen(adopted, HEALTH) == [3, 4, 5]
    assert outcome(adopted, HEALTH, "member-joined", organisation=TRAINER) == "case.past-not-confirmed"
    assert outcome(adopted, HEALTH, "case-suspended") == "effect"
    assert outcome(adopted, HEALTH, "past-confirmed", organisation=HEALTH) == "network.not-the-office"
    confirmed = stored(adopted, (OFFICE, "past-confirmed", {"organisation": HEALTH, "_recorded_at": A_WEEK_LATER}))
    assert seen(confirmed, HEALTH) == [1, 2, 3, 4, 5, 6]


def seen(of: Case, reader: str) -> list[int]:
    return [v for v, e in sorted(of.history.entries.items()) if sight(of, e, reader) is not None]


# Threads and ids


def test_an_id_of_another_kind_opens_nothing() -> None:
    agreed = case(*ACCEPTED, JOINED, (CENTRE, "placement-agreed", AGREED))
    assert refused(agreed, HEALTH, "referral-sent", to=TRAINER, referral=SECOND, sheet=PLACEMENT) == (
        "id.of-another-kind"
    )
    forced = then(agreed, (HEALTH, "referral-sent", {"to": TRAINER, "referral": SECOND, "sheet": PLACEMENT}))
    assert seen(forced, TRAINER) == [5]


def test_a_sheet_that_one_does_not_see_opens_with_no_referral() -> None:
    filed = case((CENTRE, "case-opened"), (CENTRE, "presentation-sheet-filed"), JOINED)
    assert refused(filed, HEALTH, "referral-sent", to=TRAINER, referral=SECOND, sheet=SHEET) == "sheet.unknown"


# What is stored without effect


@pytest.mark.parametrize(
    ("by", "type_", "changes"),
    [
        (HEALTH, "member-joined", {"organisation": HEALTH, "past": "all"}),
        (HEALTH, "member-joined", {"organisation": HEALTH, "past": "all", "_on_behalf_of": CENTRE}),
        (HEALTH, "referral-sent", {"to": TRAINER, "referral": SECOND, "past": "all"}),
        (HEALTH, "act-corrected", {"entry": 3, "act": act("member-joined", organisation=HEALTH, past="all").model_dump(
            mode="json"), "ground": "mistake"}),
        (HEALTH, "handover-accepted", {"handover": HANDOVER}),
    ],
)  # fmt: skip
def test_what_the_door_would_refuse_has_no_effect_where_it_stands_already(
    by: str, type_: str, changes: dict[str, Any]
) -> None:
    forced = then(NOW, (by, type_, changes))
    assert seen(forced, HEALTH) == [3, 4]
    assert forced.history.entries[4].ruled == "none"


# Agreements


def proposed(*acts: tuple[str, str, dict[str, Any]]) -> Agreement:
    agreement = Agreement(AGREEMENT)
    for by, type_, changes in (
        (COOP, "agreement-proposed", {"parties": [CENTRE, PAPER], "signed_by": everybody()}),
        *acts,
    ):
        agreement = agreement.after(checked(agreement, by, type_, changes))
    return agreement


def everybody() -> list[dict[str, str]]:
    return [{"party": each} for each in (COOP, CENTRE, PAPER)]


def checked(agreement: Agreement, by: str, type_: str, changes: dict[str, Any]) -> Entry:
    tried = entry(act(type_, **changes), by, agreement.version + 1, record=AGREEMENT, position=agreement.version + 1)
    return check_rules(tried, agreement, known())


def known() -> Network:
    return founded()


def test_a_party_with_a_system_signs_by_itself() -> None:
    first = proposed()
    assert (first.signed, first.concluded) == (frozenset({COOP, PAPER}), False)
    with pytest.raises(Refused, match=r"agreement.signature-not-yours"):
        checked(first, COOP, "agreement-signed", {"party": CENTRE})
    assert proposed((CENTRE, "agreement-signed", {"party": CENTRE})).concluded


def test_a_change_is_in_force_once_all_have_signed_it_and_a_new_party_sees_from_then_on() -> None:
    joining: dict[str, Any] = {"joining": [HEALTH], "places": [{"place_kind": "internship", "number": 9}]}
    signed = (CENTRE, "agreement-signed", {"party": CENTRE})
    waiting = proposed(signed, (COOP, "agreement-amended", joining))
    assert (waiting.terms.places["internship"], HEALTH in waiting.parties) == (4, False)
    assert [v for v in range(1, 4) if HEALTH in waiting.readers_of(waiting.history.entries[v])] == [3]
    done = proposed(signed, (COOP, "agreement-amended", joining), (HEALTH, "agreement-signed", {"party": HEALTH}),
                    (CENTRE, "agreement-signed", {"party": CENTRE}))  # fmt: skip
    assert (done.terms.places["internship"], HEALTH in done.parties) == (9, True)
    assert [v for v in range(1, 6) if HEALTH in done.readers_of(done.history.entries[v])] == [3, 4, 5]


def test_every_type_of_act_is_told_with_some_effect() -> None:
    assert {a.effect for a in ACTS.values()} <= {"statement", "answer", "authority"}
