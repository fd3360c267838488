"""Agreements: who may tell what of them, what they come to, and who sees them."""

from datetime import date
from functools import partial, reduce
from typing import Any

import pytest

from domain.access.audience import audience
from domain.agreement import Agreement
from domain.entry import Entry
from domain.irregularities import irregularities, irregularities_told
from domain.moment import moment
from domain.network import Network
from domain.rules import check as door
from services.agreements import Agreements
from services.seen import sees_all_before
from tests.examples import (
    AGREEMENT,
    AGREEMENT_ID,
    ASK,
    CENTRE,
    COOP,
    HEALTH,
    OTHER_COOP,
    PAPER,
    act,
    entry,
)
from tests.unit.given import Step, code_of, network, told, uuid
from tests.unit.test_defaults import founded

PROPOSED: tuple[Step, ...] = ((COOP, "agreement-proposed"),)
SIGNED: tuple[Step, ...] = (*PROPOSED, (CENTRE, "agreement-signed"))
STATES: dict[str, tuple[Step, ...]] = {
    "none": (),
    "proposed": PROPOSED,
    "signed": SIGNED,
    "asked": (*SIGNED, (CENTRE, "place-asked")),
    "ended": (*SIGNED, (COOP, "agreement-ended")),
}
ROLES = {"proposer": COOP, "party": CENTRE, "no party": OTHER_COOP}
ACTS = (
    "agreement-proposed", "agreement-signed", "agreement-amended", "agreement-renewed", "agreement-ended",
    "place-asked", "place-answered", "meeting-held", "contact-made",
)  # fmt: skip
OUT, IS, END, ASKS, NOASK = (
    "agreement.unknown", "agreement.already-proposed", "agreement.has-ended", "ask.exists", "ask.unknown",
)  # fmt: skip
TABLE: dict[str, tuple[str, ...]] = {
    #           proposed signed amended renewed ended asked answered meeting contact
    "none":     ("",     OUT,   OUT,    OUT,    OUT,  OUT,  OUT,     OUT,    OUT),
    "proposed": (IS,     "",    "",     "",     "",   "",   NOASK,   "",     ""),
    "signed":   (IS,     "",    "",     "",     "",   "",   NOASK,   "",     ""),
    "asked":    (IS,     "",    "",     "",     "",   ASKS, "",      "",     ""),
    "ended":    (IS,     "",    "",     "",     END,  "",   NOASK,   "",     ""),
}  # fmt: skip


def of(steps: tuple[Step, ...]) -> list[Entry]:
    return [_entry(n, *step) for n, step in enumerate(steps, 1)]


def _entry(version: int, by: str, type_: str, fields: dict[str, Any] | None = None) -> Entry:
    fields = {**({"placements": []} if type_ == "meeting-held" else {}), **(fields or {})}
    envelope = {n[1:]: v for n, v in fields.items() if n.startswith("_")}
    made = act(type_, **{n: v for n, v in fields.items() if not n.startswith("_")})
    return entry(made, by, version, record=AGREEMENT, **envelope)


def agreement(*steps: Step) -> Agreement:
    return reduce(Agreement.after, of(steps), Agreement(AGREEMENT))


def outcome(before: Agreement, by: str, type_: str, **fields: Any) -> str:
    tried = _entry(before.version + 1, by, type_, fields)
    first = code_of(lambda: before.check(tried))
    assert code_of(lambda: before.check(tried)) == first
    return first


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("state", "type_", "code"), [(s, t, o) for s, row in TABLE.items() for t, o in zip(ACTS, row, strict=True)]
)
def test_who_may_tell_what_of_an_agreement(state: str, role: str, type_: str, code: str) -> None:
    expected = OUT if role == "no party" and state != "none" else code
    fields: dict[str, Any] = {"signed_by": []} if type_ == "agreement-proposed" else {}
    assert outcome(agreement(*STATES[state]), ROLES[role], type_, **fields) == expected


@pytest.mark.parametrize(
    ("type_", "fields", "code"),
    [
        ("agreement-signed", {"party": HEALTH}, "agreement.not-a-party"),
        ("agreement-renewed", {"valid_until": "2026-01-14"}, "agreement.ends-before-begins"),
        ("agreement-amended", {"valid_until": "2026-01-14"}, "agreement.ends-before-begins"),
        ("agreement-ended", {"ended": "2026-01-14"}, "agreement.ends-before-begins"),
        ("place-answered", {"ask": str(uuid(9))}, "ask.unknown"),
        ("meeting-held", {"placements": [str(uuid(9))]}, "placement.unknown"),
        ("meeting-moved", {}, "meeting.unknown"),
        ("task-done", {}, "task.unknown"),
    ],
)
def test_what_cannot_be_is_refused(type_: str, fields: dict[str, Any], code: str) -> None:
    assert outcome(agreement(*SIGNED), COOP, type_, **fields) == code


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"valid_until": "2026-01-14"}, "agreement.ends-before-begins"),
        ({"signed_by": [{"party": HEALTH}]}, "agreement.not-a-party"),
        ({"valid_until": None}, ""),
    ],
)
def test_what_cannot_be_proposed(fields: dict[str, Any], code: str) -> None:
    assert outcome(Agreement(AGREEMENT), COOP, "agreement-proposed", **fields) == code


