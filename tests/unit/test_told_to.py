"""What an answer says is judged on what its teller may see: role, act and what is hidden."""

from typing import Any

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.irregularities import OF_THE_ENTRY, irregularities, irregularities_seen
from domain.refusal import Refused
from domain.rules import check
from domain.submission import Submission
from domain.visibility import sight
from services.batch import Told, decided
from services.seen import seen_by, sees_all_before
from tests.examples import CENTRE, COOP, HEALTH, OTHER_COOP, PAPER, TRAINER
from tests.unit.given import ACCEPTED, SENT, Step, case, code_of, network, then, told, uuid
from tests.unit.test_defaults import founded

APART = {"_only_for": (CENTRE,)}
BY = (
    (CENTRE, "member-joined", {"organisation": HEALTH, "past": "all"}),
    (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none"}),
    (CENTRE, "referral-sent", {"referral": str(uuid(8)), "to": PAPER}),
)
ROLES = {"responsible": CENTRE, "member of all": HEALTH, "member from then on": TRAINER, "receiver": COOP}
HIDDEN: dict[str, tuple[Step, ...]] = {
    "suspended": ((CENTRE, "case-suspended", APART),),
    "closed": ((CENTRE, "case-closed", APART),),
    "resumed": ((CENTRE, "case-suspended"), (CENTRE, "case-resumed", APART)),
    "reopened": ((CENTRE, "case-closed"), (CENTRE, "case-reopened", APART)),
    "nothing": (),
}
ACTS: dict[str, dict[str, Any]] = {
    "contact-made": {"with_organisation": None},
    "referral-sent": {"referral": str(uuid(9)), "to": OTHER_COOP, "past": "none"},
    "case-resumed": {},
    "case-closed": {},
    "case-taken-on": {},
}


def answered(before: Case, by: str, type_: str, changes: dict[str, Any], *, dry_run: bool = True) -> set[str]:
    """The rules that the answer names."""
    draft = told(before.version + 1, by, type_, changes)
    sent = Submission(
        record=before.id,
        act=draft.act,
        act_id=draft.act_id,
        occurred=draft.occurred,
        practitioner=draft.practitioner,
        on_behalf_of=draft.on_behalf_of,
        evidence=draft.evidence,
        only_for=draft.only_for,
        imported_from=None,
        dry_run=dry_run,
    )
    decision, _ = decided(draft, Told(by, sent), before, founded())
    return {each.rule for each in decision.irregularities}


def in_the_view(after: Case, entry: Entry) -> set[str]:
    """The rules that the view shows to the teller of the last entry."""
    before, whole, rules = Case(after.id, partial=True), True, set[str]()
    for seen in seen_by(after, entry.organisation):
        whole = whole and seen.entry.originator_version == before.version + 1
        if seen.entry.originator_version == entry.originator_version:
            found = irregularities_seen(entry, before, founded(), entry.organisation, whole=whole)
            rules = {each.rule for each in found}
        whole = whole and not seen.masked
        before = before.after(seen.shown)
    return rules


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("type_", ACTS)
def test_an_answer_says_what_the_view_will_show(role: str, hidden: str, type_: str) -> None:
    before = case(*ACCEPTED, *BY, *HIDDEN[hidden])
    entry = told(before.version + 1, ROLES[role], type_, ACTS[type_])
    said = answered(before, ROLES[role], type_, ACTS[type_])
    assert said == answered(before, ROLES[role], type_, ACTS[type_], dry_run=False)
    assert said == in_the_view(before.after(entry), entry)


@pytest.mark.parametrize("by", [HEALTH, TRAINER, COOP])
@pytest.mark.parametrize("hidden", [name for name in HIDDEN if name != "nothing"])
@pytest.mark.parametrize("type_", ACTS)
def test_what_is_hidden_does_not_move_an_answer(by: str, hidden: str, type_: str) -> None:
    """It says the same as when nothing but a contact had been kept apart."""
    steps = HIDDEN[hidden]
    other = (*steps[:-1], (CENTRE, "contact-made", {**APART, "with_organisation": None}))
    kept, another = (case(*ACCEPTED, *BY, *each) for each in (steps, other))
    assert answered(kept, by, type_, ACTS[type_]) == answered(another, by, type_, ACTS[type_])


AMENDED: dict[str, tuple[Step, ...]] = {
    **HIDDEN,
    "wrong": ((CENTRE, "act-retracted", {"entry": 1, "ground": "wrong-person"}),),
    "mistaken": ((CENTRE, "act-retracted", {"entry": 1, "ground": "mistake"}),),
    "said apart": ((CENTRE, "act-contested", {"entry": 1, **APART}),),
    "said about what is apart": (
        (CENTRE, "contact-made", {**APART, "with_organisation": None}),
        (CENTRE, "act-contested", {"entry": 6}),
    ),
    "its own": ((HEALTH, "contact-made", {"_only_for": (), "with_organisation": None}),),
}


@pytest.mark.parametrize("steps", AMENDED.values(), ids=AMENDED)
@pytest.mark.parametrize("reader", [*ROLES.values(), PAPER, OTHER_COOP])
def test_whoever_is_taken_to_see_all_sees_all(steps: tuple[Step, ...], reader: str) -> None:
    now = case(*ACCEPTED, *BY, *steps)
    for version in range(1, now.version + 2):
        sights = [sight(now, now.history.entries[each], reader) for each in range(1, version)]
        sees = all(found is not None and not found.masked for found in sights)
        assert sees_all_before(version, now, reader) is sees


def test_who_sees_all_is_told_all() -> None:
    open_ = case(*ACCEPTED, *BY, (CENTRE, "case-suspended"))
    for by in (CENTRE, HEALTH):
        assert "case-suspended" in answered(open_, by, "referral-sent", ACTS["referral-sent"])
    assert "case-suspended" in answered(
        case(*ACCEPTED, *BY, *HIDDEN["suspended"]), CENTRE, "referral-sent", ACTS["referral-sent"]
    )


def test_what_the_entry_itself_shows_is_said_to_everybody() -> None:
    hidden = case(*ACCEPTED, *BY, *HIDDEN["suspended"])
    late = {**ACTS["referral-sent"], "_practitioner": uuid(77)}
    said = answered(hidden, TRAINER, "referral-sent", late)
    assert said == {"practitioner-named"}
    assert said <= OF_THE_ENTRY
    assert irregularities(told(hidden.version + 1, TRAINER, "referral-sent", late), hidden, founded())


# Acts about an entry that the teller does not see

ABOUT: dict[str, dict[str, Any]] = {
    "act-attested": {},
    "act-contested": {},
    "act-corrected": {"act": {"type": "case-taken-on"}, "ground": "mistake"},
    "act-retracted": {"ground": "mistake"},
}


def refusal(before: Case, by: str, type_: str, **changes: Any) -> Refused:
    with pytest.raises(Refused) as found:
        check(told(before.version + 1, by, type_, changes), before, network())
    return found.value


@pytest.mark.parametrize("type_", ABOUT)
@pytest.mark.parametrize("by", [HEALTH, TRAINER, COOP])
@pytest.mark.parametrize("names", [{"with_organisation": COOP}, {"with_organisation": HEALTH}, {}])
def test_an_entry_one_does_not_see_is_as_one_that_does_not_exist(type_: str, by: str, names: dict[str, str]) -> None:
    hidden = case(*ACCEPTED, *BY, (CENTRE, "contact-made", {**APART, **names}))
    there, nowhere = (refusal(hidden, by, type_, **ABOUT[type_], entry=n) for n in (hidden.version, 999))
    assert (there.code, nowhere.code) == ("entry.unknown", "entry.unknown")
    assert there.facts.keys() == nowhere.facts.keys() == {"entry"}


@pytest.mark.parametrize("type_", ABOUT)
def test_of_what_was_before_it_joined_a_member_learns_as_little(type_: str) -> None:
    before = case(*SENT, (CENTRE, "contact-made", {"with_organisation": TRAINER}), *BY)
    assert refusal(before, TRAINER, type_, **ABOUT[type_], entry=2).code == "entry.unknown"


BUILT: dict[str, tuple[str, dict[str, Any]]] = {
    "a draft": ("project-drafted", {"founded_on": ...}),
    "a revision": ("project-revised", {"founded_on": ...}),
    "an evaluation": ("final-evaluation-shared", {"placement": None, "built_on": ...}),
}


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("built", BUILT)
def test_what_a_project_builds_on_is_seen_by_its_teller(built: str, *, corrected: bool) -> None:
    """One that it does not see is as one that does not exist, whatever else is wrong with the act."""
    type_, fields = BUILT[built]
    drafted: Step = (HEALTH, "project-drafted", {"founded_on": [1]})
    hidden = case(*ACCEPTED, *BY, (CENTRE, "contact-made", APART), drafted)
    there, nowhere, seen = (
        code_of(lambda each=each: check(each, hidden, founded()))  # type: ignore[misc]
        for each in (
            _citing(hidden, type_, fields, cited, corrected=corrected) for cited in (hidden.version - 1, 999, 1)
        )
    )
    assert (there, nowhere) == ("entry.unknown", "entry.unknown")
    assert seen != "entry.unknown"


def _citing(before: Case, type_: str, fields: dict[str, Any], cited: int, *, corrected: bool) -> Entry:
    version = before.version + 1
    draft = told(version, HEALTH, type_, {name: [cited] if v is ... else v for name, v in fields.items()})
    as_told = {"entry": before.version, "ground": "mistake", "act": draft.act.model_dump(mode="json")}
    return told(version, HEALTH, "act-corrected", as_told) if corrected else draft


def test_what_one_sees_is_attested_as_before() -> None:
    before = case(*ACCEPTED, *BY, (CENTRE, "contact-made", {"with_organisation": HEALTH}))
    check(told(before.version + 1, HEALTH, "act-attested", {"entry": before.version}), before, network())


@pytest.mark.parametrize(
    ("apart", "named"), [({}, {"version", "position", "because"}), ({"_only_for": (CENTRE,)}, set())]
)
def test_a_later_entry_is_named_to_whoever_may_read_it(apart: dict[str, Any], named: set[str]) -> None:
    """The health service takes back a placement that the centre, unseen by it or not, has built on."""
    placement = str(uuid(5))
    agreed = (HEALTH, "placement-agreed", {"placement": placement, "referral": None, "agreement": None})
    before = case(*ACCEPTED, *BY, agreed)
    later = then(before, (CENTRE, "placement-started", {"placement": placement, **apart}))
    refused = refusal(later, HEALTH, "act-retracted", entry=before.version, ground="mistake")
    assert (refused.code, set(refused.facts)) == ("correction.makes-impossible", named)
