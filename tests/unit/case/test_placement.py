"""Who may do what with a placement, in each of its states: the table is the specification."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest

from domain.case import Case
from domain.catalogue import read_act
from domain.entry import Entry
from domain.moment import moment
from domain.refusal import Malformed
from domain.visibility import sight, standing
from tests.examples import (
    CASE,
    CENTRE,
    COOP,
    HEALTH,
    OTHER_COOP,
    PAPER,
    PLACEMENT,
    PLACEMENT_REFERRAL,
    PROJECT,
    SHEET,
    TRAINER,
    act,
    body,
    entry,
)
from tests.unit.given import Step, case, check, code_of, judged, refused, then, uuid

ROLES = {"sender": CENTRE, "host": COOP, "member": HEALTH, "stranger": OTHER_COOP}
JOINED: Step = (CENTRE, "member-joined", {"organisation": HEALTH, "past": "all", "past_since": None})
OF_REFERRAL = {"referral": PLACEMENT_REFERRAL, "agreement": None}
REFERRED: tuple[Step, ...] = (
    (CENTRE, "referral-sent", OF_REFERRAL),
    (COOP, "referral-accepted", {"referral": PLACEMENT_REFERRAL}),
    (CENTRE, "presentation-sheet-filed"),
    JOINED,
)
AGREED: tuple[Step, ...] = (*REFERRED, (COOP, "placement-agreed", {"agreement": None}))
STARTED: tuple[Step, ...] = (*AGREED, (COOP, "placement-started"))
SUSPENDED: tuple[Step, ...] = (*STARTED, (COOP, "placement-suspended"))
ENDED: tuple[Step, ...] = (*STARTED, (COOP, "placement-ended"))
STATES: dict[str, tuple[Step, ...]] = {
    "none": REFERRED,
    "agreed": AGREED,
    "cancelled": (*AGREED, (COOP, "placement-cancelled", {"placement": PLACEMENT})),
    "started": STARTED,
    "suspended": SUSPENDED,
    "ended": ENDED,
}

ACTS = (
    "placement-agreed", "placement-signed", "placement-started", "placement-changed", "placement-cancelled",
    "placement-extended", "placement-suspended", "placement-resumed", "placement-ended", "hours-recorded",
)  # fmt: skip
UNK, IS, HAS, OVER, OFF = (
    "placement.unknown", "placement.exists", "placement.has-begun", "placement.has-ended", "placement.cancelled",
)  # fmt: skip
TABLE: dict[str, tuple[str, ...]] = {
    #            agreed signed started changed cancelled extended suspended resumed ended hours
    "none":      ("",   UNK,   UNK,    UNK,    UNK,      UNK,     UNK,      UNK,    UNK,  UNK),
    "agreed":    (IS,   "",    "",     "",     "",       "",      "",       "",     "",   ""),
    "cancelled": (IS,   "",    OFF,    "",     OFF,      "",      "",       "",     OFF,  ""),
    "started":   (IS,   "",    HAS,    "",     HAS,      "",      "",       "",     "",   ""),
    "suspended": (IS,   "",    HAS,    "",     HAS,      "",      "",       "",     "",   ""),
    "ended":     (IS,   "",    HAS,    "",     HAS,      "",      "",       "",     OVER, ""),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("state", "type_", "outcome"),
    [(s, t, o) for s, row in TABLE.items() for t, o in zip(ACTS, row, strict=True)],
)
def test_who_may_tell_what_of_a_placement(state: str, role: str, type_: str, outcome: str) -> None:
    fields = {"agreement": None} if type_ == "placement-agreed" else {"placement": PLACEMENT}
    found = code_of(lambda: check(case(*STATES[state]), ROLES[role], type_, **fields))
    assert found == ("case.unknown" if role == "stranger" else "" if _is_claim(state, role, type_) else outcome)


def _is_claim(state: str, role: str, type_: str) -> bool:
    """A member that is neither responsible, promoter nor host claims what it tells of a placement's course."""
    own = ("placement-agreed", "placement-signed", "hours-recorded")
    return role == "member" and state != "none" and type_ not in own


