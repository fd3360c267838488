"""What may be kept from some: notes alone. Whatever others rely on is for all that read the record."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

import pytest

from adapters.schemas.act import act_schema
from docs.acts import acts
from domain.agreement import Agreement
from domain.catalogue import ACTS
from domain.narrowing import check_narrowed
from domain.record_id import Kind
from domain.rules import check
from domain.visibility import sight
from tests.examples import AGREEMENT, CENTRE, COOP, HEALTH, OFFICE, RULEBOOK, act, entry
from tests.unit.given import case, code_of, judged, refused, story, then, uuid
from tests.unit.test_defaults import founded

LATE: Final = datetime(2026, 12, 1, tzinfo=UTC)
NOTES = {
    "contact-made",
    "follow-up-made",
    "incident-reported",
    "information-asked",
    "information-supplied",
    "observation-recorded",
    "person-updated",
    "visit-held",
}
NOT_HERE = "only-for.not-on-this-act"
TASK, MEETING = str(uuid(71)), str(uuid(72))
MEMBERS = ((CENTRE, "member-joined", {"organisation": o, "past": "all", "past_since": None}) for o in (COOP, HEALTH))
TEAM = case((CENTRE, "case-opened"), *MEMBERS)
MET: dict[str, Any] = {
    "meeting": MEETING,
    "placements": [],
    "fulfils": [],
    "tasks": [{"task": TASK, "organisation": CENTRE}],
}


def test_these_may_be_narrowed_and_no_other() -> None:
    assert {type_ for type_, act_class in ACTS.items() if act_class.may_be_narrowed} == NOTES


@pytest.mark.parametrize("type_", sorted(ACTS.keys() - NOTES))
def test_any_other_is_refused_for_some(type_: str) -> None:
    """On every kind of record, also an act about a note that is narrow itself."""
    tried = replace(entry(act(type_), CENTRE), only_for=(COOP,))
    assert code_of(lambda: check_narrowed(tried)) == NOT_HERE
    assert code_of(lambda: check_narrowed(replace(tried, only_for=None))) == ""
    if Kind.CASE in ACTS[type_].kinds() and type_ != "case-opened":
        before = then(TEAM, (CENTRE, "contact-made", {"_only_for": (COOP,), "with_organisation": None}))
        about = {"entry": before.version} if "entry" in ACTS[type_].model_fields else {}
        assert refused(before, CENTRE, type_, **about, _only_for=(COOP,)) == NOT_HERE


@pytest.mark.parametrize(
    ("record", "by", "type_"),
    [
        (f"organisation/{COOP}", COOP, "organisation-updated"),
        (f"organisation/{COOP}", COOP, "practitioner-named"),
        (f"organisation/{COOP}", COOP, "closure-declared"),
        (RULEBOOK, OFFICE, "calendar-published"),
        (AGREEMENT, COOP, "meeting-held"),
        (AGREEMENT, COOP, "place-asked"),
    ],
)
def test_nor_is_it_on_other_records(record: str, by: str, type_: str) -> None:
    signed = (e for e in story() if e.originator_id == AGREEMENT and e.originator_version <= 2)
    known = founded()
    states = {RULEBOOK: known.rulebook, AGREEMENT: reduce(Agreement.after, signed, Agreement(AGREEMENT))}
    state = states.get(record) or known.organisation(COOP)
    fields: dict[str, Any] = {"placements": []} if type_ == "meeting-held" else {}
    tried = entry(act(type_, **fields), by, state.version + 1, record=record, recorded_at=LATE, only_for=())
    assert code_of(lambda: check(tried, state, known)) == NOT_HERE
    assert code_of(lambda: check(replace(tried, only_for=None), state, known)) != NOT_HERE


@pytest.mark.parametrize("fields", [{"task-moved": {"to": COOP}}, {"task-dropped": {}}, {"task-done": {}}])
def test_no_task_is_taken_from_who_is_to_do_it_unseen(fields: dict[str, dict[str, Any]]) -> None:
    before = then(TEAM, (CENTRE, "meeting-held", MET))
    ((type_, more),) = fields.items()
    assert refused(before, COOP, type_, task=TASK, **more, _only_for=()) == NOT_HERE
    assert judged(before, CENTRE, "task-moved", task=TASK, to=HEALTH).act.type == "task-moved"


def test_a_correction_is_seen_by_whoever_sees_what_it_corrects() -> None:
    before = then(TEAM, (COOP, "contact-made", {"with_organisation": None, "_only_for": (HEALTH,)}))
    corrects = {
        "entry": before.version,
        "ground": "mistake",
        "act": {"type": "contact-made", "channel": "email", "with_whom": "person"},
    }
    for only_for in ((), (CENTRE,), (HEALTH,)):
        assert refused(before, COOP, "act-corrected", **corrects, _only_for=only_for) == NOT_HERE
        assert refused(before, COOP, "act-retracted", entry=before.version, _only_for=only_for) == NOT_HERE
    after = before.after(judged(before, COOP, "act-corrected", **corrects))
    corrected = after.history.entries[after.version]
    assert [sight(after, corrected, reader) is not None for reader in (COOP, HEALTH, CENTRE)] == [True, True, False]


def test_the_documents_say_of_which_acts_it_is_taken() -> None:
    marked = {page.split("\n", 1)[0] for page in acts().split("\n### ")[1:] if "*May be narrowed*" in page}
    assert marked == NOTES
    refused_on = {type_ for type_ in ACTS if "Refused" in act_schema(type_)["properties"]["only_for"]["description"]}
    assert refused_on == ACTS.keys() - NOTES
