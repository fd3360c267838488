"""Who leaves a case, or a thread of it: what it still sees, what becomes of what it had to do."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.case import Case
from domain.case.leading import places_teller
from domain.case.leaving import left_at
from domain.case.team import Team
from domain.irregularities import irregularities
from domain.moment import Moment
from domain.obligations import Due, obligations_of
from domain.visibility import sight, standing
from tests.examples import (
    CENTRE,
    COOP,
    HANDOVER,
    HEALTH,
    NOON,
    OFFICE,
    OTHER_COOP,
    PLACEMENT,
    PLACEMENT_REFERRAL,
    REFERRAL,
    TRAINER,
)
from tests.unit.given import Step, case, judged, refused, stored, then, told
from tests.unit.test_defaults import founded


def at(day: str, by: str, type_: str, **changes: Any) -> Step:
    return by, type_, {"_occurred": day, **changes}


OPENED: tuple[Step, ...] = (
    at("2026-02-01", CENTRE, "case-opened"),
    at("2026-02-01", CENTRE, "member-joined", organisation=HEALTH, past="none"),
    at("2026-02-02", CENTRE, "referral-sent", referral=PLACEMENT_REFERRAL),
    at("2026-02-04", COOP, "referral-accepted", referral=PLACEMENT_REFERRAL),
)
STARTED: tuple[Step, ...] = (
    *OPENED,
    at("2026-02-16", COOP, "placement-agreed", ends="2026-12-31", agreement=None),
    at("2026-03-02", COOP, "placement-started", started="2026-03-02"),
)


def left(day: str, by: str = COOP, **changes: Any) -> Step:
    return at(day, by, "member-left", organisation=by, **changes)


def due(about: Case, rule: str, day: str) -> Due:
    found = [d for d in obligations_of(about, founded(), date.fromisoformat(day)) if d.rule == rule]
    return found[-1]


def test_what_it_had_to_convene_is_the_responsibles_to_reassign() -> None:
    about = case(*STARTED, left("2026-03-10"))
    before, after = due(about, "joint-monitoring", "2026-03-09"), due(about, "joint-monitoring", "2026-03-10")
    assert (before.convenes, before.to_reassign) == ((COOP,), ())
    assert (after.state, after.convenes, after.to_reassign) == ("upcoming", (CENTRE,), (COOP,))
    late = due(about, "joint-monitoring", "2026-04-20")
    assert (late.state, late.convenes, late.to_reassign, late.missed_by) == ("late", (CENTRE,), (COOP,), ())


def test_what_was_late_on_that_day_stays_missed_by_it() -> None:
    about = case(*STARTED, left("2026-04-10"))
    assert due(about, "joint-monitoring", "2026-04-09").state == "late"
    missed = due(about, "joint-monitoring", "2026-04-20")
    assert (missed.state, missed.missed_by, missed.convenes) == ("missed", (COOP,), (COOP,))
    assert (missed.to_reassign, missed.resolves) == ((), ())
    review = due(about, "joint-review", "2026-09-01")
    assert (review.convenes, review.to_reassign) == ((CENTRE,), (COOP,))


def test_the_responsible_ends_what_was_left_to_it() -> None:
    about = stored(
        case(*STARTED, left("2026-03-10")),
        at("2026-03-11", CENTRE, "obligation-waived", obligations=[f"joint-monitoring-{PLACEMENT}"]),
    )
    waived = next(d for d in obligations_of(about, founded(), date(2026, 3, 11)) if d.rule == "joint-monitoring")
    assert (waived.state, waived.to_reassign) == ("waived", ())


def test_who_comes_back_has_it_again() -> None:
    back = at("2026-03-12", CENTRE, "member-joined", organisation=COOP, past="none")
    assert due(case(*STARTED, left("2026-03-10"), back), "joint-monitoring", "2026-03-12").convenes == (COOP,)


@pytest.mark.parametrize(
    ("steps", "by", "irregular"),
    [
        (STARTED, COOP, True),
        (OPENED, COOP, False),
        (STARTED, HEALTH, False),
        ((*STARTED, at("2026-03-05", COOP, "placement-ended", ended="2026-03-05")), COOP, False),
    ],
)
def test_leaving_during_its_own_placement_is_irregular(steps: tuple[Step, ...], by: str, irregular: bool) -> None:
    before = case(*steps)
    entry = told(before.version + 1, *left("2026-03-10", by))
    rules = {each.rule for each in irregularities(entry, before, founded())}
    assert ("left-during-placement" in rules) == irregular


def test_the_responsible_that_takes_a_host_out_has_not_left() -> None:
    before = case(*STARTED)
    entry = told(before.version + 1, *at("2026-03-10", CENTRE, "member-left", organisation=COOP))
    assert "left-during-placement" not in {each.rule for each in irregularities(entry, before, founded())}


# A host that stands in its placement only

HOSTED: tuple[Step, ...] = (
    *OPENED,
    at("2026-02-16", COOP, "placement-agreed", host=OTHER_COOP, promoter=COOP, agreement=None),
    at("2026-03-02", COOP, "placement-started", started="2026-03-02"),
)


def test_a_host_in_a_thread_leaves_it_and_keeps_its_own_acts() -> None:
    hosted = stored(case(*HOSTED), at("2026-03-03", OTHER_COOP, "hours-recorded", placement=PLACEMENT))
    stands = standing(hosted, OTHER_COOP)
    assert stands
    assert stands.role == "thread"
    gone = stored(hosted, left("2026-03-10", OTHER_COOP))
    assert standing(gone, OTHER_COOP) is None
    seen = [v for v, e in gone.history.entries.items() if sight(gone, e, OTHER_COOP)]
    assert seen == [hosted.version, gone.version]
    assert gone.refolded().path == gone.path
    assert refused(gone, OTHER_COOP, "member-left", organisation=OTHER_COOP) == "case.unknown"


def test_nobody_confirms_a_host_that_has_left() -> None:
    gone = stored(case(*HOSTED), left("2026-03-10", OTHER_COOP), at("2026-03-11", CENTRE, "act-attested", entry=5))
    assert standing(gone, OTHER_COOP) is None


def test_its_duties_are_to_reassign_and_its_leaving_is_irregular_too() -> None:
    hosted = case(*HOSTED)
    entry = judged(hosted, OTHER_COOP, "member-left", organisation=OTHER_COOP)
    assert "left-during-placement" in {each.rule for each in irregularities(entry, hosted, founded())}
    gone = then(hosted, left("2026-03-10", OTHER_COOP))
    assert due(gone, "joint-monitoring", "2026-03-10").to_reassign == (OTHER_COOP,)


def test_a_host_that_was_made_a_member_leaves_both() -> None:
    joined = at("2026-03-04", CENTRE, "member-joined", organisation=OTHER_COOP, past="none")
    gone = stored(case(*HOSTED, joined), left("2026-03-10", OTHER_COOP))
    assert standing(gone, OTHER_COOP) is None


def test_a_receiver_of_a_members_referral_leaves_its_thread_and_is_not_confirmed_afterwards() -> None:
    taken = case(
        *OPENED,
        at("2026-02-05", HEALTH, "referral-sent", to=TRAINER, referral=REFERRAL),
        at("2026-02-06", TRAINER, "referral-accepted", referral=REFERRAL),
    )
    gone = stored(taken, left("2026-02-07", TRAINER), at("2026-02-08", CENTRE, "act-attested", entry=6))
    assert standing(gone, TRAINER) is None
    assert gone.refolded().path == gone.path


@pytest.mark.parametrize("by", [TRAINER, COOP])
def test_nobody_leaves_for_another_and_who_is_only_asked_declines(by: str) -> None:
    asked = case(*HOSTED, at("2026-02-05", CENTRE, "referral-sent", to=TRAINER, referral=REFERRAL))
    code = refused(asked, by, "member-left", organisation=OTHER_COOP)
    assert code in ("case.only-asked", "case.not-responsible")
    assert refused(asked, TRAINER, "member-left", organisation=TRAINER) == "case.only-asked"


# What it was to do

TASK = "018f0000-0000-7000-8000-0000000000d3"
MET = at("2026-03-05", CENTRE, "meeting-held", placements=[], fulfils=[], tasks=[{"task": TASK, "organisation": COOP}])
LEFT: tuple[Step, ...] = (*STARTED, MET, left("2026-03-10"))


def test_the_responsible_moves_or_drops_a_task() -> None:
    moved = stored(case(*LEFT), at("2026-03-11", CENTRE, "task-moved", task=TASK, to=HEALTH, due="2026-04-01"))
    (task,) = moved.path.meetings.tasks.values()
    assert (task.organisation, task.due, task.over) == (HEALTH, date(2026, 4, 1), False)
    dropped = stored(moved, at("2026-03-12", HEALTH, "task-dropped", task=TASK))
    assert next(iter(dropped.path.meetings.tasks.values())).over
    assert refused(dropped, CENTRE, "task-moved", task=TASK, to=CENTRE) == "task.over"
    assert refused(dropped, CENTRE, "task-dropped", task=PLACEMENT) == "task.unknown"


@pytest.mark.parametrize(
    ("by", "to", "expected"),
    [(CENTRE, HEALTH, ""), (COOP, HEALTH, ""), (HEALTH, HEALTH, "no"), (HEALTH, CENTRE, "no")],
)
def test_a_task_is_moved_by_the_responsible_or_who_is_to_do_it(by: str, to: str, expected: str) -> None:
    before = case(*STARTED, MET)
    if expected:
        assert refused(before, by, "task-moved", task=TASK, to=to) == "task.not-yours"
        assert refused(before, by, "task-dropped", task=TASK) == "task.not-yours"
    else:
        assert not judged(before, by, "task-moved", task=TASK, to=to).claim


def test_leaving_on_an_earlier_day_undoes_nothing_that_was_late_when_it_was_told() -> None:
    told_at = datetime(2026, 4, 10, 12, tzinfo=UTC)
    about = case(*STARTED, left("2026-03-10", _recorded_at=told_at))
    missed = due(about, "joint-monitoring", "2026-04-20")
    assert (missed.state, missed.missed_by, missed.to_reassign) == ("missed", (COOP,), ())
    in_time = due(case(*STARTED, left("2026-03-10")), "joint-monitoring", "2026-04-20")
    assert (in_time.state, in_time.missed_by, in_time.to_reassign) == ("late", (), (COOP,))


def test_nobody_leaves_before_it_came() -> None:
    about = case(*STARTED)
    assert (
        refused(about, COOP, "member-left", organisation=COOP, _occurred="2026-02-01") == "member.left-before-joining"
    )
    assert standing(stored(about, left("2026-02-05")), COOP) != standing(about, COOP)


# The responsible

TOLD_AT = datetime(2026, 4, 10, 12, tzinfo=UTC)
PROPOSED: Step = at("2026-03-01", CENTRE, "handover-proposed", to=HEALTH)


@pytest.mark.parametrize(
    ("before", "last"),
    [
        (OPENED, (CENTRE, "case-handed-out", {})),
        ((*OPENED, PROPOSED), (HEALTH, "handover-accepted", {"handover": HANDOVER})),
        (OPENED, (HEALTH, "case-adopted", {"organisation": HEALTH})),
    ],
)
def test_the_responsible_has_left_by_the_day_on_which_it_was_told(
    before: tuple[Step, ...], last: tuple[str, str, dict[str, Any]]
) -> None:
    """As a member has: what was late until then stays its own."""
    by, type_, fields = last
    late = then(case(*before), at("2026-03-10", by, type_, **fields, _recorded_at=TOLD_AT))
    assert CENTRE not in late.path.team.in_charge()
    for after in (late, late.refolded()):
        assert left_at(after.path, CENTRE) == Moment(TOLD_AT)


def test_nor_does_the_responsible_leave_before_it_came() -> None:
    early: dict[str, Any] = {"_occurred": "2026-01-01", "_recorded_at": TOLD_AT}
    assert refused(case(*OPENED), CENTRE, "case-handed-out", **early) == "member.left-before-joining"
    assert judged(case(*OPENED), CENTRE, "case-handed-out", **{**early, "_occurred": "2026-02-01"})


def test_who_placed_the_last_responsible_names_no_teller_once_the_case_was_handed_out() -> None:
    placed = stored(
        case((CENTRE, "case-opened"), (CENTRE, "member-joined", {"organisation": COOP, "past": "none"})),
        (CENTRE, "case-handed-out"),
        (OFFICE, "case-adopted", {"organisation": COOP}),
        (OFFICE, "past-confirmed", {"organisation": COOP, "_recorded_at": NOON.replace(year=2027)}),
    )
    assert placed.path.team.placed_by == OFFICE
    handed_out = stored(placed, (COOP, "case-handed-out"))
    names: dict[str, Any] = {"organisation": None, "teller": COOP}
    assert refused(handed_out, OFFICE, "teller-named", **names) == "case.unknown"
    named = then(handed_out, (OFFICE, "teller-named", names))
    for after in (handed_out, named, named.refolded()):
        assert (after.path.team.placed_by, after.path.team.person_teller) == (None, None)
    assert not places_teller(Team(placed_by=OFFICE), None, OFFICE)
