"""The history again: up to a position or a moment, as all or as one organisation could read it then."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest

from domain.case import Case
from domain.entry import Entry
from domain.moment import moment
from domain.visibility import sight
from services.replay import Asked, Totals, due, replayed, stretch
from tests.examples import (
    AGREEMENT,
    CASE,
    CENTRE,
    COOP,
    HEALTH,
    NOON,
    OFFICE,
    ORPHAN_CASE,
    OTHER_COOP,
    PAPER,
    PLACEMENT_CASE,
    PLACEMENT_CASE_ID,
    SECOND_CASE,
    TRAINER,
    act,
    entry,
)
from tests.unit.given import story
from tests.unit.test_defaults import shipped_rules


class Kept:
    """A record in memory; tells how much of it was asked for at once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.all = [replace(e, position=n) for n, e in enumerate(entries, 1)]
        self.largest = 0
        self.pages = 0

    def page(self, after: int, limit: int) -> list[Entry]:
        self.pages += 1
        self.largest = max(self.largest, limit)
        return self.all[after : after + limit]

    def entries_up_to(self, originator_id: str, position: int) -> list[Entry]:
        return [e for e in self.all[:position] if e.originator_id == originator_id]

    def position(self) -> int:
        return len(self.all)


@pytest.fixture
def record() -> Kept:
    """The story, an entry an hour on the recorded clock."""
    return Kept(replace(e, recorded_at=NOON + timedelta(hours=n)) for n, e in enumerate(story(), 1))


def lines(record: Kept, **asked: Any) -> list[dict[str, Any]]:
    return list(replayed(record, Asked(**asked), Totals()))


def positions(record: Kept, **asked: Any) -> list[int]:
    return [line["position"] for line in lines(record, **asked)]


def of_case(record: Kept, end: int, case: str = CASE) -> Sequence[Entry]:
    return [e for e in record.all[:end] if e.originator_id == case]


def test_everything_in_the_order_of_the_record(record: Kept) -> None:
    assert positions(record) == list(range(1, len(record.all) + 1))


def test_replayed_twice_it_is_the_same(record: Kept) -> None:
    assert lines(record, reader=COOP) == lines(record, reader=COOP)


def test_up_to_a_position(record: Kept) -> None:
    assert positions(record, until=7) == [1, 2, 3, 4, 5, 6, 7]


def test_a_position_that_is_not_reached_yet_is_the_end(record: Kept) -> None:
    assert positions(record, until=10_000)[-1] == len(record.all)


def test_up_to_a_moment_on_the_recorded_clock(record: Kept) -> None:
    assert positions(record, until_time=NOON + timedelta(hours=7)) == [1, 2, 3, 4, 5, 6, 7]
    assert positions(record, until_time=NOON + timedelta(hours=7, minutes=59))[-1] == 7


def test_before_the_first_entry_there_is_nothing(record: Kept) -> None:
    assert positions(record, until_time=NOON) == []


def test_the_earlier_of_position_and_moment_ends_it(record: Kept) -> None:
    assert positions(record, until=5, until_time=NOON + timedelta(hours=7))[-1] == 5
    assert positions(record, until=9, until_time=NOON + timedelta(hours=7))[-1] == 7


def test_up_to_a_moment_on_the_clock_of_what_happened(record: Kept) -> None:
    until = NOON + timedelta(days=3)
    assert positions(record, until_time=until, clock="occurred") == [
        e.position for e in record.all if e.occurred.time <= until
    ]


def test_what_was_told_late_belongs_to_when_it_happened() -> None:
    record = Kept(
        [
            entry(act("referral-sent"), CENTRE, 1, occurred="2026-03-05T10:00:00Z", recorded_at=NOON),
            entry(act("contact-made"), CENTRE, 2, occurred="2026-03-02", recorded_at=NOON),
        ]
    )
    assert positions(record, until_time=datetime(2026, 3, 4, tzinfo=UTC), clock="occurred") == [2]


@pytest.mark.parametrize(("told", "counts"), [("2026-03-02", True), ("2026-03-03", False), ("2026-03", True)])
def test_a_day_or_month_counts_from_its_beginning(told: str, counts: bool) -> None:
    record = Kept([entry(act("contact-made"), CENTRE, 1, occurred=told)])
    end_of_day = datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC)
    assert bool(positions(record, until_time=end_of_day, clock="occurred")) is counts


