"""An amended case is what it would be had it been told so from the beginning, whatever was amended."""

import time
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case, replay, threads
from domain.case.about import AboutAct
from domain.catalogue import ACTS
from domain.entry import Entry
from domain.facts import replace
from services.seen import seen_by
from tests.examples import CASE, CENTRE, COOP, EXAMPLES, HEALTH, TRAINER, act
from tests.unit.given import Step, case, code_of, told, uuid

ORGANISATIONS: Final = (CENTRE, COOP, HEALTH, TRAINER)
OF_THE_CASE: Final = sorted(t for t, a in ACTS.items() if a.kind == "case" and not issubclass(a, AboutAct))
IDS: Final = [str(uuid(n)) for n in range(1, 4)]
FEW: Final = [str(uuid(n)) for n in range(1, 3)]
NAMING: Final = frozenset({"referral", "handover", "meeting", "task", "project", "proposal", "step", "placement"})

BEGUN: Final[tuple[Step, ...]] = (
    (CENTRE, "referral-sent", {"referral": IDS[0]}),
    (CENTRE, "placement-agreed", {"placement": FEW[0], "host": COOP}),
    (CENTRE, "project-drafted", {"project": FEW[0]}),
)


def _changed(random: Random, type_: str) -> dict[str, Any]:
    """Fields drawn from so few values that acts meet each other."""
    fields = ACTS[type_].model_fields
    found: dict[str, Any] = {name: random.choice(FEW) for name in NAMING if name in fields}
    if "placement" in fields and not fields["placement"].is_required():
        found["placement"] = random.choice([None, *FEW])
    if "placements" in fields:
        found["placements"] = random.choice([[], [FEW[0]], FEW])
    if type_ in ("presentation-sheet-filed", "visit-held"):
        found["sheet"] = random.choice(FEW)
    if type_ == "meeting-held":
        found["meeting_kind"] = random.choice(["joint-monitoring", "team", "planning"])
        found["organisations"] = random.sample(ORGANISATIONS, 2)
        found["tasks"] = [{"task": t, "organisation": COOP} for t in random.sample(FEW, random.randint(0, 2))]
        found["task_texts"] = []
    if type_ in ("project-drafted", "project-revised"):
        steps = random.sample(FEW, random.randint(0, 2))
        found |= {"steps": [{"step": s, "step_kind": "course"} for s in steps], "step_texts": [], "founded_on": []}
    for name in {"to", "organisation", "host"} & set(fields):
        found[name] = random.choice(ORGANISATIONS)
    if "past" in fields:
        found["past"] = random.choice(["none", "all"])
    return found


def stories(random: Random, most: int, types: list[str], *, claims: bool = False) -> Iterator[Entry]:
    """`claims`: some answers are claims, and some of these are confirmed."""
    entries: list[Entry] = []
    for version, step in enumerate(BEGUN, 1):
        entries.append(told(version, *step))
    while len(entries) < most:
        entry = _amending(random, entries, types)
        entries.append(_claiming(random, entries, entry) if claims else entry)
    yield from entries


def _claiming(random: Random, entries: list[Entry], entry: Entry) -> Entry:
    claimed = [each.originator_version for each in entries if each.claim]
    if entry.act.effect == "answer" and not isinstance(entry.act, AboutAct) and random.random() < 0.4:
        return replace(entry, claim=True)
    if claimed and random.random() < 0.25:
        version, of = entry.originator_version, {"entry": random.choice(claimed)}
        attested = told(version, entry.organisation, "act-attested", {**of, "_act_id": uuid(version)})
        return replace(attested, confirms=True)
    return entry


def _amending(random: Random, entries: list[Entry], types: list[str]) -> Entry:
    version = len(entries) + 1
    envelope = {"_occurred": f"2026-03-{random.randint(3, 9):02}T12:00:00Z", "_act_id": uuid(version)}
    by = random.choice(ORGANISATIONS)
    chance = random.random()
    if chance < 0.15:
        return told(version, by, "act-retracted", {"entry": random.randint(1, version - 1), **envelope})
    if chance < 0.5:
        entry = random.choice(entries)
        type_ = entry.act.type if not isinstance(entry.act, AboutAct) else random.choice(types)
        if random.random() < 0.05:
            type_ = random.choice(OF_THE_CASE)
        own = {n: v for n, v in EXAMPLES[type_].body.items() if n in ACTS[type_].model_fields}
        act = {**own, **_changed(random, type_)}
        return told(version, by, "act-corrected", {"entry": entry.originator_version, "act": act, **envelope})
    type_ = random.choice(types)
    return told(version, by, type_, {**_changed(random, type_), **envelope})


EXAMPLES_EACH: Final = settings(max_examples=60, deadline=None, derandomize=True)
SETS: Final = {
    "anything": OF_THE_CASE,
    "meetings": [t for t in OF_THE_CASE if "meeting" in t] + ["task-done", "placement-agreed", "visit-held"],
    "placements": [t for t in OF_THE_CASE if t.startswith("placement")] + ["observation-recorded", "meeting-held"],
    "referrals": [t for t in OF_THE_CASE if t.startswith("referral")] + ["final-evaluation-shared", "member-left"],
    "projects": [t for t in OF_THE_CASE if t.startswith(("project", "step", "proposal", "change"))],
    "courses": [t for t in OF_THE_CASE if t.startswith("case-")] + ["contact-made", "obligation-waived"],
    "outcomes": ["observation-recorded", "team-outcome-recorded", "placement-agreed", "final-evaluation-shared"],
}


