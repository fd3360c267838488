"""Who sees what: the table of standing, and each way in which a reader sees more or less than it."""

from functools import reduce
from typing import Any

import pytest

from domain.case import Case
from domain.visibility import Sight, changes, readers, sight, standing
from tests.examples import CASE, CENTRE, COOP, HANDOVER, HEALTH, OTHER_COOP, REFERRAL, TRAINER
from tests.unit.given import Step, case, story, then, uuid

ALL, NOTHING = "all", "nothing"
SECOND = str(uuid(9))


def joined(past: str, since: str | None = None) -> Step:
    return (CENTRE, "member-joined", {"organisation": HEALTH, "past": past, "past_since": since})


def told(day: int) -> Step:
    return (CENTRE, "contact-made", {"_occurred": f"2026-03-0{day}T12:00:00Z", "with_organisation": None})


# 1 opening with a referral, 2 its answer, 3 on 4 March, 4 on 6 March, then what the row says
BEFORE: tuple[Step, ...] = (
    (CENTRE, "referral-sent"),
    (COOP, "referral-waitlisted"),
    told(4),
    told(6),
)
AFTERWARDS = told(8)


def seen(case: Case, reader: str) -> list[int]:
    return [v for v, entry in sorted(case.history.entries.items()) if sight(case, entry, reader) is not None]


@pytest.mark.parametrize(
    ("steps", "reader", "role", "versions"),
    [
        ((AFTERWARDS,), CENTRE, "responsible", [1, 2, 3, 4, 5]),
        ((AFTERWARDS,), COOP, "asked", [1, 2]),
        ((AFTERWARDS,), OTHER_COOP, None, []),
        ((joined("none"), AFTERWARDS), HEALTH, "member", [5, 6]),
        ((joined("none", "2026-03-01"), AFTERWARDS), HEALTH, "member", [5, 6]),
        ((joined("since", "2026-03-05"), AFTERWARDS), HEALTH, "member", [4, 5, 6]),
        ((joined("since", "2026-03-04"), AFTERWARDS), HEALTH, "member", [3, 4, 5, 6]),
        ((joined("all"), AFTERWARDS), HEALTH, "member", [1, 2, 3, 4, 5, 6]),
        ((joined("all"), (HEALTH, "member-left"), AFTERWARDS), HEALTH, None, [6]),
        ((joined("all"), (HEALTH, "contact-made"), (CENTRE, "member-left")), HEALTH, None, [6]),
        ((joined("all"), (CENTRE, "member-left"), joined("none"), AFTERWARDS), HEALTH, "member", [7, 8]),
        ((joined("all"), joined("none"), AFTERWARDS), HEALTH, "member", [6, 7]),
        (((COOP, "referral-accepted"), AFTERWARDS), COOP, "member", [1, 2, 5, 6]),
        (((COOP, "referral-declined", {"referral": REFERRAL}), AFTERWARDS), COOP, None, [2, 5]),
        (((CENTRE, "referral-withdrawn", {"referral": REFERRAL}),), COOP, None, [2]),
        (((CENTRE, "handover-proposed", {"to": TRAINER}),), TRAINER, "asked", [5]),
        (
            ((CENTRE, "handover-proposed", {"to": TRAINER}), (TRAINER, "handover-accepted", {"handover": HANDOVER})),
            TRAINER,
            "responsible",
            [1, 2, 3, 4, 5, 6],
        ),
        (
            ((CENTRE, "handover-proposed", {"to": TRAINER}), (TRAINER, "handover-accepted", {"handover": HANDOVER})),
            CENTRE,
            None,
            [1, 3, 4, 5],
        ),
        (((CENTRE, "case-handed-out"),), CENTRE, None, [1, 3, 4, 5]),
    ],
)
def test_who_sees_which_entries(steps: tuple[Step, ...], reader: str, role: str | None, versions: list[int]) -> None:
    now = case(*BEFORE, *steps)
    stands = standing(now, reader)
    assert (stands.role if stands else None, seen(now, reader)) == (role, versions)


@pytest.mark.parametrize(
    ("only_for", "reader", "sees"),
    [
        ((CENTRE,), CENTRE, True),
        ((CENTRE,), HEALTH, True),
        ((CENTRE,), COOP, False),
        ((), CENTRE, False),
        ((), HEALTH, True),
        ((OTHER_COOP,), OTHER_COOP, False),
    ],
)
def test_only_for_narrows_and_never_widens(only_for: tuple[str, ...], reader: str, sees: bool) -> None:
    steps: tuple[Step, ...] = (
        (COOP, "referral-accepted"),
        joined("all"),
        (HEALTH, "contact-made", {"_only_for": only_for}),
    )
    now = case(*BEFORE, *steps)
    assert (7 in seen(now, reader)) == sees