def test_one_case(record: Kept) -> None:
    assert {line["record"] for line in lines(record, case=SECOND_CASE)} == {SECOND_CASE}
    assert positions(record, case=CASE) == [e.position for e in of_case(record, len(record.all))]


@pytest.mark.parametrize("reader", [CENTRE, COOP, HEALTH, TRAINER])
def test_an_organisation_reads_at_every_position_what_visibility_says_there(record: Kept, reader: str) -> None:
    for until in range(record.all[-1].position + 1):
        expected = {
            e.position: seen.masked
            for id_ in (CASE, SECOND_CASE, PLACEMENT_CASE, ORPHAN_CASE)
            for e in of_case(record, until, id_)
            if (seen := sight(reduce(Case.after, of_case(record, until, id_), Case(id_)), e, reader))
        }
        found = {
            line["position"]: line.get("masked", False)
            for line in lines(record, until=until, reader=reader)
            if line["record"].startswith("case/")
        }
        assert found == expected


def test_one_case_as_one_organisation_is_that_part_of_all_it_could_read(record: Kept) -> None:
    whole = [line for line in lines(record, reader=COOP) if line["record"] == CASE]
    assert lines(record, reader=COOP, case=CASE) == whole


def test_to_one_who_never_belonged_the_case_is_not_there(record: Kept) -> None:
    assert not [line for line in lines(record, reader=OTHER_COOP) if line["record"].startswith("case/")]


@pytest.mark.parametrize(
    ("reader", "seen"), [(COOP, 11), (CENTRE, 11), (PAPER, 11), (HEALTH, 11), (TRAINER, 0), (OFFICE, 0)]
)
def test_an_agreement_is_read_by_its_parties_from_its_beginning(record: Kept, reader: str, seen: int) -> None:
    assert len([line for line in lines(record, reader=reader) if line["record"] == AGREEMENT]) == seen


def test_before_it_joined_an_organisation_read_nothing_of_the_agreement(record: Kept) -> None:
    amended = next(e.position for e in record.all if e.act.type == "agreement-amended")
    read = (lines(record, reader=HEALTH, until=until) for until in (amended - 1, amended))
    assert [len([line for line in told if line["record"] == AGREEMENT]) for told in read] == [0, 5]


def test_one_not_in_the_network_yet_reads_nothing(record: Kept) -> None:
    registered = next(e.position for e in record.all if e.originator_id == f"organisation/{COOP}")
    assert positions(record, reader=COOP, until=registered - 1) == []


def test_who_works_where_is_for_that_organisation_and_the_office(record: Kept) -> None:
    named = {e.position for e in record.all if e.act.type == "practitioner-named" and e.organisation == COOP}
    seen_by = {o for o in (OFFICE, COOP, CENTRE) if named <= set(positions(record, reader=o))}
    assert seen_by == {OFFICE, COOP}


def test_a_correction_that_names_another_organisation_shows_the_case_to_it() -> None:
    sent = act("referral-sent")
    corrected = act("act-corrected", entry=1, act={**sent.model_dump(mode="json"), "to": TRAINER}, ground="mistake")
    registered = entry(
        act("organisation-registered", name="Trainer"), OFFICE, 1, record=f"organisation/{TRAINER}", recorded_at=NOON
    )
    record = Kept([registered, entry(sent, CENTRE, 1), entry(corrected, CENTRE, 2)])
    assert 3 in positions(record, reader=TRAINER)


def test_a_masked_entry_says_that_it_is_there_and_not_what_it_says(record: Kept) -> None:
    found = [line for line in lines(record, reader=COOP) if line.get("masked")]
    assert found
    assert all({"act", "type", "categories"}.isdisjoint(line) for line in found)


def test_no_line_holds_a_marked_field_or_what_is_for_the_doors(record: Kept) -> None:
    text = str(lines(record))
    assert "example reason" not in text
    assert "'token'" not in text