@pytest.mark.parametrize(
    ("steps", "day", "in_force"),
    [
        (PROPOSED, "2026-02-01", False),
        (SIGNED, "2026-01-14", False),
        (SIGNED, "2026-01-15", True),
        (SIGNED, "2026-12-31", True),
        (SIGNED, "2027-01-01", False),
        ((*SIGNED, (COOP, "agreement-renewed")), "2027-01-01", True),
        ((*SIGNED, (COOP, "agreement-ended", {"ended": "2026-06-30"})), "2026-07-01", False),
        ((*SIGNED, (COOP, "agreement-amended")), "2026-07-01", True),
    ],
)
def test_it_is_in_force_once_signed_by_all_and_while_it_lasts(
    steps: tuple[Step, ...], day: str, in_force: bool
) -> None:
    assert agreement(*steps).in_force(date.fromisoformat(day)) is in_force


@pytest.mark.parametrize(
    ("steps", "day", "state"),
    [
        (PROPOSED, "2026-02-01", "proposed"),
        (PROPOSED, "2027-01-01", "expired"),
        (SIGNED, "2026-01-14", "concluded"),
        (SIGNED, "2026-12-31", "in-force"),
        (SIGNED, "2027-01-01", "expired"),
        ((*SIGNED, (COOP, "agreement-ended", {"ended": "2026-06-30"})), "2026-06-30", "in-force"),
        ((*SIGNED, (COOP, "agreement-ended", {"ended": "2026-06-30"})), "2027-01-01", "ended"),
    ],
)
def test_it_stands_as_on_the_day(steps: tuple[Step, ...], day: str, state: str) -> None:
    assert agreement(*steps).state_on(date.fromisoformat(day)) == state


def test_places_are_by_kind_and_as_last_amended() -> None:
    before, after = agreement(*SIGNED), agreement(*SIGNED, (COOP, "agreement-amended"))
    assert dict(before.terms.places) == {"internship": 4, "job": 1}
    assert dict(after.terms.places) == {"internship": 5}
    assert after.terms.cadence_months == before.terms.cadence_months == 6


def test_each_party_answers_for_itself() -> None:
    answered = agreement(
        *STATES["asked"], (COOP, "place-answered"), (COOP, "place-answered", {"number": 2, "_on_behalf_of": PAPER})
    )
    assert [dict(ask.answers) for ask in answered.asks.values()] == [{COOP: 1, PAPER: 2}]
    assert [str(id_) for id_ in answered.asks] == [ASK]


def test_a_meeting_about_it_is_on_its_record() -> None:
    assert len(agreement(*SIGNED, (COOP, "meeting-held")).meetings.by_id) == 1


# Who sees it


def test_the_parties_see_it_and_nobody_else() -> None:
    known = agreement(*SIGNED)
    seen = {
        o for o in (COOP, CENTRE, PAPER, HEALTH, OTHER_COOP) if o in audience(known.history.entries[1], state=known)
    }
    assert seen == {COOP, CENTRE, PAPER}


def test_what_is_only_for_some_is_seen_by_these_and_its_author() -> None:
    known = agreement(*SIGNED, (COOP, "place-asked", {"_only_for": (CENTRE,)}))
    assert [o in audience(known.history.entries[3], state=known) for o in (COOP, CENTRE, PAPER)] == [True, True, False]


def test_who_it_is_told_for_sees_it_too() -> None:
    known = agreement(*SIGNED, (COOP, "contact-made", {"_only_for": (), "_on_behalf_of": PAPER, "_evidence": "phone"}))
    assert [o in audience(known.history.entries[3], state=known) for o in (COOP, CENTRE, PAPER)] == [True, False, True]


def test_who_joins_sees_it_from_its_beginning() -> None:
    entries = of((*SIGNED, (COOP, "agreement-amended")))
    watched = Agreements(lambda _id, after: entries[after:])
    opened = [list(watched.opened(e)) for e in entries]
    assert [r for r, _ in opened[0]] == sorted([COOP, CENTRE, PAPER])
    assert [e.originator_version for r, e in opened[2] if r == HEALTH] == [1, 2, 3]
    assert [e.originator_version for r, e in opened[2] if r == COOP] == [3]


def test_walked_again_from_the_middle_it_opens_the_same() -> None:
    entries = of((*SIGNED, (COOP, "agreement-amended")))
    assert list(Agreements(lambda _id, after: entries[after:]).opened(entries[1])) == [
        (o, entries[1]) for o in sorted([COOP, CENTRE, PAPER])
    ]


