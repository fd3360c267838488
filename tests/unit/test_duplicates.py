"""Who takes part in finding a person that two organisations know, and what of a person is compared."""

from functools import reduce
from typing import Any

import pytest

from domain.case import Case
from domain.duplicates import combinations, taking_part
from domain.network import Network
from domain.publication import CodeList, DictionaryPublished, ListItem
from services.person_of_case import LOOKED_THROUGH, moves_person, person_of_case
from tests.examples import CENTRE, COOP, HANDOVER, HEALTH, OFFICE, RULEBOOK, TRAINER, act, entry
from tests.unit.given import Step, case, code_of, network, told
from tests.unit.test_defaults import lists, published

SOMEBODY = "oabcdefghijkl"
IDENTITY = ("", "identity")


def shipped() -> DictionaryPublished:
    [found] = published(DictionaryPublished)
    return found


def of_before() -> DictionaryPublished:
    """The shipped lists as an edition that says nothing of possible duplicates."""
    kinds, *others = shipped().lists
    said = tuple(item.model_copy(update={"possible_duplicates": None}) for item in kinds.items)
    return shipped().model_copy(update={"lists": (CodeList(name=kinds.name, items=said), *others)})


def known(kind: str, *, dictionary: DictionaryPublished | None = None, **updated: Any) -> Network:
    """A network of one organisation."""
    record = f"organisation/{SOMEBODY}"
    entries = [
        entry(dictionary or shipped(), OFFICE, record=RULEBOOK),
        entry(act("organisation-registered", organisation_kind=kind), OFFICE, record=record),
    ]
    if updated:
        entries.append(entry(act("organisation-updated", **updated), SOMEBODY, 2, record=record))
    return reduce(Network.after, entries, Network())


KINDS = [
    ("employment-centre", "yes"),
    ("targeted-placement", "yes"),
    ("placement-service", "yes"),
    ("job-desk", "yes"),
    ("social-service", "yes"),
    ("inclusion-team", "yes"),
    ("mental-health-service", "by consent"),
    ("addiction-service", "by consent"),
    ("probation-service", "by consent"),
    ("prison-service", "by consent"),
    ("child-protection", "by consent"),
    ("anti-trafficking-service", "by consent"),
    ("anti-violence-centre", "never"),
    ("temporary-work-agency", "never"),
    ("trainer", "never"),
    ("company", "never"),
    ("social-cooperative-b", "never"),
    ("municipality", "never"),
    ("network-office", "never"),
]


@pytest.mark.parametrize(("kind", "when"), KINDS)
@pytest.mark.parametrize("consent", [None, True, False])
def test_which_kinds_take_part(kind: str, when: str, consent: bool | None) -> None:
    updated: dict[str, Any] = {} if consent is None else {"possible_duplicates": consent}
    assert bool(taking_part(known(kind, **updated))) is (when == "yes" or (when == "by consent" and consent is True))


OTHERWISE_BEFORE = {"child-protection": "never", "anti-trafficking-service": "never", "temporary-work-agency": "yes"}
"""Which class and category do not tell from others."""


@pytest.mark.parametrize(("kind", "when"), KINDS)
@pytest.mark.parametrize("consent", [True, False])
def test_an_edition_of_before_is_read_by_class_and_category(kind: str, when: str, consent: bool) -> None:
    when = OTHERWISE_BEFORE.get(kind, when)
    takes = bool(taking_part(known(kind, dictionary=of_before(), possible_duplicates=consent)))
    assert takes is (when == "yes" or (when == "by consent" and consent))


def test_every_shipped_kind_of_service_says_whether_it_takes_part() -> None:
    kinds = lists()["organisation-kind"]
    assert all(item.possible_duplicates for item in kinds.values() if item.item_class == "service")
    special = [item for item in kinds.values() if item.category]
    assert all(item.possible_duplicates in ("by-consent", "no") for item in special)