def test_the_totals_count_what_was_shown(record: Kept) -> None:
    totals = Totals()
    shown = list(replayed(record, Asked(), totals))
    assert (totals.entries, totals.cases, totals.position) == (len(shown), 4, len(record.all))
    assert totals.by_type == Counter(line["type"] for line in shown)


def test_the_cases_are_counted_also_where_the_first_entry_of_one_is_left_out() -> None:
    record = Kept(
        [
            entry(act("referral-sent"), CENTRE, 1, occurred="2026-03-05T10:00:00Z", recorded_at=NOON),
            entry(act("contact-made"), CENTRE, 2, occurred="2026-03-02", recorded_at=NOON),
            entry(act("contact-made"), CENTRE, 3, occurred="2026-03-02", recorded_at=NOON),
        ]
    )
    totals = Totals()
    list(replayed(record, Asked(until_time=datetime(2026, 3, 4, tzinfo=UTC), clock="occurred"), totals))
    assert (totals.entries, totals.cases) == (2, 1)


def test_the_cases_of_all_stretches_are_as_many_as_those_of_the_whole(record: Kept) -> None:
    for asked in (Asked(), Asked(until_time=datetime(2027, 1, 1, tzinfo=UTC), clock="occurred")):
        whole, together = Totals(), Totals()
        list(replayed(record, asked, whole))
        for after in range(0, len(record.all), 5):
            part = Totals()
            list(stretch(record, asked, after, min(after + 5, len(record.all)), part))
            together.add(part)
        assert (together.entries, together.cases) == (whole.entries, whole.cases) == (len(record.all), 4)


def test_a_long_history_is_read_page_by_page_and_says_how_far_it_is() -> None:
    contact = act("contact-made")
    record = Kept(
        entry(contact, CENTRE, 1, record=f"case/{n}", occurred=moment("2026-03-02"), recorded_at=NOON)
        for n in range(2500)
    )
    told: list[tuple[int, int]] = []
    count = sum(1 for _ in replayed(record, Asked(), Totals(), lambda done, of: told.append((done, of))))
    assert count == 2500
    assert record.largest == 1000
    assert told == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_stretches_of_which_nothing_may_be_read_are_not_read_twice() -> None:
    registered = entry(act("organisation-registered"), OFFICE, 1, record=f"organisation/{OTHER_COOP}", recorded_at=NOON)
    strangers = [entry(act("contact-made"), CENTRE, 1, record=f"case/{n}", recorded_at=NOON) for n in range(5000)]
    record = Kept([registered, *strangers])
    assert positions(record, reader=OTHER_COOP) == [1]
    assert record.pages == 6 + 1


# What was due


def due_then(record: Kept, as_of: date | None = None, **asked: Any) -> tuple[str, list[tuple[str, str, int]]]:
    day, found = due(record, Asked(case=f"case/{PLACEMENT_CASE_ID}", **asked), as_of)
    return day.isoformat(), [(d.rule, d.state, d.edition) for d in found]


def published() -> Kept:
    """The shipped rules, and then the story."""
    return Kept([*shipped_rules(), *(e for e in story() if not e.originator_id.startswith("rulebook/"))])


def test_what_was_due_at_a_position_and_a_day_is_the_same_later() -> None:
    record = published()
    started = next(e.position for e in record.all if e.act.type == "placement-started")
    then = due_then(record, until=started, as_of=date(2026, 3, 15))
    assert then == ("2026-03-15", [("referral-answer-due", "fulfilled", 1), ("joint-monitoring", "open", 1)])
    shorter = Kept(list(record.all[:started]))
    assert due_then(shorter, until=started, as_of=date(2026, 3, 15)) == then


def test_without_a_day_it_is_the_last_that_counts() -> None:
    record = published()
    started = next(e for e in record.all if e.act.type == "placement-started")
    assert due_then(record, until=started.position)[0] == started.recorded_at.date().isoformat()
    until = datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert due_then(record, until_time=until, clock="occurred")[0] == "2026-04-01"


def test_what_was_due_as_an_organisation_saw_it() -> None:
    record = published()
    assert due_then(record, reader=TRAINER, as_of=date(2026, 3, 15))[1] == []
    assert due_then(record, reader=COOP, as_of=date(2026, 3, 15)) == due_then(record, as_of=date(2026, 3, 15))
