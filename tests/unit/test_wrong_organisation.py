"""Who was brought in by mistake sees its own acts and that its sight has ended, from the moment that this is said."""

from typing import Any, Final

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.visibility import sight, standing
from tests.examples import (
    CENTRE,
    COOP,
    HANDOVER,
    HEALTH,
    OFFICE,
    OTHER_COOP,
    TRAINER,
    act,
)
from tests.feeds import registered
from tests.unit.given import Step, case, refused, stored, then, uuid
from tests.unit.test_one_audience import agree

SECOND: Final = str(uuid(9))
OPENED: Final[tuple[Step, ...]] = (
    (CENTRE, "case-opened"),
    (CENTRE, "contact-made"),
    (CENTRE, "member-joined", {"organisation": HEALTH, "past": "none"}),
)
WRONG: Final = len(OPENED) + 1
"""The version that brings in the wrong one."""
MARK: Final[dict[str, Any]] = {"ground": "wrong-organisation", "entry": WRONG}
AGREED: Final[dict[str, Any]] = {"agreement": None, "referral": None}
LATER: Final[Step] = (CENTRE, "contact-made", {"_act_id": uuid(50)})

WAYS: Final[dict[str, tuple[tuple[Step, ...], str, dict[str, Any]]]] = {
    "joined": (
        (
            (CENTRE, "member-joined", {"organisation": TRAINER, "past": "all", "past_since": None}),
            (TRAINER, "contact-made", {"_act_id": uuid(51)}),
        ),
        "member-joined",
        {"organisation": COOP, "past": "none", "past_since": None},
    ),
    "asked": (((CENTRE, "referral-sent", {"to": TRAINER}),), "referral-sent", {"to": COOP}),
    "accepted": (
        ((CENTRE, "referral-sent", {"to": TRAINER}), (TRAINER, "referral-accepted")),
        "referral-sent",
        {"to": COOP},
    ),
    "host": (
        (
            (CENTRE, "placement-agreed", {**AGREED, "host": TRAINER}),
            (TRAINER, "placement-started"),
            (TRAINER, "hours-recorded"),
        ),
        "placement-agreed",
        {**AGREED, "host": COOP},
    ),
    "host in its thread": (
        ((HEALTH, "placement-agreed", {**AGREED, "host": TRAINER, "promoter": HEALTH}),),
        "placement-agreed",
        {**AGREED, "host": COOP, "promoter": HEALTH},
    ),
    "to be handed over to": (
        ((CENTRE, "handover-proposed", {"to": TRAINER}),),
        "handover-proposed",
        {"to": COOP},
    ),
}


def told(way: str) -> Case:
    steps, _, _ = WAYS[way]
    return then(case(*OPENED, *steps), LATER)


def amendment(way: str, type_: str) -> dict[str, Any]:
    _, of, right = WAYS[way]
    more = {"act": act(of, **right).model_dump(mode="json")} if type_ == "act-corrected" else {}
    return {**MARK, **more, "_act_id": uuid(52)}


def seen(of: Case, reader: str) -> dict[int, bool]:
    """Version → whether it is masked."""
    found = {v: sight(of, e, reader) for v, e in sorted(of.history.entries.items())}
    return {version: how.masked for version, how in found.items() if how}


def written_by(of: Case, account: str) -> dict[int, bool]:
    return {v: False for v, e in of.history.entries.items() if e.organisation == account}


def recorded(of: Case) -> list[Entry]:
    entries = sorted(of.history.entries.items())
    return [*registered(OFFICE, CENTRE, COOP, HEALTH, TRAINER, OTHER_COOP), *(each for _, each in entries)]


@pytest.mark.parametrize("type_", ["act-corrected", "act-retracted"])
@pytest.mark.parametrize("way", WAYS)
def test_its_sight_ends_at_once_and_it_keeps_its_own_acts(way: str, type_: str) -> None:
    before = told(way)
    assert WRONG in seen(before, TRAINER)
    changes = amendment(way, type_)
    if type_ == "act-corrected" and way == "host in its thread":
        assert refused(before, CENTRE, type_, **changes) == "entry.not-yours"  # an answer is its author's to correct
        return
    after = stored(before, (CENTRE, type_, changes))
    last = {after.version: type_ == "act-corrected"}
    assert standing(after, TRAINER) is None
    assert seen(after, TRAINER) == written_by(before, TRAINER) | last
    on = then(after, (CENTRE, "contact-made", {"_act_id": uuid(53)}))
    assert seen(on, TRAINER) == seen(after, TRAINER)
    assert (COOP in {o for o in (COOP, TRAINER) if standing(on, o)}) == (type_ == "act-corrected")
    agree(recorded(on))  # views, feed and replay tell the same