@pytest.mark.parametrize(
    "type_", [t for t in ACTS if t not in ("placement-agreed", "placement-signed", "hours-recorded")]
)
def test_what_a_third_member_tells_of_a_placement_is_a_claim(type_: str) -> None:
    so_far = case(*STATES["agreed"])
    tried = judged(so_far, HEALTH, type_, placement=PLACEMENT)
    assert tried.claim
    assert placement(so_far.after(tried)) == placement(so_far)


def placement(of: Case) -> Any:
    return of.path.placements.by_id[next(iter(of.path.placements.by_id))]


@pytest.mark.parametrize("state", [s for s in STATES if s != "none"])
def test_the_state_is_that_of_what_was_told(state: str) -> None:
    assert placement(case(*STATES[state])).state == state


OUT_OF_ORDER = [
    (STARTED, "placement-ended", {"ended": "2026-03-01"}, "placement.ended-before-started"),
    ((*AGREED, (COOP, "placement-ended")), "placement-started", {"started": "2026-10-01"},
     "placement.ended-before-started"),
    (REFERRED, "placement-agreed", {"agreement": None, "ends": "2026-03-01"}, "placement.ends-before-starts"),
    (AGREED, "placement-extended", {"ends": "2026-03-01"}, "placement.ends-before-starts"),
    (STARTED, "placement-suspended", {"suspended": "2026-03-01", "until": None}, "placement.before-its-start"),
    (STARTED, "placement-suspended", {"until": "2026-05-06"}, "placement.ends-before-starts"),
    (ENDED, "placement-suspended", {"suspended": "2026-09-30", "until": None}, "placement.after-its-end"),
    (SUSPENDED, "placement-resumed", {"resumed": "2026-05-06"}, "placement.resumed-before-suspended"),
    (STARTED, "hours-recorded", {"period_until": "2026-03-01"}, "period.ends-before-starts"),
    (STARTED, "grant-paid", {"period_until": "2026-03-01"}, "period.ends-before-starts"),
]  # fmt: skip


@pytest.mark.parametrize(("so_far", "type_", "fields", "code"), OUT_OF_ORDER, ids=lambda v: str(v)[:40])
def test_an_order_that_cannot_have_been_is_refused(
    so_far: tuple[Step, ...], type_: str, fields: dict[str, Any], code: str
) -> None:
    assert refused(case(*so_far), COOP, type_, **fields) == code


@pytest.mark.parametrize(
    ("type_", "fields", "code"),
    [
        ("visit-held", {"sheet": str(uuid(9))}, "sheet.unknown"),
        ("presentation-sheet-filed", {"sheet": SHEET}, "sheet.exists"),
        ("observation-recorded", {"placement": str(uuid(9))}, "placement.unknown"),
        ("observation-recorded", {"items_scored": 28}, "observation.more-scored-than-asked"),
        ("team-outcome-recorded", {"placement": str(uuid(9))}, "placement.unknown"),
        ("meeting-held", {"placements": [str(uuid(9))]}, "placement.unknown"),
        ("person-hired", {"placement": str(uuid(9))}, "placement.unknown"),
        ("follow-up-made", {"placement": str(uuid(9))}, "placement.unknown"),
        ("incident-reported", {"placement": str(uuid(9))}, "placement.unknown"),
        ("final-evaluation-shared", {"placement": None, "project": None}, "evaluation.of-nothing"),
        ("final-evaluation-shared", {"project": PROJECT}, "project.unknown"),
        ("final-evaluation-shared", {"project": None, "built_on": [99]}, "entry.unknown"),
        ("placement-agreed", {"placement": str(uuid(8)), "referral": str(uuid(9))}, "referral.unknown"),
        ("change-proposed", {"placement": str(uuid(9))}, "placement.unknown"),
    ],
)
def test_what_is_not_on_the_record_cannot_be_named(type_: str, fields: dict[str, Any], code: str) -> None:
    assert refused(case(*STARTED), COOP, type_, **fields) == code


