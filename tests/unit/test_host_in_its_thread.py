"""A host that stands in the thread of its placement alone: the rules answer all that it tells there."""

from typing import Any

from domain.case import Case
from tests.examples import CENTRE, COOP, MEETING, PLACEMENT, TRAINER
from tests.unit.given import Step, case, code_of, judged, stored

HOSTED: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none", "past_since": None}),
    (TRAINER, "placement-agreed", {"host": COOP, "promoter": TRAINER, "referral": None, "agreement": None}),
)
CHANGED: dict[str, Any] = {"placement": PLACEMENT, "hours_a_week": 20}
HELD: dict[str, Any] = {"meeting": MEETING, "placements": [PLACEMENT], "organisations": [CENTRE, COOP], "tasks": []}
CONVENED: Step = (CENTRE, "meeting-convened", {"meeting": MEETING, "placements": [], "organisations": [CENTRE]})


def hosted(*steps: Step) -> Case:
    made = stored(case(), *HOSTED, *steps)
    assert not made.path.team.belongs(COOP)
    return made


def test_it_changes_its_placement_and_the_tasks_there_are_a_text() -> None:
    changed = judged(hosted(), COOP, "placement-changed", **CHANGED, tasks="example tasks: packing")
    assert not changed.claim
    (placement,) = hosted().after(changed).path.placements.by_id.values()
    assert placement.hours_a_week == 20


def test_it_tells_of_a_meeting_in_a_placement_that_was_changed() -> None:
    """The change sets no tasks of anybody, with a text or without one."""
    for tasks in (..., "example tasks: packing"):
        before = hosted((TRAINER, "placement-changed", {**CHANGED, "tasks": tasks}))
        assert not judged(before, COOP, "meeting-held", **HELD).claim


def test_a_meeting_of_others_stays_theirs() -> None:
    before = hosted((TRAINER, "placement-changed", {**CHANGED, "tasks": ...}), CONVENED)
    assert code_of(lambda: judged(before, COOP, "meeting-held", **HELD)) == "case.only-asked"
