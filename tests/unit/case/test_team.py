"""Who belongs to a case, who lets whom in, and how responsibility passes on."""

import pytest

from domain.case import Case
from tests.examples import CASE, CENTRE, COOP, HANDOVER, HEALTH, OTHER_COOP, PAPER, SECOND_HANDOVER, TRAINER, act, entry
from tests.unit.given import ACCEPTED, Step, case, check, code_of, judged, refused, then

MEMBER: Step = (CENTRE, "member-joined", {"organisation": HEALTH})
PROPOSED: tuple[Step, ...] = (*ACCEPTED, MEMBER, (CENTRE, "handover-proposed", {"to": TRAINER}))
STATES: dict[str, tuple[Step, ...]] = {
    "proposed": PROPOSED,
    "accepted": (*PROPOSED, (TRAINER, "handover-accepted", {"handover": HANDOVER})),
    "declined": (*PROPOSED, (TRAINER, "handover-declined")),
}
ROLES = {"responsible": CENTRE, "asked": TRAINER, "member": HEALTH, "stranger": OTHER_COOP}

NO, WAS, OUT = "handover.not-yours", "handover.answered", "case.unknown"
TABLE: dict[tuple[str, str], str] = {
    ("proposed", "responsible"): NO,
    ("proposed", "asked"): "",
    ("proposed", "member"): NO,
    ("proposed", "stranger"): OUT,
    ("accepted", "responsible"): NO,
    ("accepted", "asked"): WAS,
    ("accepted", "member"): NO,
    ("accepted", "stranger"): OUT,
    ("declined", "responsible"): NO,
    ("declined", "asked"): OUT,
    ("declined", "member"): NO,
    ("declined", "stranger"): OUT,
}


def _tried(before: Case, by: str, type_: str, **changes: str) -> str:
    return code_of(lambda: check(before, by, type_, **changes))


@pytest.mark.parametrize("type_", ["handover-accepted", "handover-declined"])
@pytest.mark.parametrize(("where", "outcome"), TABLE.items())
def test_who_may_answer_a_handover(where: tuple[str, str], outcome: str, type_: str) -> None:
    state, role = where
    assert _tried(case(*STATES[state]), ROLES[role], type_, handover=HANDOVER) == outcome


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("member-joined", {"organisation": TRAINER}),
        ("member-left", {"organisation": COOP}),
        ("handover-proposed", {"to": TRAINER, "handover": SECOND_HANDOVER}),
        ("case-handed-out", {}),
    ],
)
@pytest.mark.parametrize(
    ("role", "outcome"),
    [(CENTRE, ""), (HEALTH, "case.not-responsible"), (OTHER_COOP, "case.unknown")],
)
def test_only_the_responsible_decides_who_belongs(type_: str, changes: dict[str, str], role: str, outcome: str) -> None:
    assert _tried(case(*ACCEPTED, MEMBER), role, type_, **changes) == outcome


def test_the_old_stays_responsible_until_the_handover_is_accepted() -> None:
    assert [case(*STATES[s]).path.team.responsible for s in STATES] == [CENTRE, TRAINER, CENTRE]


def test_whoever_handed_over_no_longer_belongs() -> None:
    assert not case(*STATES["accepted"]).path.team.belongs(CENTRE)


def test_a_case_handed_out_is_an_orphan() -> None:
    after = case(*ACCEPTED, (CENTRE, "case-handed-out"))
    assert (after.path.team.responsible, after.path.team.belongs(COOP)) == (None, True)


def test_two_handovers_may_be_proposed_but_the_second_comes_too_late() -> None:
    both = case(*PROPOSED, (CENTRE, "handover-proposed", {"to": COOP, "handover": SECOND_HANDOVER}))
    taken = then(both, (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert judged(taken, COOP, "handover-accepted", handover=SECOND_HANDOVER).claim


def test_a_handover_that_was_overtaken_may_still_be_declined() -> None:
    both = case(*PROPOSED, (CENTRE, "handover-proposed", {"to": COOP, "handover": SECOND_HANDOVER}))
    check(then(both, (TRAINER, "handover-accepted", {"handover": HANDOVER})), COOP, "handover-declined",
          handover=SECOND_HANDOVER)  # fmt: skip


def test_a_handover_has_one_id() -> None:
    assert refused(case(*PROPOSED), CENTRE, "handover-proposed") == "handover.exists"


def test_a_handover_nobody_proposed_is_unknown() -> None:
    assert refused(case(*ACCEPTED), COOP, "handover-accepted") == "handover.unknown"


def test_the_past_since_a_day_needs_the_day() -> None:
    code = refused(case(*ACCEPTED), CENTRE, "member-joined", organisation=HEALTH, past="since", past_since=None)
    assert code == "member.past-without-date"


def test_a_member_may_leave_by_itself() -> None:
    after = then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left"))
    assert not after.path.team.belongs(HEALTH)


def test_who_is_no_member_cannot_leave() -> None:
    assert refused(case(*ACCEPTED), CENTRE, "member-left") == "member.unknown"


def test_who_has_left_may_tell_what_it_did_while_it_belonged() -> None:
    left = then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left"))
    check(left, HEALTH, "contact-made", _occurred="2026-03-02T14:30:00Z")


@pytest.mark.parametrize("when", ["2026-03-02T13:59:59Z", "2026-03-02T17:00:00Z", "2026-02", "2027"])
def test_who_has_left_may_tell_nothing_of_other_times(when: str) -> None:
    left = then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left"))
    assert refused(left, HEALTH, "contact-made", _occurred=when) == "act.outside-your-period"


@pytest.mark.parametrize("when", ["2026-03-02", "2026-03", "2026"])
def test_a_date_is_judged_generously(when: str) -> None:
    check(then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left")), HEALTH, "contact-made", _occurred=when)


def test_each_stay_is_a_period_of_its_own() -> None:
    again = then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left"), MEMBER)
    assert [stay.until is None for stay in again.path.team.stays(HEALTH)] == [False, True]


def test_who_joined_again_may_not_tell_of_the_time_between() -> None:
    away = then(case(*ACCEPTED, MEMBER), (HEALTH, "member-left"), (CENTRE, "case-taken-on"))
    again = then(away, MEMBER)
    assert refused(again, HEALTH, "contact-made", _occurred="2026-03-02T16:30:00Z") == "act.outside-your-period"


def test_a_case_is_opened_once() -> None:
    assert refused(case(*ACCEPTED), CENTRE, "case-opened") == "case.already-open"


def test_to_a_stranger_a_case_that_exists_is_as_one_that_does_not() -> None:
    kinds = ("case-taken-on", "contact-made", "member-left", "act-attested", "case-closed", "handover-accepted")
    there = {refused(case(*ACCEPTED), OTHER_COOP, type_) for type_ in kinds}
    nowhere = {refused(case(), OTHER_COOP, type_) for type_ in kinds}
    assert there == nowhere == {"case.unknown"}


def test_who_opens_a_case_for_one_without_a_system_belongs_to_it_too() -> None:
    opened = entry(act("case-opened"), CENTRE, on_behalf_of=PAPER, evidence="paper")
    case = Case(CASE).after(opened)
    assert case.path.team.responsible == PAPER
    assert case.path.team.belongs(CENTRE)