@pytest.mark.parametrize(("told_for", "sees"), [(COOP, True), (CENTRE, False), (None, False)])
def test_nothing_is_told_in_the_name_of_one_that_does_not_see_it(told_for: str | None, sees: bool) -> None:
    contact = {"_only_for": (), "_on_behalf_of": told_for, "_evidence": "phone"}
    now = case(*BEFORE, (COOP, "referral-accepted"), joined("all"), (HEALTH, "contact-made", contact))
    assert (7 in seen(now, COOP)) is sees
    assert (7 in seen(now, CENTRE)) is (told_for == CENTRE)
    assert 7 not in seen(now, OTHER_COOP)


def test_what_is_said_about_an_entry_is_seen_by_whoever_sees_the_entry() -> None:
    now = case(
        *BEFORE,
        (COOP, "referral-accepted"),
        (CENTRE, "act-contested", {"entry": 3}),
        (CENTRE, "act-contested", {"entry": 5}),
    )
    assert seen(now, COOP) == [1, 2, 5, 7]


def test_the_one_asked_sees_what_is_said_about_its_referral() -> None:
    now = case(*BEFORE, (CENTRE, "act-contested", {"entry": 2}), (CENTRE, "act-contested", {"entry": 3}))
    assert seen(now, COOP) == [1, 2, 5]


def corrected(ground: str) -> Case:
    act: dict[str, Any] = {"type": "contact-made", "channel": "phone", "with_whom": "person"}
    return case(*BEFORE, (CENTRE, "act-corrected", {"entry": 3, "act": act, "ground": ground}))


@pytest.mark.parametrize("ground", ["unlawful", "wrong-person", "wrong-category"])
def test_only_a_mistake_leaves_the_first_version_readable(ground: str) -> None:
    now = corrected(ground)
    assert sight(now, now.history.entries[3], CENTRE) == Sight(masked=True)


def test_after_a_mistake_the_first_version_stays_readable() -> None:
    now = corrected("mistake")
    assert sight(now, now.history.entries[3], CENTRE) == Sight(now.history.entries[3].categories)


def test_what_was_taken_back_as_unlawful_is_masked_also_to_its_author() -> None:
    now = case(*BEFORE, (CENTRE, "act-retracted", {"entry": 3, "ground": "unlawful"}))
    assert sight(now, now.history.entries[3], CENTRE) == Sight(masked=True)


def test_who_passed_the_case_on_while_an_answer_was_out_follows_its_referral() -> None:
    now = case(
        *BEFORE,
        (CENTRE, "handover-proposed", {"to": TRAINER}),
        (TRAINER, "handover-accepted", {"handover": HANDOVER}),
        told_by(TRAINER),
        (COOP, "referral-accepted"),
    )
    assert seen(now, CENTRE) == [1, 2, 3, 4, 5, 8]


def told_by(organisation: str) -> Step:
    return (organisation, "contact-made", {"with_organisation": None})


def test_a_reader_is_whoever_stands_to_the_case_or_wrote_in_it() -> None:
    now = case(*BEFORE, joined("none"), (HEALTH, "contact-made"), (HEALTH, "member-left"))
    assert readers(now) == {CENTRE, COOP, HEALTH}


def test_an_admission_opens_the_past_in_the_same_step() -> None:
    before = case(*BEFORE)
    after = then(before, joined("since", "2026-03-05"))
    opened = changes(before, after, after.history.entries[5])
    assert [(c.reader, c.entry.originator_version) for c in opened if c.reader == HEALTH] == [(HEALTH, 4), (HEALTH, 5)]


def test_an_end_closes_what_was_open_but_not_what_one_wrote() -> None:
    before = case(*BEFORE, joined("all"), (HEALTH, "contact-made", {"_only_for": None}))
    after = then(before, (CENTRE, "member-left"))
    closed = [c.entry.originator_version for c in changes(before, after, after.history.entries[7])
              if c.reader == HEALTH and c.sight is None]  # fmt: skip
    assert closed == [1, 2, 3, 4, 5]


def test_an_entry_that_nobody_new_sees_is_one_change_for_each_reader() -> None:
    before = case(*BEFORE)
    after = then(before, AFTERWARDS)
    assert [c.reader for c in changes(before, after, after.history.entries[5])] == [CENTRE]


def test_through_the_story_each_sees_its_part() -> None:
    now = reduce(Case.after, (e for e in story() if e.originator_id == CASE), Case(CASE))
    counts = {reader: len(seen(now, reader)) for reader in sorted(readers(now))}
    assert counts[COOP] > counts[HEALTH] > counts[TRAINER] > 0