def test_nobody_takes_part_where_nothing_is_published_or_the_kind_is_not() -> None:
    record = f"organisation/{SOMEBODY}"
    registered = entry(act("organisation-registered", organisation_kind="employment-centre"), OFFICE, record=record)
    assert taking_part(Network().after(registered)) == frozenset()
    assert taking_part(known("a-kind-of-their-own")) == frozenset()


def test_who_is_suspended_takes_no_part() -> None:
    suspended = entry(act("organisation-suspended"), OFFICE, 2, record=f"organisation/{SOMEBODY}")
    assert taking_part(known("employment-centre").after(suspended)) == frozenset()


def test_another_update_leaves_the_consent() -> None:
    renamed = entry(act("organisation-updated"), SOMEBODY, 3, record=f"organisation/{SOMEBODY}")
    assert taking_part(known("addiction-service", possible_duplicates=True).after(renamed)) == {SOMEBODY}


@pytest.mark.parametrize("consent", [True, False])
@pytest.mark.parametrize(
    ("by", "code"),
    [(COOP, ""), (OFFICE, "organisation.not-yours"), (CENTRE, "organisation.not-yours")],
)
def test_nobody_consents_for_another(by: str, code: str, consent: bool) -> None:
    version = network().organisation(COOP).version + 1
    update = act("organisation-updated", possible_duplicates=consent)
    tried = entry(update, by, version, record=f"organisation/{COOP}")
    assert code_of(lambda: network().organisation(COOP).check(tried, office=OFFICE)) == code


@pytest.mark.parametrize(("by", "code"), [(COOP, "network.not-the-office"), (OFFICE, "")])
def test_what_kind_an_organisation_is_says_the_office(by: str, code: str) -> None:
    version = network().organisation(COOP).version + 1
    update = act("organisation-updated", organisation_kind="employment-centre")
    tried = entry(update, by, version, record=f"organisation/{COOP}")
    assert code_of(lambda: network().organisation(COOP).check(tried, office=OFFICE)) == code


# What is compared


def person(
    *names: str, born: str | None = "1990-01-02", value: str = "RSSMRA", kind: str = "tax-code"
) -> dict[str, Any]:
    return {"names": list(names), "born": born, "identifiers": [{"kind": kind, "value": value}]}


@pytest.mark.parametrize(
    "other",
    [
        person("Rossi", "Maria"),
        person("maria rossi"),
        person("ROSSI  MARIA "),
        person("Mària", "Ro\u0301ssi"),
        person("Maria", "Ros si"),
        person("Maria", "Rossi'"),
        person("\uff2d\uff41\uff52\uff49\uff41 Rossi"),
        person("Maria", "Rossi", value="rss mra"),
        person("Maria", "Rossi", value="RSS-MRA."),
    ],
)
def test_the_same_person_is_the_same_however_written(other: dict[str, Any]) -> None:
    assert combinations(other) == combinations(person("Maria", "Rossi")) != ()


@pytest.mark.parametrize(
    "other",
    [
        person("Mario", "Rossi"),
        person("Maria", "Anna", "Rossi"),
        person("Maria", "Rossi", born="1990-02-01"),
        person("Maria", "Rossi", value="RSSMRB"),
        person("Maria", "Rossi", kind="card"),
    ],
)
def test_another_one_is_another(other: dict[str, Any]) -> None:
    assert combinations(other) != combinations(person("Maria", "Rossi"))


@pytest.mark.parametrize(
    "lacking",
    [
        person(),
        person(" ", "-"),
        person("Maria", born=None),
        person("Maria", value="--"),
        {"names": ["Maria"], "born": "1990-01-02"},
        {"names": ["Maria"], "born": "1990-01-02", "identifiers": []},
        {},
    ],
)
def test_who_is_not_told_whole_is_compared_with_nobody(lacking: dict[str, Any]) -> None:
    assert combinations(lacking) == ()


@pytest.mark.parametrize(
    ("one", "other"), [("Đorđe", "Dorde"), ("Łukasz", "lukasz"), ("Žiga", "ZIGA"), ("Weiß", "weiss")]
)
def test_letters_of_the_neighbours(one: str, other: str) -> None:
    assert combinations(person(one)) == combinations(person(other))


