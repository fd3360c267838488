"""What is said about acts: attested, contested, put right, taken back; and what that makes of the case."""

from typing import Any
from uuid import UUID

import pytest

from domain.case import Case
from domain.refusal import Refused
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OTHER_COOP, REFERRAL, TRAINER
from tests.unit.given import ACCEPTED, SENT, Step, case, check, code_of, refused, then, told, uuid

MEMBER: Step = (CENTRE, "member-joined", {"organisation": HEALTH})
NOTED: tuple[Step, ...] = (*ACCEPTED, MEMBER, (HEALTH, "contact-made", {"with_organisation": COOP}))
CONTACT = 4
"""The version of the contact told in NOTED, by the health service, naming the cooperative."""

CALLED_TWICE = {"type": "contact-made", "channel": "phone", "with_whom": "person", "count": 2}


def corrected(entry: int, act: dict[str, Any], ground: str = "mistake") -> dict[str, Any]:
    return {"entry": entry, "act": act, "ground": ground}


@pytest.mark.parametrize(
    ("by", "type_", "outcome"),
    [
        (COOP, "act-attested", ""),
        (CENTRE, "act-attested", "entry.does-not-name-you"),
        (HEALTH, "act-attested", "entry.does-not-name-you"),
        (CENTRE, "act-contested", ""),
        (HEALTH, "act-contested", ""),
        (HEALTH, "act-corrected", ""),
        (CENTRE, "act-corrected", "entry.not-yours"),
        (HEALTH, "act-retracted", ""),
        (COOP, "act-retracted", "entry.not-yours"),
        (OTHER_COOP, "act-attested", "case.unknown"),
        (OTHER_COOP, "act-contested", "case.unknown"),
        (OTHER_COOP, "act-corrected", "case.unknown"),
        (OTHER_COOP, "act-retracted", "case.unknown"),
    ],
)
def test_who_may_say_what_about_an_act(by: str, type_: str, outcome: str) -> None:
    assert _tried(case(*NOTED), by, type_, entry=CONTACT) == outcome


def _tried(before: Case, by: str, type_: str, **changes: Any) -> str:
    return code_of(lambda: check(before, by, type_, **changes))


@pytest.mark.parametrize("type_", ["act-attested", "act-contested", "act-corrected", "act-retracted"])
@pytest.mark.parametrize("entry", [5, 999, 2**31])
def test_what_is_not_on_the_record_cannot_be_spoken_about(type_: str, entry: int) -> None:
    assert refused(case(*NOTED), HEALTH, type_, entry=entry) == "entry.unknown"


def test_the_organisation_told_for_may_attest() -> None:
    before = case(*ACCEPTED, MEMBER, (CENTRE, "contact-made", {"_on_behalf_of": HEALTH, "_evidence": "phone",
                                                              "with_organisation": None}))  # fmt: skip
    check(before, HEALTH, "act-attested", entry=4)


def test_whoever_has_left_may_still_put_its_own_act_right() -> None:
    left = then(case(*NOTED), (HEALTH, "member-left"))
    check(left, HEALTH, "act-corrected", **corrected(CONTACT, CALLED_TWICE))


def test_the_one_asked_may_contest_the_referral() -> None:
    check(case(*SENT), COOP, "act-contested", entry=1)


@pytest.mark.parametrize("act", [{"type": "case-taken-on"}, {"type": "case-resumed"}])
def test_a_correction_is_of_the_same_type(act: dict[str, Any]) -> None:
    assert refused(case(*NOTED), HEALTH, "act-corrected", **corrected(CONTACT, act)) == "correction.of-another-type"


@pytest.mark.parametrize("type_", ["act-corrected", "act-retracted"])
def test_what_was_taken_back_is_not_put_right_nor_taken_back_again(type_: str) -> None:
    gone = then(case(*NOTED), (HEALTH, "act-retracted", {"entry": CONTACT}))
    assert refused(gone, HEALTH, type_, entry=CONTACT) == "entry.retracted"


def test_a_retraction_is_not_taken_back() -> None:
    gone = then(case(*NOTED), (HEALTH, "act-retracted", {"entry": CONTACT}))
    assert refused(gone, HEALTH, "act-retracted", entry=5) == "entry.retracted"


def test_a_correction_stands_in_the_place_of_what_it_corrects() -> None:
    answer = {"type": "referral-declined", "referral": REFERRAL, "reason_class": "no-place"}
    declined = case(*SENT, (COOP, "referral-declined", {"referral": REFERRAL, "reason_class": "other"}))
    after = then(declined, (COOP, "act-corrected", corrected(2, answer)))
    assert [(a.type, e.originator_version) for a, e in after.effective()][1] == ("referral-declined", 2)


def test_a_correction_is_in_place_before_what_came_later() -> None:
    wide = {"type": "referral-sent", "referral": REFERRAL, "to": COOP, "service": "internship", "past": "all"}
    after = then(case(*ACCEPTED), (CENTRE, "act-corrected", corrected(1, wide)))
    assert after.path.referrals.by_id[UUID(REFERRAL)].past == "all"


def test_the_last_correction_holds() -> None:
    once, twice = ({**CALLED_TWICE, "count": n} for n in (3, 4))
    after = then(
        case(*NOTED),
        (HEALTH, "act-corrected", corrected(CONTACT, once)),
        (HEALTH, "act-corrected", corrected(CONTACT, twice)),
    )
    assert [getattr(a, "count", None) for a, e in after.effective() if e.originator_version == CONTACT] == [4]


