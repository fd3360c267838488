"""What the network knows of organisations, rules and lists, and what it refuses for that."""

from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any

import pytest

from domain.entry import Entry
from domain.naming import organisations_named
from domain.network import Network
from domain.organisation import Organisation
from domain.refusal import Malformed, Refused
from domain.rulebook import Rulebook
from domain.rules import check
from tests.examples import (
    CENTRE,
    COOP,
    HEALTH,
    OFFICE,
    OTHER_COOP,
    RULEBOOK,
    TRAINER,
    act,
    entry,
)
from tests.unit.given import ACCEPTED, SENT, case, code_of, network, story, told, uuid
from tests.unit.test_defaults import founded

NOBODY = "onobodyknowsa"


def refusal(known: Network, act: Entry) -> str:
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            known.check(act)
    return refused.value.code


def of(id_: str, by: str, type_: str, **changes: Any) -> Entry:
    version = network().organisation(id_).version + 1
    return entry(act(type_, **changes), by, version, record=f"organisation/{id_}")


def outcome(id_: str, by: str, type_: str, **changes: Any) -> str:
    known, tried = network(), of(id_, by, type_, **changes)
    return code_of(lambda: known.organisation(id_).check(tried, office=known.office))


@pytest.mark.parametrize(
    ("id_", "by", "type_", "code"),
    [
        (NOBODY, OFFICE, "organisation-registered", ""),
        (NOBODY, CENTRE, "organisation-registered", "network.not-the-office"),
        (NOBODY, NOBODY, "organisation-registered", "network.not-the-office"),
        (COOP, OFFICE, "organisation-registered", "organisation.already-registered"),
        (NOBODY, OFFICE, "organisation-updated", "organisation.unknown"),
        (COOP, OFFICE, "organisation-updated", ""),
        (COOP, COOP, "organisation-updated", ""),
        (COOP, CENTRE, "organisation-updated", "organisation.not-yours"),
        (COOP, OFFICE, "organisation-suspended", ""),
        (COOP, COOP, "organisation-suspended", "network.not-the-office"),
        (OFFICE, OFFICE, "organisation-suspended", "network.office-cannot-be-suspended"),
        (COOP, COOP, "practitioner-named", ""),
        (COOP, OFFICE, "practitioner-named", ""),
        (COOP, CENTRE, "practitioner-named", "organisation.not-yours"),
        (NOBODY, NOBODY, "practitioner-named", "organisation.unknown"),
    ],
)
def test_who_may_tell_what_of_an_organisation(id_: str, by: str, type_: str, code: str) -> None:
    assert outcome(id_, by, type_) == code


@pytest.mark.parametrize("field", [{"account": "A" + "B" * 55}, {"token": "0" * 64}])
@pytest.mark.parametrize(("by", "code"), [(OFFICE, ""), (COOP, "network.not-the-office")])
def test_only_the_office_changes_how_an_organisation_is_recognised(field: dict[str, str], by: str, code: str) -> None:
    assert outcome(COOP, by, "organisation-updated", **field) == code


def test_the_first_to_register_itself_founds_the_network() -> None:
    Organisation(f"organisation/{OFFICE}").check(
        entry(act("organisation-registered"), OFFICE, record=f"organisation/{OFFICE}"), office=None
    )


def test_nobody_registers_another_before_there_is_an_office() -> None:
    with pytest.raises(Refused, match=r"network.not-the-office"):
        Organisation(f"organisation/{COOP}").check(
            entry(act("organisation-registered"), OFFICE, record=f"organisation/{COOP}"), office=None
        )


