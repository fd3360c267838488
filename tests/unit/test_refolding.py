"""An amendment of a long case costs the views what it changes; where that is all of it, its teller is charged."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.spending import BEHIND_S, REFOLD_S, SEND_S, Spending
from domain.case import Case, replay
from domain.entry import Entry
from domain.visibility import past_opened, readers
from services.answers import Recorded
from services.batch import FEW_READERS
from services.budgets import Limits
from services.desk import Arrival
from services.refolding import refolded
from services.seen import Seen, case_of
from services.views.board import Line
from services.views.projection import Projection
from services.views.readers import HeldReaders, Readers
from tests.examples import CENTRE, COOP, HEALTH, REFERRAL, SECOND_CASE_ID, TRAINER, act, entry
from tests.list_record import ListRecord
from tests.unit.given import Step, case, then, uuid
from tests.unit.test_budgets import opened_by
from tests.unit.test_defaults import founded

RECORD = f"case/{SECOND_CASE_ID}"
MEMBERS, LONG = 30, 1_500
SECONDS = 3
"""Of the views, more than may be used at once."""


def member(number: int) -> str:
    return f"omember{chr(97 + number // 26)}{chr(97 + number % 26)}aaaa"


def told(by: str, version: int, type_: str, **changes: Any) -> Entry:
    at = datetime(2026, 3, 2, 10, 0, version % 60, tzinfo=UTC)
    told_by = act(type_, **changes)
    return entry(told_by, by, version, record=RECORD, position=version, recorded_at=at, act_id=uuid(version))


def long_case(type_: str) -> list[Entry]:
    """Members who joined at different times, and see what came after: no two of them see the same."""
    entries = [told(COOP, 1, "case-opened")]
    for version in range(2, LONG + 1):
        number, joins = divmod(version, LONG // MEMBERS)
        if joins == 0 and number < MEMBERS:
            joining = {"organisation": member(number), "past": "none", "past_since": None}
            entries.append(told(COOP, version, "member-joined", **joining))
        else:
            entries.append(told(COOP, version, type_))
    return entries


@pytest.mark.parametrize("ground", ["mistake", "unlawful"])
def test_an_amendment_is_made_for_each_of_many_readers_at_the_cost_of_what_it_changes(ground: str) -> None:
    """Folding the case again for each takes a hundred times as long."""
    entries = long_case("hours-recorded")
    amendments = [told(COOP, LONG + n, "act-retracted", entry=LONG - n, ground=ground) for n in range(1, 11)]
    projection = Projection(ListRecord([*entries, *amendments]).entries, None)
    projection.fold(entries)
    began = time.process_time()
    folded = [projection.fold([each]) for each in amendments]
    assert time.process_time() - began < 2, "each reader's case was folded again"
    assert all(len(changes.board) == MEMBERS for changes in folded)


def joins(organisation: str, past: str) -> Step:
    return COOP, "member-joined", {"organisation": organisation, "past": past, "past_since": None}


OPENED: tuple[Step, ...] = (
    (COOP, "case-opened"),
    joins(HEALTH, "none"),
    (COOP, "contact-made"),
    (COOP, "hours-recorded"),
)
NARROWED: Step = (COOP, "contact-made", {"_only_for": (HEALTH,)})
OF_CONTACT: Step = (COOP, "act-retracted", {"entry": 3, "ground": "mistake"})
OF_HOURS: Step = (COOP, "act-retracted", {"entry": 4, "ground": "mistake"})


@pytest.mark.parametrize(
    ("steps", "last", "readers"),
    [
        (OPENED, OF_CONTACT, 2),  # the whole, and who joined later
        (OPENED, OF_HOURS, 0),
        (OPENED, (COOP, "contact-made"), 0),
        (OPENED, (COOP, "referral-sent", {"to": HEALTH, "sheet": None}), 1),  # to whom it opens a thread
        (OPENED, (COOP, "referral-sent", {"to": CENTRE, "sheet": None}), 1),
        ((*OPENED, NARROWED), OF_CONTACT, 2),
        ((*OPENED, joins(CENTRE, "all"), NARROWED), OF_CONTACT, 3),  # from whom a note is kept
        (
            (*OPENED, (COOP, "member-joined", {"organisation": CENTRE, "past": "all", "past_since": None})),
            OF_CONTACT,
            2,
        ),
        (
            (*OPENED, (COOP, "member-joined", {"organisation": TRAINER, "past": "none", "past_since": None})),
            OF_CONTACT,
            3,
        ),
    ],
)
def test_what_is_folded_again_is_counted_for_each_who_sees_another_part(
    steps: tuple[Step, ...], last: Step, readers: int
) -> None:
    before: Case = case(*steps)
    after = then(before, last)
    assert refolded(before, after, after.history.entries[after.version]) == readers * before.version


@pytest.mark.parametrize(
    "answer",
    [
        Recorded(position=1, version=1, refolded=round(SECONDS / REFOLD_S)),
        Recorded(position=1, version=1, opened=round(SECONDS / SEND_S)),
    ],
)
def test_who_keeps_the_views_busy_is_told_to_try_later_and_what_waits_waits(answer: Recorded) -> None:
    """Else the views of everybody fall behind, for a desk that has little to do."""
    spending, arrival = Spending(Limits(desk_share=0.01, record_bytes_a_day=1e12)), Arrival(COOP, b"x" * 300)
    assert not spending.waits()
    assert spending.before(arrival) is None
    spending.after(arrival, answer)
    later = spending.before(arrival)
    assert later
    assert later.why == "over its budget of views"
    assert later.after_s == pytest.approx(100 * (SECONDS - BEHIND_S), abs=2)
    assert spending.before(Arrival(CENTRE, b"x" * 300)) is None
    assert spending.behind() == spending.waits() == {COOP}
    assert spending.told()["over"]["views"] == 1


def test_the_office_has_no_bound_and_stands_behind_nobody() -> None:
    spending = Spending(Limits(desk_share=0.01), lambda: COOP)
    spending.desk({COOP: 100.0, CENTRE: 100.0}, {COOP: 1, CENTRE: 1})
    spending.after(Arrival(COOP, b"x"), Recorded(position=1, version=1, refolded=10**9))
    assert spending.behind() == spending.waits() == {CENTRE}


def test_of_a_case_with_many_readers_each_act_is_charged_for_those_beyond_a_few() -> None:
    many = [joins(member(n), "all") for n in range(25)]
    before, network = case(*OPENED, *many), founded()
    assert opened_by(before, COOP, "contact-made", network) == len(readers(before)) - FEW_READERS == 7
    assert opened_by(case(*OPENED, *many[:15]), COOP, "contact-made", network) == 0


def test_cases_that_are_read_differently_by_many_are_held_for_fewer() -> None:
    """The memory of the views is bounded by what their readers see, not by how many cases there are."""
    whole = case(*OPENED)

    def held_after(lines: int) -> int:
        held = HeldReaders(whole.version * 2)
        for id_ in "abc":
            line = Line(Case(id_, whole.history))
            held.keep(Readers(whole.version, line, {member(n): Line(line.case) for n in range(lines)}, {}))
        held.evict()
        return sum(id_ in held for id_ in "abc")

    assert held_after(4) == 3
    assert held_after(8) == 1
    assert held_after(100) == 1, "what is worked on is held"


def test_of_a_long_case_it_is_counted_at_once_however_many_see_it() -> None:
    """Counting may not cost the desk more than the amendment does."""
    members = [
        told(COOP, n + 2, "member-joined", organisation=member(n), past="all", past_since=None) for n in range(100)
    ]
    contacts = [told(COOP, version, "contact-made") for version in range(102, 10_001)]
    before = replay([told(COOP, 1, "case-opened"), *members, *contacts], Case(RECORD))
    after = before.after(told(COOP, 10_001, "act-retracted", entry=9_990, ground="mistake"))
    began = time.process_time()
    assert refolded(before, after, after.history.entries[10_001]) == 10_000, "the whole, which all of them share"
    assert time.process_time() - began < 0.1


def test_a_thread_that_is_opened_to_one_after_the_other_is_charged_each_time() -> None:
    sent: Step = (COOP, "referral-sent", {"to": HEALTH, "sheet": None})
    in_it: list[Step] = [(COOP, "contact-made", {"referral": REFERRAL})] * 10
    before = case((COOP, "case-opened"), sent, *in_it)
    other = act("referral-sent", to=TRAINER, sheet=None).model_dump(mode="json")
    after = then(before, (COOP, "act-corrected", {"entry": 2, "ground": "mistake", "act": other}))
    assert past_opened(before, after) == 11
    back = act("referral-sent", to=HEALTH, sheet=None).model_dump(mode="json")
    again = then(after, (COOP, "act-corrected", {"entry": 2, "ground": "mistake", "act": back}))
    assert past_opened(after, again) == 11


def test_a_case_that_was_amended_often_is_folded_for_a_question_at_the_cost_of_its_length() -> None:
    """Each amendment brought the index of its threads up from the beginning: 500 took four seconds."""
    entries = [told(COOP, 1, "case-opened"), *(told(COOP, n, "contact-made") for n in range(2, 3_001))]
    again = act("contact-made").model_dump(mode="json")
    entries += [told(COOP, n, "act-corrected", entry=2_000, ground="mistake", act=again) for n in range(3_001, 3_501)]
    began = time.process_time()
    assert case_of(RECORD, map(Seen, entries)).version == 3_500
    assert time.process_time() - began < 1