@pytest.mark.parametrize(
    ("type_", "field", "value", "fault"),
    [
        ("hours-recorded", "hours", -1, "field.greater-than-equal"),
        ("hours-recorded", "hours", 7.5, "field.int-type"),
        ("hours-recorded", "minutes", 60, "field.less-than-equal"),
        ("grant-paid", "cents", 500.0, "field.int-type"),
        ("grant-paid", "cents", 500.5, "field.int-type"),
        ("grant-paid", "cents", "500", "field.int-type"),
        ("grant-paid", "cents", -1, "field.greater-than-equal"),
        ("placement-agreed", "grant_cents", 0.5, "field.int-type"),
        ("placement-agreed", "hours_a_week", 169, "field.less-than-equal"),
    ],
)
def test_money_is_whole_cents_and_hours_are_not_negative(type_: str, field: str, value: object, fault: str) -> None:
    told = {n: v for n, v in body(type_).items() if n not in ("case", "act_id", "occurred_at", "practitioner")}
    with pytest.raises(Malformed) as refusal:
        read_act({**told, field: value}, "case")
    assert refusal.value.fields == ((field, fault),)


# The host


def test_the_host_becomes_a_member_without_the_past() -> None:
    agreed = case(*REFERRED, (CENTRE, "placement-agreed", {"host": TRAINER, "agreement": None}))
    stands = standing(agreed, TRAINER)
    assert stands
    assert (stands.role, stands.past, stands.joined) == ("member", "none", agreed.version)


def test_a_host_that_belongs_already_keeps_what_it_sees() -> None:
    assert standing(case(*AGREED), HEALTH) == standing(
        then(case(*AGREED), (COOP, "placement-agreed", {"placement": str(uuid(9)), "host": HEALTH})), HEALTH
    )


def test_a_host_without_a_system_is_told_for() -> None:
    told: dict[str, Any] = {"_on_behalf_of": PAPER, "_evidence": "phone"}
    agreed = case(*REFERRED, (COOP, "placement-agreed", {"host": PAPER, "promoter": COOP, "agreement": None}))
    started = then(agreed, (COOP, "placement-started", told))
    assert placement(started).state == "started"
    assert standing(started, PAPER)


def test_self_employment_has_no_host() -> None:
    own = case(*REFERRED, (CENTRE, "placement-agreed", {"host": None, "channel": "self-employment"}))
    assert placement(own).host is None


# What is told late


LATE: tuple[Step, ...] = (
    (COOP, "placement-started"),
    (COOP, "placement-suspended"),
    (COOP, "placement-resumed"),
    (COOP, "placement-suspended", {"suspended": "2026-07-01", "until": None}),
    (COOP, "placement-resumed", {"resumed": "2026-07-06"}),
    (COOP, "placement-extended"),
    (COOP, "placement-ended"),
)


def test_late_reports_in_any_order_come_to_the_same() -> None:
    def come_to(order: tuple[Step, ...]) -> tuple[Any, ...]:
        p = placement(case(*AGREED, *order))
        return p.state, p.started, p.pauses, p.ends, p.ended

    results = {come_to(order) for order in list(permutations(LATE))[::97]}
    assert len(results) == 1
    ((state, _, pauses, _, _),) = results
    assert state == "ended"
    assert [(p.since, p.until) for p in pauses] == [
        (date(2026, 5, 7), date(2026, 5, 18)),
        (date(2026, 7, 1), date(2026, 7, 6)),
    ]


def test_a_suspension_told_twice_is_one() -> None:
    twice = then(case(*SUSPENDED), (COOP, "placement-suspended", {"suspended": "2026-05-11", "until": None}))
    assert len(placement(twice).pauses) == 1


def test_a_change_leaves_what_it_does_not_name() -> None:
    before, after = case(*STARTED), then(case(*STARTED), (COOP, "placement-changed", {"hours_a_week": None}))
    assert placement(after).hours_a_week == placement(before).hours_a_week
    assert (placement(before).grant_cents, placement(after).grant_cents) == (50000, 60000)


def test_a_cancellation_taken_back_leaves_the_placement_agreed() -> None:
    cancelled = case(*STATES["cancelled"])
    back = then(cancelled, (COOP, "act-retracted", {"entry": cancelled.version, "ground": "mistake"}))
    assert placement(back).state == "agreed"


