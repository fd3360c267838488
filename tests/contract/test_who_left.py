"""What the responsible is shown once an organisation has left a case: its duties, its tasks, that it was irregular."""

from datetime import date
from typing import Any

from tests.asked import Asked
from tests.examples import CENTRE, COOP, PLACEMENT_REFERRAL
from tests.unit.given import Step, uuid

NEW = "018f0000-0000-7000-8000-00000000a002"
LATE_TASK, TASK = str(uuid(0xE1)), str(uuid(0xE2))
TASKS = [
    {"task": LATE_TASK, "organisation": COOP, "due": "2026-03-20"},
    {"task": TASK, "organisation": COOP, "due": "2026-05-01"},
]
MET: dict[str, Any] = {"meeting_kind": "team", "placements": [], "fulfils": [], "tasks": TASKS, "task_texts": []}
STEPS: tuple[Step, ...] = (
    (CENTRE, "case-opened", {"_occurred": "2026-02-01"}),
    (CENTRE, "referral-sent", {"_occurred": "2026-02-02", "referral": PLACEMENT_REFERRAL, "sheet": None}),
    (COOP, "referral-accepted", {"_occurred": "2026-02-04", "referral": PLACEMENT_REFERRAL}),
    (COOP, "placement-agreed", {"_occurred": "2026-02-16", "ends": "2026-12-31", "agreement": None}),
    (COOP, "placement-started", {"_occurred": "2026-03-02", "started": "2026-03-02"}),
    (CENTRE, "meeting-held", {"_occurred": "2026-03-05", **MET}),
    (COOP, "member-left", {"_occurred": "2026-03-21", "organisation": COOP}),
)
DAY = date(2026, 3, 22)


def answer(asked: Asked, query: str, reader: str, **wanted: Any) -> Any:
    return asked.queries.ask(query, reader=reader, case=NEW, **asked.now, **wanted)[query]


def test_its_open_duties_and_tasks_are_on_the_responsibles_list(asked: Asked) -> None:
    asked.continue_(NEW, *STEPS)
    (due,) = answer(asked, "due", CENTRE, as_of=DAY, mine=True)
    assert (due["rule"]["id"], due["convenes"], due["to_reassign"]) == ("joint-monitoring", [CENTRE], [COOP])
    (task,) = answer(asked, "tasks", CENTRE, as_of=DAY, mine=True)
    assert (task["task"], task["to_reassign"], task["missed"]) == (TASK, True, False)


def test_what_was_late_is_shown_as_missed_by_it(asked: Asked) -> None:
    asked.continue_(NEW, *STEPS[:-1], (COOP, "member-left", {"_occurred": "2026-04-10", "organisation": COOP}))
    (due,) = answer(asked, "due", CENTRE, as_of=date(2026, 4, 11), states=["missed"])
    assert (due["state"], due["missed_by"], due["to_reassign"]) == ("missed", [COOP], [])
    tasks = {t["task"]: t for t in answer(asked, "tasks", CENTRE, as_of=date(2026, 4, 11))}
    assert (tasks[LATE_TASK]["missed"], tasks[LATE_TASK]["to_reassign"]) == (True, False)
    assert tasks[TASK]["to_reassign"]
    before = {t["task"]: t for t in answer(asked, "tasks", CENTRE, as_of=date(2026, 4, 9))}
    assert not any(t["missed"] or t["to_reassign"] for t in before.values())


def test_that_it_left_during_its_placement_is_shown_to_the_responsible(asked: Asked) -> None:
    asked.continue_(NEW, *STEPS)
    found = [i for i in answer(asked, "irregularities", CENTRE) if i["rule"] == "left-during-placement"]
    assert [(i["organisation"], i["type"]) for i in found] == [(COOP, "member-left")]


def test_who_comes_back_has_its_tasks_again(asked: Asked) -> None:
    asked.continue_(NEW, *STEPS, (CENTRE, "member-joined", {"_occurred": "2026-03-22", "organisation": COOP}))
    assert not any(t["to_reassign"] for t in answer(asked, "tasks", CENTRE, as_of=DAY))


def test_moved_or_dropped_by_the_responsible_it_is_nobodys_to_reassign(asked: Asked) -> None:
    asked.continue_(
        NEW,
        *STEPS,
        (CENTRE, "task-moved", {"_occurred": "2026-03-22", "task": TASK, "to": CENTRE, "due": "2026-06-01"}),
        (CENTRE, "task-dropped", {"_occurred": "2026-03-22", "task": LATE_TASK}),
    )
    (task,) = answer(asked, "tasks", CENTRE, as_of=DAY, mine=True)
    assert (task["task"], task["due"], task["to_reassign"]) == (TASK, "2026-06-01", False)
    over = {t["task"]: t["dropped"] for t in answer(asked, "tasks", CENTRE, as_of=DAY, done=True)}
    assert over == {TASK: None, LATE_TASK: "2026-03-22"}