# What a case says of it


@pytest.mark.parametrize(("by", "code"), [(CENTRE, ""), (HEALTH, "agreement.unknown")])
@pytest.mark.parametrize("named", [AGREEMENT_ID, str(uuid(9))])
@pytest.mark.parametrize("corrected", [False, True])
def test_only_a_party_names_it(by: str, code: str, named: str, corrected: bool) -> None:
    known = reduce(Network.after, of(SIGNED), founded())
    sent = told(1, by, "referral-sent", {"agreement": named})
    correction = {"entry": 1, "act": sent.act.model_dump(mode="json"), "ground": "mistake"}
    tried = told(2, by, "act-corrected", correction) if corrected else sent
    assert code_of(lambda: known.check(tried)) == (code if named == AGREEMENT_ID else "agreement.unknown")


def test_to_who_is_no_party_the_door_says_it_does_not_exist_whatever_else_is_wrong() -> None:
    tried = _entry(3, HEALTH, "place-asked", {"place_kind": "nothing"})
    assert code_of(lambda: door(tried, agreement(*SIGNED), network())) == "agreement.unknown"


@pytest.mark.parametrize(
    ("steps", "by", "type_", "rules"),
    [
        (STATES["asked"], COOP, "place-answered", set()),
        (STATES["asked"], CENTRE, "place-answered", {"answered-by-another"}),
        (STATES["ended"], COOP, "place-asked", {"agreement-over"}),
        (SIGNED, COOP, "place-asked", set()),
    ],
)
def test_what_was_not_as_agreed_is_irregular(steps: tuple[Step, ...], by: str, type_: str, rules: set[str]) -> None:
    before = agreement(*steps)
    late = {"_occurred": "2027-01-02", "_recorded_at": moment("2027-01-02").latest} if "over" in str(rules) else {}
    act = _entry(before.version + 1, by, type_, late)
    assert {i.rule for i in irregularities(act, before, founded())} == rules


@pytest.mark.parametrize(("only_for", "rules"), [(None, {"agreement-over"}), ((COOP,), set())])
def test_a_party_is_answered_by_what_it_may_see(only_for: tuple[str, ...] | None, rules: set[str]) -> None:
    before = agreement(*SIGNED, (COOP, "agreement-ended", {"_only_for": only_for}))
    late = {"_occurred": "2027-01-02", "_recorded_at": moment("2027-01-02").latest}
    act = _entry(before.version + 1, CENTRE, "place-asked", late)
    seen = partial(sees_all_before, act.originator_version, before.after(act), CENTRE)
    assert {i.rule for i in irregularities_told(act, before, founded(), seen)} == rules


def test_more_places_than_agreed_are_irregular() -> None:
    before = agreement(*STATES["asked"])
    act = _entry(before.version + 1, COOP, "place-answered", {"number": 5})
    assert {i.rule for i in irregularities(act, before, founded())} == {"places-as-agreed"}


def test_learnt_twice_it_is_the_same() -> None:
    once = reduce(Network.after, of(SIGNED), network())
    assert reduce(Network.after, of(SIGNED), once) == once


def test_a_signature_is_for_the_change_that_was_read() -> None:
    """Between reading a change and signing it another may come: neither is signed unread."""
    wider: dict[str, Any] = {"joining": [], "awaits": [CENTRE]}
    two = agreement(*SIGNED, (COOP, "agreement-amended", wider), (COOP, "agreement-amended", wider))
    first, second = two.outstanding(CENTRE)
    assert outcome(two, CENTRE, "agreement-signed", party=CENTRE) == "agreement.which-change"
    assert outcome(two, CENTRE, "agreement-signed", party=CENTRE, change=1) == "agreement.not-to-sign"
    signed = two.after(_entry(two.version + 1, CENTRE, "agreement-signed", {"party": CENTRE, "change": first}))
    assert signed.outstanding(CENTRE) == [second]
    assert [each.version for each in signed.changes.pending] == [second]


def test_who_joins_sees_the_changes_that_name_it_and_nothing_that_was_told_between() -> None:
    change: dict[str, Any] = {"joining": [HEALTH], "awaits": [CENTRE]}
    amended: Step = (COOP, "agreement-amended", change)
    signed: Step = (CENTRE, "agreement-signed", {"party": CENTRE, "change": 3})
    entries = of((*SIGNED, amended, (CENTRE, "place-asked"), amended, signed))
    seen = Agreements(lambda _, after: iter(entries[after:]))
    told_so_far = []
    for each in entries:
        list(seen.opened(each))
        told_so_far.append(sorted(seen.as_seen(AGREEMENT, HEALTH).history.entries))
    assert told_so_far[2:] == [[3], [3], [3, 5], [3, 5, 6]]