@pytest.mark.parametrize("way", WAYS)
def test_the_others_go_on_reading_what_was_told_of_the_wrong_one(way: str) -> None:
    before = told(way)
    after = stored(before, (CENTRE, "act-retracted", amendment(way, "act-retracted")))
    assert seen(after, CENTRE) == dict.fromkeys(range(1, after.version + 1), False)


def test_what_the_wrong_one_accepted_makes_nobody_else_a_member() -> None:
    before = told("accepted")
    after = stored(before, (CENTRE, "act-corrected", amendment("accepted", "act-corrected")))
    stands = standing(after, COOP)
    assert stands
    assert stands.role == "asked"
    accepted = stored(after, (COOP, "referral-accepted", {"_act_id": uuid(54)}))
    now = standing(accepted, COOP)
    assert now
    assert now.role == "member"
    agree(recorded(accepted))


@pytest.mark.parametrize("type_", ["act-corrected", "act-retracted"])
def test_the_wrong_receiver_of_a_handover_gives_the_case_back(type_: str) -> None:
    handed = stored(told("to be handed over to"), (TRAINER, "handover-accepted", {"handover": HANDOVER}))
    assert handed.path.team.responsible == TRAINER
    after = stored(handed, (TRAINER, type_, amendment("to be handed over to", type_)))
    assert after.path.team.responsible == CENTRE
    assert seen(after, TRAINER) == written_by(after, TRAINER)


def test_a_member_ends_what_it_opened_to_a_wrong_one_and_nothing_else() -> None:
    way = "host in its thread"
    before = told(way)
    after = stored(before, (HEALTH, "act-retracted", amendment(way, "act-retracted")))
    assert standing(after, TRAINER) is None
    assert refused(before, HEALTH, "act-corrected", **amendment(way, "act-corrected")) == "correction.moves-belonging"
    confirmed = stored(before, (CENTRE, "act-attested", {"entry": WRONG}))
    assert refused(confirmed, HEALTH, "act-retracted", **MARK) == "correction.moves-belonging"
    assert refused(before, HEALTH, "act-retracted", **{**MARK, "ground": "mistake"}) == "correction.moves-belonging"


def test_it_belongs_again_once_that_is_taken_back_or_it_is_brought_in_anew() -> None:
    wrong = stored(told("asked"), (CENTRE, "act-corrected", amendment("asked", "act-corrected")))
    back = stored(wrong, (CENTRE, "act-retracted", {"entry": wrong.version, "ground": "mistake"}))
    assert WRONG in seen(back, TRAINER)
    anew = stored(wrong, (CENTRE, "member-joined", {"organisation": TRAINER, "past": "none"}))
    assert seen(anew, TRAINER) == {wrong.version: True, anew.version: False}
    for each in (back, anew):
        agree(recorded(each))


def test_who_has_another_standing_keeps_it() -> None:
    before = stored(
        told("joined"),
        (CENTRE, "referral-sent", {"to": TRAINER}),
        (CENTRE, "act-retracted", amendment("joined", "act-retracted")),
    )
    stands = standing(before, TRAINER)
    assert stands
    assert stands.role == "asked"
    agree(recorded(before))


@pytest.mark.parametrize("confirmed", [False, True])
def test_who_was_never_brought_in_learns_of_nothing(confirmed: bool) -> None:
    """A claim that nobody has confirmed opens nothing, and its end tells nobody that there is a case."""
    told_for: dict[str, Any] = {"_on_behalf_of": CENTRE, "_evidence": "phone", "to": TRAINER, "past": "none"}
    state = stored(case(*OPENED), (HEALTH, "referral-sent", told_for))
    state = stored(state, (CENTRE, "act-attested", {"entry": WRONG})) if confirmed else state
    assert (WRONG in seen(state, TRAINER)) == confirmed
    after = stored(state, (CENTRE, "act-retracted", MARK))
    assert seen(after, TRAINER) == ({after.version: False} if confirmed else {})
    agree(recorded(after))


def test_the_ground_lifts_no_other_rule() -> None:
    """One that names the same organisation again is an ordinary correction, and no member tells it for another."""
    before = told("accepted")
    same = {**MARK, "act": act("referral-sent", to=TRAINER, referral=SECOND).model_dump(mode="json")}
    assert refused(before, CENTRE, "act-corrected", **same) == "correction.makes-impossible"
    assert refused(before, HEALTH, "act-retracted", **MARK) == "entry.not-yours"
    forced = then(before, (HEALTH, "act-retracted", MARK))
    assert standing(forced, TRAINER) == standing(before, TRAINER)
    to_itself = {**MARK, "act": act("referral-sent", to=CENTRE).model_dump(mode="json")}
    assert refused(before, CENTRE, "act-corrected", **to_itself) == "correction.makes-impossible"
    assert refused(before, CENTRE, "act-retracted", entry=WRONG, ground="mistake") == "correction.makes-impossible"
