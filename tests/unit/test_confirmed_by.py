"""Who confirms a claim: the organisation whose answer it is, if it was told for that one; else the responsible."""

from dataclasses import replace
from typing import Any

import pytest

from domain.case import Case
from services.views.board import Line
from services.views.kinds.claims import rows as waiting
from tests.examples import CENTRE, COOP, HEALTH, PAPER, PLACEMENT, REFERRAL, TRAINER
from tests.unit.given import Step, case, judged, stored, told

TEAM: tuple[Step, ...] = (
    (CENTRE, "case-opened"),
    *((CENTRE, "member-joined", {"organisation": o, "past": "none", "past_since": None}) for o in (HEALTH, TRAINER)),
    (CENTRE, "referral-sent", {"to": COOP, "agreement": None, "sheet": None, "past": "none"}),
    (COOP, "referral-accepted", {"referral": REFERRAL}),
)
PLAIN: dict[str, Any] = {"agreement": None, "agency": None, "signed_by": []}
AGREED: tuple[Step, ...] = (
    *TEAM,
    (COOP, "placement-agreed", {**PLAIN, "host": COOP, "promoter": CENTRE, "referral": REFERRAL}),
)
STARTED: tuple[Step, ...] = (*AGREED, (COOP, "placement-started"))
OF_IT: dict[str, Any] = {"placement": PLACEMENT}
SHARED: dict[str, Any] = {**OF_IT, "project": None, "built_on": [], "outcomes": [], "shared_with": []}

CANCELLED = (AGREED, "placement-cancelled", OF_IT, ("cancelled", 25, False))
BEGUN = (AGREED, "placement-started", OF_IT, ("started", 25, False))
CHANGED = (AGREED, "placement-changed", {**OF_IT, "hours_a_week": 3}, ("agreed", 3, False))
ENDED = (STARTED, "placement-ended", OF_IT, ("ended", 25, False))
EVALUATED = (STARTED, "final-evaluation-shared", SHARED, ("started", 25, True))
ANSWERS = pytest.mark.parametrize(
    ("before", "type_", "fields", "outcome"), [CANCELLED, BEGUN, CHANGED, ENDED, EVALUATED]
)


def shown(about: Case) -> tuple[str, int | None, bool]:
    """What everybody reads of the placement."""
    ((id_, placement),) = about.path.placements.by_id.items()
    return placement.state, placement.hours_a_week, about.path.placements.followed(id_).evaluated is not None


def claimed(
    before: tuple[Step, ...], type_: str, fields: dict[str, Any], for_: str, gone: tuple[str, ...] = ()
) -> Case:
    """The case after the trainer told it for another; some were removed before."""
    left: list[Step] = [(CENTRE, "member-left", {"organisation": each}) for each in gone]
    claims = stored(case(), *before, *left, (TRAINER, type_, {**fields, "_on_behalf_of": for_, "_evidence": "phone"}))
    assert claims.history.entries[claims.version].claim
    return claims


def awaited(of: Case) -> list[tuple[str, str | None, int]]:
    """What the list of what waits says, whose it is and of which entry."""
    return [(row.what, row.told_for, row.version) for row in waiting(Line(of)) if row.what == "claim"]


def attested(claim: Case, by: str) -> Case:
    return stored(claim, (by, "act-attested", {"entry": claim.version}))


def forced(claim: Case, by: str) -> Case:
    """The attestation as an older release stored it: confirming, whatever the door says of it."""
    entry = told(claim.version + 1, by, "act-attested", {"entry": claim.version})
    return claim.after(replace(entry, confirms=True))


@ANSWERS
@pytest.mark.parametrize("gone", [(), (TRAINER,), (HEALTH,), (TRAINER, HEALTH)])
def test_whose_answer_it_is_not_confirms_nothing(
    before: tuple[Step, ...], type_: str, fields: dict[str, Any], outcome: tuple[str, int, bool], gone: tuple[str, ...]
) -> None:
    """Told for a member that the placement is nothing to: at the door, and in the fold of what is stored."""
    claim = claimed(before, type_, fields, HEALTH, gone)
    waits = [("claim", None, claim.version)]
    assert awaited(claim) == waits
    assert not judged(claim, HEALTH, "act-attested", entry=claim.version).confirms
    for after in (attested(claim, HEALTH), forced(claim, HEALTH)):
        assert after.path == claim.path == after.refolded().path
        assert shown(after) != outcome
        assert awaited(after) == waits
    assert forced(claim, HEALTH).history.entries[claim.version + 1].ruled == "none"


@ANSWERS
@pytest.mark.parametrize("heard", [(), (HEALTH,)])
def test_it_waits_for_the_responsible_whose_word_gives_it_effect(
    before: tuple[Step, ...], type_: str, fields: dict[str, Any], outcome: tuple[str, int, bool], heard: tuple[str, ...]
) -> None:
    """Also after the other has attested it."""
    claim = claimed(before, type_, fields, HEALTH)
    waits = stored(claim, *((each, "act-attested", {"entry": claim.version}) for each in heard))
    confirmed = stored(waits, (CENTRE, "act-attested", {"entry": claim.version}))
    attestation = confirmed.history.entries[confirmed.version]
    assert attestation.confirms
    assert attestation.ruled in ("", "full")
    assert awaited(confirmed) == []
    for after in (confirmed, confirmed.refolded(), forced(claim, CENTRE)):
        assert shown(after) == outcome