@pytest.mark.parametrize(
    ("by", "first", "last", "code"),
    [
        (COOP, "2026-09-01", "2026-10-13", ""),  # with the three weeks of August: 62 days
        (COOP, "2026-09-01", "2026-10-14", "closure.ask-the-office"),
        (COOP, "2027-06-15", "2027-08-01", "closure.ask-the-office"),
        (COOP, "2027-08-22", "2027-10-22", ""),
        (COOP, "2026-09-01", "9999-12-31", "closure.too-far-away"),
        (COOP, "0001-01-01", "2026-09-01", "closure.too-far-away"),
        (COOP, "2029-03-01", "2029-03-10", "closure.too-far-away"),
        (OFFICE, "2026-09-01", "2027-10-14", ""),
        (OFFICE, "2026-09-01", "2026-08-31", "closure.ends-before-starts"),
    ],
)
def test_closed_for_two_months_of_twelve_unless_the_office_says_so(by: str, first: str, last: str, code: str) -> None:
    assert network().organisation(COOP).closed == ((date(2026, 8, 3), date(2026, 8, 21)),)
    tried = of(COOP, by, "closure-declared", from_day=first, until_day=last)
    assert code_of(lambda: network().organisation(COOP).check(tried, office=OFFICE)) == code
    closed = network().after(tried).organisation(COOP).closed
    assert ((date.fromisoformat(first), date.fromisoformat(last)) in closed) is (not code)


@pytest.mark.parametrize(
    ("by", "connected", "fields", "code"),
    [
        (CENTRE, False, {"on_behalf_of": TRAINER}, ""),
        (OFFICE, False, {"on_behalf_of": TRAINER}, ""),
        (OFFICE, False, {}, ""),
        (CENTRE, False, {}, "organisation.not-yours"),
        (CENTRE, True, {"on_behalf_of": TRAINER}, "organisation.not-yours"),
        (COOP, False, {"on_behalf_of": TRAINER}, "organisation.not-yours"),
        (TRAINER, True, {}, ""),
        (TRAINER, True, {"only_for": ()}, None),
    ],
)
def test_who_has_no_system_is_closed_by_the_office_or_the_team_it_is_reached_through(
    by: str, connected: bool, fields: dict[str, Any], code: str | None
) -> None:
    """Nobody else moves what is due to others there: refused, and stored by an older release it has no effect."""
    before = replace(network().organisation(TRAINER), connected=connected, reached_through=CENTRE)
    tried = replace(of(TRAINER, by, "closure-declared"), **fields)
    if code is not None:
        assert code_of(lambda: before.check(tried, office=OFFICE)) == code
    known = network()
    known = replace(known, organisations=known.organisations.set(TRAINER, before)).after(tried)
    assert bool(known.organisation(TRAINER).closed) is (code == "")


def test_what_an_update_leaves_out_stays() -> None:
    before, after = (reduce(Network.after, acts, Network()).organisation(TRAINER) for acts in (_first(8), _first(9)))
    assert (after.part_of, after.country, after.organisation_kind) == (OTHER_COOP, "SI", before.organisation_kind)


def _first(number: int) -> list[Entry]:
    return list(story())[: number - 1]


def test_an_organisation_that_is_suspended_does_not_speak() -> None:
    assert refusal(network(), told(1, OTHER_COOP, "case-opened")) == "organisation.suspended"


def test_who_is_not_registered_does_not_speak() -> None:
    assert refusal(network(), told(1, NOBODY, "case-opened")) == "organisation.unknown"


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("referral-sent", {"to": NOBODY}),
        ("member-joined", {"organisation": NOBODY}),
        ("contact-made", {"with_organisation": NOBODY}),
        ("contact-made", {"_only_for": (NOBODY,)}),
        ("contact-made", {"_on_behalf_of": NOBODY}),
        ("act-corrected", {"act": {"type": "member-left", "organisation": NOBODY, "reason_class": "other"}}),
    ],
)
def test_an_organisation_that_is_not_on_the_record_cannot_be_named(type_: str, changes: dict[str, Any]) -> None:
    assert refusal(founded(), told(1, CENTRE, type_, changes)) == "organisation.unknown"


@pytest.mark.parametrize(
    ("type_", "changes"),
    [
        ("member-joined", {"organisation": HEALTH}),
        ("case-handed-out", {}),
        ("handover-proposed", {"to": HEALTH}),
        ("referral-sent", {"past": "all", "referral": str(uuid(9)), "to": HEALTH}),
    ],
)
@pytest.mark.parametrize(("by", "code"), [(CENTRE, "act.for-a-connected"), (COOP, "case.not-responsible")])
def test_nobody_decides_who_belongs_for_one_that_can_tell_itself(
    type_: str, changes: dict[str, Any], by: str, code: str
) -> None:
    whom = COOP if by == CENTRE else CENTRE
    tried = told(3, by, type_, {**changes, "_on_behalf_of": whom, "_evidence": "phone"})
    assert code_of(lambda: check(tried, case(*ACCEPTED), founded())) == code


