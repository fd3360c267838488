"""Meetings and tasks, on a case: what may be told of them in each state, and what comes of it."""

from typing import Any

import pytest

from domain.case import Case
from domain.catalogue import read_act
from domain.refusal import Malformed
from tests.examples import CENTRE, COOP, HEALTH, MEETING, OTHER_COOP, TASK, body
from tests.unit.case.test_placement import STARTED
from tests.unit.given import Step, case, check, code_of, refused, then, uuid

CONVENED: tuple[Step, ...] = (*STARTED, (COOP, "meeting-convened"))
STATES: dict[str, tuple[Step, ...]] = {
    "none": STARTED,
    "convened": CONVENED,
    "cancelled": (*CONVENED, (COOP, "meeting-cancelled", {"meeting": MEETING})),
    "missed": (*CONVENED, (COOP, "meeting-missed", {"meeting": MEETING})),
    "held": (*CONVENED, (COOP, "meeting-held")),
}
ACTS = (
    "meeting-convened",
    "meeting-moved",
    "meeting-cancelled",
    "invitation-answered",
    "meeting-held",
    "meeting-missed",
)
UNK, IS, HELD = "meeting.unknown", "meeting.exists", "meeting.held"
TABLE: dict[str, tuple[str, ...]] = {
    #             convened moved cancelled answered held missed
    "none":      ("",      UNK,  UNK,      UNK,     "",  ""),
    "convened":  (IS,      "",   "",       "",      "",  ""),
    "cancelled": (IS,      "",   "",       "",      "",  ""),
    "missed":    (IS,      "",   "",       "",      "",  ""),
    "held":      (IS,      HELD, HELD,     HELD,    "",  ""),
}  # fmt: skip
ROLES = {"sender": CENTRE, "host": COOP, "member": HEALTH, "stranger": OTHER_COOP}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("state", "type_", "outcome"), [(s, t, o) for s, row in TABLE.items() for t, o in zip(ACTS, row, strict=True)]
)
def test_who_may_tell_what_of_a_meeting(state: str, role: str, type_: str, outcome: str) -> None:
    found = code_of(lambda: check(case(*STATES[state]), ROLES[role], type_, meeting=MEETING))
    assert found == ("case.unknown" if role == "stranger" else outcome)


def meeting(of: Case) -> Any:
    return next(iter(of.path.meetings.by_id.values()))


@pytest.mark.parametrize("state", [s for s in STATES if s != "none"])
def test_the_state_is_that_of_what_was_told(state: str) -> None:
    assert meeting(case(*STATES[state])).state == state


@pytest.mark.parametrize("type_", ["meeting-moved", "meeting-cancelled", "meeting-missed"])
def test_what_was_held_stays_held_whatever_is_told_of_earlier_days(type_: str) -> None:
    late: Step = (COOP, type_, {"meeting": MEETING, "_occurred": "2026-03-02"})
    check(case(*STATES["held"]), COOP, type_, meeting=MEETING, _occurred="2026-03-02")
    assert meeting(then(case(*STATES["held"]), late)).state == "held"


def test_a_convening_told_after_the_meeting_is_taken() -> None:
    held = then(case(*STARTED), (COOP, "meeting-held"))
    check(held, COOP, "meeting-convened")
    assert meeting(then(held, (COOP, "meeting-convened"))).state == "held"


def test_one_meeting_told_by_two_is_one() -> None:
    told = then(case(*STATES["held"]), (CENTRE, "meeting-held", {"organisations": [HEALTH], "fulfils": ["another"]}))
    assert meeting(told).organisations == {CENTRE, COOP, HEALTH}
    assert len(meeting(told).fulfils) == 2
    assert [seen.monitored for seen in told.path.placements.followed_up.values()] == [1]


def test_invitations_are_answered_one_by_one() -> None:
    told = then(case(*CONVENED), (CENTRE, "invitation-answered"), (HEALTH, "invitation-answered", {"answer": "coming"}))
    assert dict(meeting(told).answers) == {CENTRE: "not-coming", HEALTH: "coming"}


def test_a_meeting_that_moved_has_its_new_day() -> None:
    moved = then(case(*CONVENED), (COOP, "meeting-moved"))
    assert str(meeting(moved).day) == "2026-03-23"


def test_a_task_is_done_by_whoever_tells_it() -> None:
    held = case(*STATES["held"])
    check(held, CENTRE, "task-done")
    (task,) = then(held, (COOP, "task-done")).path.meetings.tasks.values()
    assert (task.organisation, task.done is not None) == (COOP, True)


def test_a_task_nobody_set_is_unknown() -> None:
    assert refused(case(*STATES["held"]), COOP, "task-done", task=str(uuid(9))) == "task.unknown"


def test_a_task_is_known_by_the_id_that_the_meeting_gave_it() -> None:
    assert [str(id_) for id_ in case(*STATES["held"]).path.meetings.tasks] == [TASK]


def test_a_waived_obligation_keeps_its_reason() -> None:
    waived = then(case(*STARTED), (COOP, "obligation-waived", {"obligations": ["one"]}))
    assert dict(waived.path.meetings.waived) == {"one": "too-close"}


@pytest.mark.parametrize("time", ["2026-03-20T10:00:00", "2026-03-20", "at ten"])
def test_a_meeting_begins_at_a_time_with_its_zone(time: str) -> None:
    told = {n: v for n, v in body("meeting-convened").items() if n not in ("case", "act_id", "practitioner")}
    with pytest.raises(Malformed) as refusal:
        read_act({**{n: v for n, v in told.items() if n != "occurred_at"}, "starts_at": time}, "case")
    assert [path for path, _ in refusal.value.fields] == ["starts_at"]


def test_a_meeting_is_a_contact() -> None:
    assert case(*STATES["held"]).path.contact
