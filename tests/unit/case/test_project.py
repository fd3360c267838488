"""The personal project, its steps, and changes that others propose."""

from typing import Any

import pytest

from tests.examples import CENTRE, COOP, HEALTH, OTHER_COOP, PROJECT, PROPOSAL, STEP
from tests.unit.case.test_placement import STARTED
from tests.unit.given import Step, case, check, code_of, refused, then, uuid

DRAFTED: tuple[Step, ...] = (*STARTED, (CENTRE, "project-drafted"))
PROPOSED: tuple[Step, ...] = (*STARTED, (COOP, "change-proposed"))
STATES: dict[str, tuple[Step, ...]] = {
    "none": STARTED,
    "proposed": PROPOSED,
    "approved": (*PROPOSED, (CENTRE, "proposal-approved")),
    "declined": (*PROPOSED, (CENTRE, "proposal-declined", {"proposal": PROPOSAL})),
    "withdrawn": (*PROPOSED, (COOP, "proposal-withdrawn", {"proposal": PROPOSAL})),
}
ROLES = {"responsible": CENTRE, "proposer": COOP, "member": HEALTH, "stranger": OTHER_COOP}
ACTS = ("change-proposed", "proposal-approved", "proposal-declined", "proposal-withdrawn")
UNK, IS, NO, RES, WAS = (
    "proposal.unknown", "proposal.exists", "proposal.not-yours", "case.not-responsible", "proposal.answered",
)  # fmt: skip
OUT = ("case.unknown",) * 4
TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    #                          proposed approved declined withdrawn
    ("none", "responsible"):     ("",   UNK,     UNK,     UNK),
    ("none", "proposer"):        ("",   UNK,     UNK,     UNK),
    ("proposed", "responsible"): (IS,   "",      "",      NO),
    ("proposed", "proposer"):    (IS,   RES,     RES,     ""),
    ("proposed", "member"):      (IS,   RES,     RES,     NO),
    **{(s, "responsible"): (IS, WAS, WAS, NO) for s in ("approved", "declined", "withdrawn")},
    **{(s, "proposer"): (IS, RES, RES, WAS) for s in ("approved", "declined", "withdrawn")},
    **{(s, "stranger"): OUT for s in STATES},
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "role", "type_", "outcome"),
    [(s, r, t, o) for (s, r), row in TABLE.items() for t, o in zip(ACTS, row, strict=True)],
)
def test_who_may_tell_what_of_a_proposal(state: str, role: str, type_: str, outcome: str) -> None:
    assert code_of(lambda: check(case(*STATES[state]), ROLES[role], type_, proposal=PROPOSAL)) == outcome


@pytest.mark.parametrize("state", [s for s in STATES if s != "none"])
def test_the_state_is_that_of_the_decision(state: str) -> None:
    assert {p.state for p in case(*STATES[state]).path.projects.proposals.values()} == {state}


@pytest.mark.parametrize(
    ("type_", "fields", "code"),
    [
        ("project-drafted", {}, "project.exists"),
        ("project-drafted", {"project": str(uuid(9)), "founded_on": [99]}, "entry.unknown"),
        ("project-revised", {"project": str(uuid(9))}, "project.unknown"),
        ("project-signed", {"project": str(uuid(9))}, "project.unknown"),
        ("step-started", {"step": str(uuid(9))}, "step.unknown"),
        ("step-completed", {"project": str(uuid(9))}, "project.unknown"),
        ("change-proposed", {"project": str(uuid(9)), "placement": None}, "project.unknown"),
        ("project-revised", {}, ""),
        ("step-started", {}, ""),
        ("step-completed", {}, ""),
        ("step-dropped", {}, ""),
    ],
)
def test_what_is_refused_of_a_project(type_: str, fields: dict[str, Any], code: str) -> None:
    assert code_of(lambda: check(case(*DRAFTED), COOP, type_, **fields)) == code


def test_a_step_does_not_end_before_it_starts() -> None:
    step = {"step": STEP, "step_kind": "job", "starts": "2026-03-02", "ends": "2026-03-01"}
    assert refused(case(*DRAFTED), CENTRE, "project-revised", steps=[step]) == "step.ends-before-starts"


def test_a_revision_keeps_what_has_happened_to_its_steps_and_asks_for_new_signatures() -> None:
    before = then(case(*DRAFTED), (CENTRE, "project-signed"), (COOP, "step-started"))
    after = then(before, (CENTRE, "project-revised"))
    (was,), (now,) = before.path.projects.by_id.values(), after.path.projects.by_id.values()
    assert dict(was.steps) == dict(now.steps)
    assert (was.signed, now.signed, now.revisions) == (frozenset({"person", "sender"}), frozenset(), 1)


def test_a_project_is_known_by_its_id() -> None:
    assert [str(id_) for id_ in case(*DRAFTED).path.projects.by_id] == [PROJECT]