def test_an_end_corrected_before_the_start_is_refused() -> None:
    ended = case(*ENDED)
    act = {"type": "placement-ended", "placement": PLACEMENT, "ended": "2026-03-01", "reason_class": "hired"}
    tried = {"entry": ended.version, "act": act, "ground": "mistake"}
    assert refused(ended, COOP, "act-corrected", **tried) == "correction.makes-impossible"


# The loop of the referral


@pytest.mark.parametrize("named", [PLACEMENT_REFERRAL, None])
def test_a_final_evaluation_closes_the_referral_behind_the_placement(named: str | None) -> None:
    agreed: Step = (COOP, "placement-agreed", {"agreement": None, "referral": named})
    done = case(*REFERRED, agreed, (COOP, "final-evaluation-shared", {"project": None, "built_on": []}))
    assert {r.state for r in done.path.referrals.by_id.values()} == {"closed"}


def test_what_the_team_and_the_sheets_told_is_counted_for_the_placement() -> None:
    after = then(
        case(*STARTED),
        (COOP, "observation-recorded"),
        (COOP, "team-outcome-recorded"),
        (COOP, "meeting-held", {"placements": []}),
    )
    seen = after.path.placements.followed(next(iter(after.path.placements.by_id)))
    assert (seen.observations, seen.team_outcomes, seen.monitored) == (1, 1, 1)


# The sheet


def test_who_is_asked_sees_the_sheet_that_the_referral_names() -> None:
    asked = case(
        (CENTRE, "case-opened"),
        (CENTRE, "presentation-sheet-filed"),
        (CENTRE, "presentation-sheet-filed", {"sheet": str(uuid(9))}),
        (CENTRE, "referral-sent", {**OF_REFERRAL, "sheet": SHEET}),
    )
    seen = [v for v in range(1, 5) if sight(asked, asked.history.entries[v], COOP)]
    assert seen == [2, 4]


# The least path


LEAST: tuple[tuple[str, str, dict[str, Any], str], ...] = (
    (CENTRE, "referral-sent", OF_REFERRAL, "2026-02-02"),
    (COOP, "referral-accepted", {"referral": PLACEMENT_REFERRAL}, "2026-02-04"),
    (CENTRE, "presentation-sheet-filed", {}, "2026-02-05"),
    (COOP, "visit-held", {}, "2026-02-10"),
    (COOP, "placement-agreed", {"agreement": None, "signed_by": [
        {"party": "person"}, {"party": "host"}, {"party": "promoter"}]}, "2026-02-16"),
    (COOP, "placement-started", {}, "2026-03-02"),
    (COOP, "meeting-held", {"meeting": str(uuid(1)), "fulfils": []}, "2026-03-23"),
    (COOP, "meeting-held", {"meeting": str(uuid(2)), "meeting_kind": "review", "tasks": []}, "2026-05-25"),
    (COOP, "meeting-held", {"meeting": str(uuid(3)), "meeting_kind": "review", "tasks": []}, "2026-07-27"),
    (COOP, "observation-recorded", {}, "2026-08-03"),
    (COOP, "placement-ended", {"ended": "2026-08-31"}, "2026-08-31"),
    (COOP, "final-evaluation-shared", {"project": None, "built_on": []}, "2026-09-07"),
)  # fmt: skip


def least() -> list[tuple[Case, Entry]]:
    """The twelve acts, each with the case before it, told on the day."""
    before, found = Case(CASE), list[tuple[Case, Entry]]()
    for version, (by, type_, fields, day) in enumerate(LEAST, 1):
        told = entry(act(type_, **fields), by, version, occurred=day, recorded_at=moment(day).latest)
        found.append((before, told))
        before = before.after(told)
    return found


def test_the_least_path_is_twelve_acts_and_each_is_taken() -> None:
    assert len(least()) == 12
    for before, told in least():
        before.check(told)


def test_the_least_path_closes_the_loop() -> None:
    before, last = least()[-1]
    done = before.after(last)
    assert placement(done).state == "ended"
    assert {r.state for r in done.path.referrals.by_id.values()} == {"closed"}