@pytest.mark.parametrize("types", SETS.values(), ids=SETS)
@pytest.mark.parametrize(("every", "claims"), [(2, False), (64, False), (64, True)])
def test_amending_one_by_one_comes_to_what_folding_from_the_beginning_does(
    types: list[str], every: int, claims: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "EVERY", every)

    @EXAMPLES_EACH
    @given(st.randoms(use_true_random=False), st.integers(5, 40))
    def compared(random: Random, most: int) -> None:
        case = Case(CASE)
        for entry in stories(random, most, types, claims=claims):
            case = case.after(entry)
            assert case.path == case.refolded().path

    compared()


def _long(type_: str, entries: int, **changes: Any) -> Case:
    steps: list[Step] = [*BEGUN, *[(CENTRE, type_, {**changes, "_act_id": uuid(n)}) for n in range(entries)]]
    return replay((told(version, *step) for version, step in enumerate(steps, 1)), Case(CASE))


def _cost(case: Case, type_: str, **changes: Any) -> float:
    """CPU seconds of ten corrections, each decided and folded, once the case is known."""
    own = {n: v for n, v in EXAMPLES[type_].body.items() if n in ACTS[type_].model_fields}
    began = 0.0
    for number in range(12):
        if number == 2:
            began = time.process_time()
        change = {"entry": 10 + number, "act": {**own, **changes}}
        entry = told(case.version + 1, CENTRE, "act-corrected", change)
        assert not code_of(partial(case.check, entry))
        case = case.after(entry)
    return time.process_time() - began


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("contact-made", {}),
        ("meeting-held", {"placements": [], "tasks": [], "task_texts": []}),
        ("hours-recorded", {"placement": FEW[0]}),
        ("person-updated", {}),
        ("observation-recorded", {"placement": FEW[0]}),
        ("placement-changed", {"placement": FEW[0]}),
        ("project-revised", {"project": FEW[0], "founded_on": []}),
    ],
)
def test_correcting_a_long_case_costs_about_what_correcting_a_short_one_does(
    type_: str, changes: dict[str, Any]
) -> None:
    short, long = (_cost(_long(type_, n, **changes), type_, **changes) for n in (200, 4000))
    assert long < 6 * short + 0.05  # by the length it would be twenty times


def test_a_chain_of_a_thousand_contestations_is_folded_seen_and_told() -> None:
    steps: list[Step] = [(CENTRE, "referral-sent"), *[(CENTRE, "act-contested", {"entry": n}) for n in range(1, 3000)]]
    entries = [told(version, *step) for version, step in enumerate(steps, 1)]
    case = replay(entries, Case(CASE))
    assert len(list(seen_by(case, CENTRE))) == len(list(seen_by(case, COOP))) == len(entries)
    assert case.amendment(1) is None


@pytest.mark.parametrize(("deep", "outcome"), [(15, ""), (16, "about.too-deep")])
def test_what_is_said_about_an_act_about_an_act_ends_sixteen_deep(deep: int, outcome: str) -> None:
    steps: list[Step] = [
        (CENTRE, "referral-sent"),
        *[(CENTRE, "act-contested", {"entry": n}) for n in range(1, deep + 1)],
    ]
    case = replay((told(version, *step) for version, step in enumerate(steps, 1)), Case(CASE))
    tried = told(case.version + 1, CENTRE, "act-contested", {"entry": case.version})
    assert code_of(partial(case.check, tried)) == outcome


def test_a_thousand_words_about_one_entry_are_kept_in_linear_time() -> None:
    steps: list[Step] = [(CENTRE, "referral-sent"), *[(CENTRE, "act-contested", {"entry": 1})] * 5000]
    began = time.process_time()
    case = replay((told(version, *step) for version, step in enumerate(steps, 1)), Case(CASE))
    assert case.about[1] == tuple(range(2, 5002))
    assert time.process_time() - began < 5


def test_whoever_a_retracted_referral_first_brought_in_has_no_teller_by_it() -> None:
    sent: Step = (CENTRE, "referral-sent", {"to": HEALTH, "again": None})
    brought = case((CENTRE, "case-opened"), sent, (CENTRE, "act-retracted", {"entry": 2}))
    assert brought.path == brought.refolded().path
    assert brought.path.team.teller_of(HEALTH) is None


def test_a_confirmed_claim_holds_where_it_was_confirmed_whatever_is_amended_beside_it() -> None:
    changed = {"hours_a_week": 20}
    entries = [
        told(1, CENTRE, "referral-sent"),
        told(2, CENTRE, "placement-agreed"),
        told(3, CENTRE, "placement-changed", {**changed, "_act_id": uuid(3)}),
        replace(told(4, TRAINER, "placement-changed", {"hours_a_week": 30, "_act_id": uuid(4)}), claim=True),
        replace(told(5, CENTRE, "act-attested", {"entry": 4}), confirms=True),
    ]
    again = act("placement-changed", **changed | {"hours_a_week": 10})
    corrected = told(
        6, CENTRE, "act-corrected", {"entry": 3, "ground": "mistake", "act": again.model_dump(mode="json")}
    )
    now = replay([*entries, corrected], Case(CASE))
    (placement,) = now.path.placements.by_id.values()
    assert placement.hours_a_week == 30
    assert now.path == now.refolded().path