@ANSWERS
def test_told_for_the_host_it_is_the_hosts_to_confirm(
    before: tuple[Step, ...], type_: str, fields: dict[str, Any], outcome: tuple[str, int, bool]
) -> None:
    claim = claimed(before, type_, fields, COOP)
    assert awaited(claim) == [("claim", COOP, claim.version)]
    confirmed = attested(claim, COOP)
    attestation = confirmed.history.entries[confirmed.version]
    assert (attestation.confirms, attestation.ruled) == (True, "own")
    assert awaited(confirmed) == []
    for after in (confirmed, confirmed.refolded(), forced(claim, COOP)):
        assert shown(after) == outcome


@pytest.mark.parametrize(("before", "type_", "fields", "outcome"), [CANCELLED, BEGUN, CHANGED, ENDED])
def test_a_host_that_has_left_confirms_nothing_any_more(
    before: tuple[Step, ...], type_: str, fields: dict[str, Any], outcome: tuple[str, int, bool]
) -> None:
    claim = claimed(before, type_, fields, COOP)
    left = stored(claim, (CENTRE, "member-left", {"organisation": COOP}))
    attestation = judged(left, COOP, "act-attested", entry=claim.version)
    assert not attestation.confirms
    for after in (left.after(attestation), left.after(replace(attestation, confirms=True))):
        assert shown(after) == shown(left) == shown(after.refolded()) != outcome


def test_told_for_a_host_that_has_been_removed_it_is_the_responsibles_to_confirm() -> None:
    """The organisation whose answer it was does not stand there any more."""
    before, type_, fields, outcome = CHANGED
    claim = claimed(before, type_, fields, COOP, gone=(COOP,))
    assert awaited(claim) == [("claim", None, claim.version)]
    confirmed = attested(claim, CENTRE)
    assert confirmed.history.entries[confirmed.version].confirms
    assert awaited(confirmed) == []
    for after in (confirmed, confirmed.refolded(), forced(claim, CENTRE)):
        assert shown(after) == outcome


def test_removed_since_the_host_confirms_no_more_and_the_responsible_does() -> None:
    """The claim waits for the responsible from the removal on."""
    before, type_, fields, outcome = CHANGED
    claim = claimed(before, type_, fields, COOP)
    assert awaited(claim) == [("claim", COOP, claim.version)]
    left = stored(claim, (CENTRE, "member-left", {"organisation": COOP}))
    assert awaited(left) == [("claim", None, claim.version)]
    assert not judged(left, COOP, "act-attested", entry=claim.version).confirms
    confirmed = stored(left, (CENTRE, "act-attested", {"entry": claim.version}))
    assert confirmed.history.entries[confirmed.version].confirms
    assert awaited(confirmed) == []
    assert shown(confirmed) == shown(confirmed.refolded()) == outcome


# The mark "on one side's word"

WITH_PAPER: tuple[Step, ...] = (
    *TEAM,
    (COOP, "placement-agreed", {**PLAIN, "host": PAPER, "promoter": COOP, "referral": None}),
)
FOR_PROMOTER: tuple[Step, ...] = (
    *TEAM,
    (
        COOP,
        "placement-agreed",
        {
            **PLAIN,
            "host": COOP,
            "promoter": HEALTH,
            "referral": None,
            "signed_by": [{"party": "promoter", "organisation": HEALTH}],
        },
    ),
)
SIGNED: dict[str, Any] = {**OF_IT, "party": "person", "organisation": None}


def on_one_side(about: Case) -> bool:
    """As the list of placements shows it."""
    return next(iter(about.path.placements.by_id.values())).on_one_side


@pytest.mark.parametrize(
    ("type_", "fields", "gone"),
    [
        ("placement-started", OF_IT, ()),
        ("placement-started", OF_IT, (TRAINER,)),
        ("placement-signed", SIGNED, (TRAINER,)),
    ],
)
def test_a_confirmation_of_one_that_it_is_nothing_to_is_no_second_word(
    type_: str, fields: dict[str, Any], gone: tuple[str, ...]
) -> None:
    """Also of a signature, which any that stands there may tell: confirmed, it is not the word of a party."""
    claim = claimed(WITH_PAPER, type_, fields, HEALTH, gone)
    assert on_one_side(claim)
    for after in (attested(claim, HEALTH), forced(claim, HEALTH)):
        assert on_one_side(after)
        assert on_one_side(after.refolded())


@pytest.mark.parametrize(("before", "by", "ruled"), [(FOR_PROMOTER, HEALTH, "own"), (WITH_PAPER, CENTRE, "")])
def test_that_of_a_party_is_one_and_that_of_the_responsible(before: tuple[Step, ...], by: str, ruled: str) -> None:
    claim = claimed(before, "placement-started", OF_IT, HEALTH)
    assert on_one_side(claim)
    confirmed = attested(claim, by)
    assert confirmed.history.entries[confirmed.version].ruled == ruled
    for after in (confirmed, confirmed.refolded()):
        assert not on_one_side(after)


def test_what_waits_for_a_party_is_not_the_responsibles_to_confirm() -> None:
    claim = claimed(FOR_PROMOTER, "placement-started", OF_IT, HEALTH)
    heard = attested(claim, CENTRE)
    assert awaited(heard) == [("claim", HEALTH, claim.version)]
    assert on_one_side(heard)