def test_an_answer_told_for_one_that_is_connected_is_a_claim() -> None:
    tried = told(2, CENTRE, "referral-accepted", {"_on_behalf_of": COOP, "_evidence": "phone"})
    assert check(tried, case(*SENT), founded()).claim


@pytest.mark.parametrize(
    ("type_", "changes", "field"),
    [
        ("referral-sent", {"service": "magic"}, "service"),
        ("member-joined", {"role": "magician"}, "role"),
        ("case-closed", {"reason_class": "employed"}, "reason_class"),
        ("case-closed", {"reason_code": "reached"}, "reason_code"),
        ("contact-made", {"channel": "smoke"}, "channel"),
    ],
)
def test_a_code_or_class_of_no_list_is_refused_at_its_field(type_: str, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Malformed, match=r"form.unknown-code") as refused:
        founded().check(told(1, CENTRE, type_, changes))
    assert refused.value.fields == ((field, "code.unknown"),)


def test_a_code_inside_a_correction_is_looked_up_too() -> None:
    act = {"type": "contact-made", "channel": "smoke", "with_whom": "person"}
    assert refusal(founded(), told(1, CENTRE, "act-corrected", {"act": act})) == "form.unknown-code"


def test_while_nothing_is_published_every_code_is_taken() -> None:
    organisations = [e for e in story() if e.originator_id.startswith("organisation/")]
    reduce(Network.after, organisations, Network()).check(told(1, CENTRE, "contact-made", {"channel": "smoke"}))


@pytest.mark.parametrize(("by", "code"), [(OFFICE, ""), (CENTRE, "network.not-the-office")])
@pytest.mark.parametrize(
    "type_", ["rulebook-published", "sheet-published", "dictionary-published", "calendar-published"]
)
def test_only_the_office_publishes(type_: str, by: str, code: str) -> None:
    tried = entry(act(type_), by, record=RULEBOOK)
    assert code_of(lambda: Rulebook(RULEBOOK).check(tried, office=OFFICE)) == code


@pytest.mark.parametrize(("edition", "taken"), [(1, False), (2, True), (9, True)])
def test_an_edition_is_newer_than_those_before(edition: int, taken: bool) -> None:
    before = Rulebook(RULEBOOK).after(entry(act("rulebook-published"), OFFICE, record=RULEBOOK))
    tried = entry(act("rulebook-published", edition=edition), OFFICE, 2, record=RULEBOOK)
    assert code_of(lambda: before.check(tried, office=OFFICE)) == ("" if taken else "rulebook.edition-not-newer")


@pytest.mark.parametrize(
    ("day", "edition"),
    [("2019-12-31", None), ("2020-01-01", 1), ("2026-06-30", 1), ("2026-07-01", 2), ("2027-01-01", 2)],
)
def test_the_edition_in_force_is_the_last_that_had_begun(day: str, edition: int | None) -> None:
    acts = (act("rulebook-published"), act("rulebook-published", edition=2, in_force_from="2026-07-01"))
    entries = (entry(a, OFFICE, n, record=RULEBOOK) for n, a in enumerate(acts, 1))
    found = reduce(Rulebook.after, entries, Rulebook(RULEBOOK)).in_force(date.fromisoformat(day))
    assert (found.edition if found else None) == edition


def test_every_organisation_that_an_act_names_is_found() -> None:
    act = {"type": "member-joined", "organisation": HEALTH, "role": "other"}
    tried = told(1, CENTRE, "act-corrected", {"act": act, "_on_behalf_of": COOP})
    assert organisations_named(tried) == {HEALTH, COOP}


def test_learnt_twice_it_is_the_same() -> None:
    once = network()
    assert reduce(Network.after, story(), once) == once