def test_taking_back_a_correction_brings_back_what_was_before() -> None:
    after = then(
        case(*NOTED),
        (HEALTH, "act-corrected", corrected(CONTACT, CALLED_TWICE)),
        (HEALTH, "act-retracted", {"entry": 5}),
    )
    assert [getattr(a, "count", None) for a, e in after.effective() if e.originator_version == CONTACT] == [1]


def test_what_is_taken_back_has_not_happened() -> None:
    after = then(case(*ACCEPTED), (CENTRE, "case-closed"), (CENTRE, "act-retracted", {"entry": 3}))
    assert after.path.course.state == "open"


def test_a_correction_that_makes_a_later_entry_impossible_is_refused_with_its_position() -> None:
    to_another = {"type": "referral-sent", "referral": REFERRAL, "to": TRAINER, "service": "internship"}
    with pytest.raises(Refused, match=r"correction.makes-impossible") as refusal:
        check(case(*ACCEPTED), CENTRE, "act-corrected", **corrected(1, to_another))
    assert refusal.value.facts == {"position": 2, "version": 2, "because": "referral.not-yours"}


def test_taking_back_what_a_later_entry_needs_is_refused_with_its_position() -> None:
    with pytest.raises(Refused, match=r"correction.makes-impossible") as refusal:
        check(case(*ACCEPTED), CENTRE, "act-retracted", entry=1)
    assert (refusal.value.facts["position"], refusal.value.facts["version"]) == (2, 2)


@pytest.mark.parametrize(("by", "type_"), [(COOP, "referral-declined"), (CENTRE, "referral-withdrawn")])
def test_taking_back_a_decline_or_withdrawal_revives_nothing(by: str, type_: str) -> None:
    ended = case(*SENT, (by, type_, {"referral": REFERRAL}))
    assert refused(ended, by, "act-retracted", entry=2) == "referral.not-revived"
    after = then(ended, (by, "act-retracted", {"entry": 2}))
    assert after.path.referrals.asked(COOP) == frozenset()


def test_an_older_correction_does_not_come_back_while_a_newer_one_is_judged() -> None:
    """Corrected to another receiver by mistake, then right again: what came between was possible all the time."""
    second = str(uuid(9))
    sent = {"type": "referral-sent", "referral": second, "to": TRAINER, "service": "internship"}
    before = case(
        *ACCEPTED,
        (CENTRE, "referral-sent", {"referral": second, "to": TRAINER}),
        (CENTRE, "act-corrected", corrected(3, {**sent, "to": OTHER_COOP})),
        (CENTRE, "act-corrected", corrected(3, sent)),
        (TRAINER, "referral-accepted", {"referral": second}),
    )
    check(before, CENTRE, "act-corrected", **corrected(3, {**sent, "service": "lab"}))


def test_who_was_responsible_once_does_not_open_the_case_by_correcting_an_old_admission() -> None:
    handed_over = case(
        *NOTED,
        (CENTRE, "handover-proposed", {"to": COOP}),
        (COOP, "handover-accepted", {"handover": HANDOVER}),
    )
    wide = {"type": "member-joined", "organisation": OTHER_COOP, "role": "observer", "past": "all"}
    assert refused(handed_over, CENTRE, "act-corrected", **corrected(3, wide)) == "case.not-responsible"


def test_who_left_does_not_come_back_by_taking_its_leaving_back() -> None:
    left = then(case(*NOTED), (HEALTH, "member-left"))
    assert refused(left, HEALTH, "act-retracted", entry=5) == "case.not-responsible"


def test_a_correction_opens_no_past_that_its_author_could_not_open() -> None:
    second = str(uuid(9))
    before = case(*ACCEPTED, (COOP, "referral-sent", {"referral": second, "to": TRAINER}))
    wide = {"type": "referral-sent", "referral": second, "to": TRAINER, "service": "internship", "past": "all"}
    assert refused(before, COOP, "act-corrected", **corrected(3, wide)) == "case.not-responsible"


def test_attesting_and_contesting_change_nothing_of_the_path() -> None:
    before = case(*NOTED)
    after = then(before, (COOP, "act-attested", {"entry": CONTACT}), (CENTRE, "act-contested", {"entry": CONTACT}))
    assert after.path == before.path


def test_what_is_said_about_an_entry_is_found_by_it() -> None:
    said: tuple[Step, ...] = ((COOP, "act-attested", {"entry": CONTACT}), (CENTRE, "act-contested", {"entry": CONTACT}))
    after = then(case(*NOTED), *said)
    assert after.about[CONTACT] == (5, 6)


def test_an_act_told_twice_is_known() -> None:
    first = told(2, COOP, "referral-accepted")
    known = case(*SENT).after(first).history.known(told(2, COOP, "referral-accepted"))
    assert known
    assert known.id == first.id


@pytest.mark.parametrize("changes", [{"starts": "2026-05-01"}, {"_evidence": "paper"}, {"_occurred": "2026-03-02"}])
def test_the_same_id_for_another_act_is_refused(changes: dict[str, Any]) -> None:
    after = case(*SENT).after(told(2, COOP, "referral-accepted"))
    with pytest.raises(Refused, match=r"act.id-used"):
        after.history.known(told(2, COOP, "referral-accepted", changes))


def test_the_same_id_from_another_organisation_is_another_act() -> None:
    after = case(*SENT).after(told(2, COOP, "referral-accepted"))
    assert after.history.known(told(2, CENTRE, "referral-accepted")) is None