# Whose word on the person counts


def found(of: Case, told: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """`told`: what the entries say of the person, by version."""

    def opened(entries: Any) -> list[dict[str, Any] | None]:
        return [told.get(each.originator_version) for each in entries]

    return person_of_case(of, network(), opened)


def says(**fields: Any) -> dict[str, Any]:
    return {"person": fields}


OPENED: tuple[Step, ...] = ((CENTRE, "case-opened"), (CENTRE, "member-joined", {"organisation": HEALTH}))


def test_what_was_told_last_counts_and_the_rest_stays() -> None:
    before = case(*OPENED, (CENTRE, "person-updated"))
    told = {1: says(names=["Anna"], born="1990-01-02"), 3: says(names=["Anna Berta"], identifiers=[])}
    assert found(before, told) == {"names": ["Anna Berta"], "born": "1990-01-02"}


def test_the_word_of_a_member_does_not_count() -> None:
    before = case(*OPENED, (HEALTH, "person-updated"))
    assert found(before, {1: says(names=["Anna"]), 3: says(names=["Poison"])}) == {"names": ["Anna"]}


def test_a_correction_stands_in_the_place_of_what_it_puts_right() -> None:
    right = {"type": "case-opened", "access_class": "self"}
    before = case(*OPENED, (CENTRE, "act-corrected", {"entry": 1, "act": right, "ground": "mistake"}))
    corrected = {"act": {"person": {"names": ["Berta"]}}}
    assert found(before, {1: says(names=["Anna"]), 3: corrected}) == {"names": ["Berta"]}


def test_what_is_taken_back_is_not_known() -> None:
    before = case(*OPENED, (CENTRE, "act-retracted", {"entry": 1, "ground": "wrong-person"}))
    assert found(before, {1: says(names=["Anna"])}) == {}


HANDED: tuple[Step, ...] = (
    *OPENED,
    (CENTRE, "handover-proposed", {"to": TRAINER, "handover": HANDOVER}),
    (TRAINER, "handover-accepted", {"handover": HANDOVER}),
)


def test_after_a_handover_the_word_of_the_new_one_counts_and_the_old_ones_of_its_time() -> None:
    before = case(*HANDED, (CENTRE, "person-updated"), (TRAINER, "person-updated"))
    told = {1: says(names=["Anna"], born="1990-01-02"), 5: says(names=["Late"]), 6: says(names=["Berta"])}
    assert found(before, told) == {"names": ["Berta"], "born": "1990-01-02"}


def test_a_case_that_tells_endlessly_is_looked_through_as_far_as_it_may_cost() -> None:
    before = case(*OPENED, *[(CENTRE, "person-updated")] * LOOKED_THROUGH)
    assert found(before, {1: says(names=["Anna"])}) == {}
    assert found(before, {4: says(names=["Anna"])}) == {"names": ["Anna"]}


@pytest.mark.parametrize(
    ("step", "marked", "moves"),
    [
        ((CENTRE, "contact-made"), {}, False),
        ((CENTRE, "person-updated"), {IDENTITY: {"person": {}}}, True),
        ((CENTRE, "person-updated"), {("", "contact"): {"contacts": []}}, False),
        ((CENTRE, "act-retracted", {"entry": 1, "ground": "mistake"}), {}, True),
        ((CENTRE, "act-retracted", {"entry": 2, "ground": "mistake"}), {}, False),
        ((CENTRE, "handover-proposed"), {}, False),
        ((CENTRE, "case-handed-out"), {}, True),
    ],
)
def test_only_what_may_change_the_person_is_looked_at(step: Step, marked: Any, moves: bool) -> None:
    before = case(*OPENED)
    entered = told(before.version + 1, *step)
    assert moves_person(before, before.after(entered), entered, marked) is moves


def test_a_list_item_of_before_says_nothing() -> None:
    assert ListItem(code="x", item_class="service", label="x").possible_duplicates is None
