"""The cadence, exactly: the worked dates of the vocabulary, the edge cases around them, and what always holds.

The rules and calendars are the shipped ones; 2 March 2026 is a Monday.
"""

import os
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cadence import Chain, obligations
from domain.calendar import Closure, later
from domain.horizon import SEQUENCE
from domain.matter import (
    Attested,
    Contested,
    Ended,
    Fact,
    Held,
    Matter,
    Missed,
    Planned,
    Suspended,
    Waived,
)
from domain.obligation import EXPECTED, HELD, LEADS_TO, Obligation, last_meeting, merged
from domain.publication import Rule, RulebookPublished, Timer
from domain.rulebook import Rulebook, Ruled
from tests.unit.test_calendar import shipped
from tests.unit.test_defaults import published

CALENDARS = {name: shipped(name) for name in ("it", "si", "fr")}
BOOK = Rulebook("rulebook/1", editions=tuple(published(RulebookPublished)))
MONITORING = BOOK.chain_of("joint-monitoring")
START = "2026-03-02"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(text: str) -> date:
    """`23 Mar` is of the year 2026."""
    return date.fromisoformat(text) if text[4:5] == "-" else _of_2026(text)


def _of_2026(text: str) -> date:
    number, month = text.split()
    return date(2026, MONTHS.index(month) + 1, int(number))


def held(on: str, entry: int = 2, **fields: Any) -> Held:
    return Held(on=day(on), entry=entry, **{"present": frozenset({"sender", "host"}), **fields})


def missed(on: str, entry: int = 3, names: str = "") -> Missed:
    return Missed(on=day(on), entry=entry, names=names)


def waived(on: str, entry: int = 4, names: str = "") -> Waived:
    return Waived(on=day(on), entry=entry, names=names)


def suspended(on: str, until: str | None = None, entry: int = 5) -> Suspended:
    return Suspended(on=day(on), entry=entry, until=(until and day(until)) or None)


def ended(on: str, entry: int = 6, **fields: Any) -> Ended:
    return Ended(on=day(on), entry=entry, **fields)


def planned(end: str | None, on: str = START, entry: int = 1) -> Planned:
    return Planned(on=day(on), entry=entry, end=(end and day(end)) or None)


def matter(*facts: Fact, start: str = START, **fields: Any) -> Matter:
    return Matter(start=day(start), entry=1, facts=facts, **fields)


def due(about: Matter, as_of: str, chain: Chain = MONITORING) -> list[Obligation]:
    return list(obligations(chain, about, day(as_of), CALENDARS))


def said(found: list[Obligation]) -> list[str]:
    return [f"{o.key} {o.due} {o.state}" for o in found]


def chain(rule: str) -> Chain:
    return BOOK.chain_of(rule)


AUGUST = (Closure(date(2026, 8, 1), date(2026, 8, 21)),)

WORKED: list[tuple[str, Matter, str, list[str]]] = [
    ("start Mon 2 Mar, day 20 is Sun 22, rolls to Mon 23", matter(), "2 Mar",
     ["joint-monitoring/1 2026-03-23 upcoming"]),
    ("held late on 30 Mar, next 30 May", matter(held("30 Mar")), "30 Mar",
     ["joint-monitoring/1 2026-03-23 fulfilled", "joint-review/1 2026-05-30 upcoming"]),
    ("missed: next from the missed due date, which was 22 Mar", matter(missed("23 Mar")), "23 Mar",
     ["joint-monitoring/1 2026-03-23 missed", "joint-review/1 2026-05-22 upcoming"]),
    ("start 14 Jul, due 3 Aug", matter(start="2026-07-14"), "14 Jul",
     ["joint-monitoring/1 2026-08-03 upcoming"]),
    ("host closed to 21 Aug, due Mon 24 Aug", matter(start="2026-07-14", closures=AUGUST), "14 Jul",
     ["joint-monitoring/1 2026-08-24 upcoming"]),
    ("suspended on day 10", matter(suspended("12 Mar")), "20 Apr",
     ["joint-monitoring/1 2026-03-23 suspended"]),
    ("back on 11 May: ten days left", matter(suspended("12 Mar", "11 May")), "11 May",
     ["joint-monitoring/1 2026-05-21 open"]),
    ("ended on day 12: lapsed", matter(ended("14 Mar")), "14 Mar",
     ["joint-monitoring/1 2026-03-23 lapsed"]),
    ("planned shorter than 20 days: none", matter(planned("21 Mar")), "21 Mar", []),
    ("planned for 20 days: one", matter(planned("22 Mar")), "21 Mar",
     ["joint-monitoring/1 2026-03-23 open"]),
    ("job after internship at the same host: no new 20 days", matter(start="2026-05-04", goes_on_from=day("15 Apr")),
     "4 May", ["joint-review/1 2026-06-15 upcoming"]),
    ("the same, and never a meeting before", matter(start="2026-05-04", goes_on_from=day("4 May")),
     "4 May", ["joint-review/1 2026-07-04 upcoming"]),
]  # fmt: skip


@pytest.mark.parametrize(("_words", "about", "as_of", "expected"), WORKED, ids=[w[0] for w in WORKED])
def test_the_worked_dates(_words: str, about: Matter, as_of: str, expected: list[str]) -> None:
    assert said(due(about, as_of)) == expected


def test_month_ends_keep_the_first_anchors_day() -> None:
    about = matter(held("2025-12-31", 2), held("2026-02-28", 3), start="2025-12-11")
    assert [str(o.due) for o in due(about, "2026-02-28")] == ["2025-12-31", "2026-02-28", "2026-04-30"]


def test_month_ends_keep_it_also_when_a_meeting_was_missed() -> None:
    about = matter(held("2025-12-31", 2), missed("2026-02-28"), start="2025-12-11")
    assert [str(o.due) for o in due(about, "2026-02-28")] == ["2025-12-31", "2026-02-28", "2026-04-30"]


def test_a_month_end_that_rolled_does_not_move_the_rhythm() -> None:
    about = matter(held("2026-12-31", 2), missed("2027-03-01"), start="2026-12-11")
    found = due(about, "2027-03-01")
    assert [(str(o.original), str(o.due)) for o in found[1:]] == [
        ("2027-02-28", "2027-03-01"),  # a Sunday
        ("2027-04-30", "2027-04-30"),
    ]


def test_thirtieth_of_may_is_a_saturday_and_stays() -> None:
    review = due(matter(held("30 Mar")), "30 Mar")[1]
    assert (review.due.isoweekday(), review.due, review.original) == (6, day("30 May"), day("30 May"))


def test_two_placements_have_each_its_own_and_one_meeting_fulfils_both() -> None:
    meeting = held("20 Mar", 9)
    one = matter(meeting, subject="one")
    other = matter(meeting, subject="other", start="2026-03-04")
    found = [due(each, "20 Mar")[0] for each in (one, other)]
    assert [(o.subject, str(o.due), o.state, o.resolved_by) for o in found] == [
        ("one", "2026-03-23", "fulfilled", 9),
        ("other", "2026-03-24", "fulfilled", 9),
    ]


def test_held_without_the_sender_is_held_but_not_joint() -> None:
    (monitoring, _) = due(matter(held("23 Mar", present=frozenset({"host"}))), "23 Mar")
    assert (monitoring.state, monitoring.joint, monitoring.lacking) == ("fulfilled", False, ("sender",))


def test_held_with_everyone_is_joint() -> None:
    assert due(matter(held("23 Mar")), "23 Mar")[0].joint is True


def test_timers_of_the_law_roll_on_holidays_only_and_never_freeze() -> None:
    about = matter(suspended("12 Mar", "11 May"), start="2026-07-24", closures=AUGUST)
    (answer,) = due(about, "24 Jul", chain("request-answered"))
    assert answer.due == day("24 Aug")
    sunday = matter(suspended("8 Apr"), start="2026-04-02")
    (answer,) = due(sunday, "30 Apr", chain("request-answered"))
    assert (answer.due, answer.state) == (day("2 May"), "open")


LAW = ("did-", "naspi-", "adi-", "profiling-", "request-")


@pytest.mark.parametrize("rule", [r for r in BOOK.editions[0].rules if r.timer], ids=lambda r: r.id)
def test_every_shipped_timer_says_what_it_counts(rule: Rule) -> None:
    assert rule.timer is not None
    assert rule.number
    assert rule.unit in ("days", rule.timer.counts)
    assert rule.timer.calendar == "it"
    if rule.id.startswith(LAW):
        assert (rule.timer.rolls, rule.timer.on_suspension) == ("holiday", "none")


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("adi-first-meeting", "2026-01-07", "2026-05-07"),
        ("adi-first-meeting-recommended", "2026-01-07", "2026-03-09"),  # 8 March is a Sunday
        ("adi-to-employment-centre", "2026-01-07", "2026-03-09"),
        ("did-contact", "2026-03-02", "2026-04-01"),
        ("did-not-convened", "2026-03-02", "2026-05-02"),  # 1 May is a holiday
        ("naspi-contact", "2026-03-02", "2026-03-17"),
        ("profiling-refresh", "2026-03-02", "2026-06-01"),  # 31 May is a Sunday
        ("request-answered", "2026-01-31", "2026-02-28"),
        ("referral-answer-due", "2026-03-02", "2026-03-17"),
        ("final-evaluation-due", "2026-03-02", "2026-04-01"),
        ("follow-up-1", "2026-03-02", "2026-04-02"),
        ("follow-up-3", "2026-03-02", "2026-06-03"),  # Republic Day
        ("follow-up-6", "2026-03-02", "2026-09-02"),
        ("follow-up-12", "2026-03-02", "2027-03-02"),
        ("coaching-review", "2026-03-02", "2026-09-02"),
    ],
)
def test_the_other_shipped_timers(rule: str, start: str, expected: str) -> None:
    assert str(due(matter(start=start), start, chain(rule))[0].due) == expected


def test_the_inclusion_measure_meets_every_ninety_days_after_the_first() -> None:
    about = matter(held("2026-04-01", 2), held("2026-06-25", 3), start="2026-01-07")
    found = due(about, "2026-06-25", chain("adi-first-meeting"))
    assert said(found) == [
        "adi-first-meeting/1 2026-05-07 fulfilled",
        "adi-meetings/1 2026-06-30 fulfilled",
        "adi-meetings/2 2026-09-23 open",
    ]


STATES: list[tuple[str, tuple[Fact, ...], str, str]] = [
    ("before the window", (), "11 Mar", "upcoming"),
    ("the window opens ten days before", (), "12 Mar", "open"),
    ("the whole day on which it is due", (), "23 Mar", "open"),
    ("the day after", (), "24 Mar", "late"),
    ("until the next one opens", (), "21 Apr", "late"),
    ("the next one opens", (), "22 Apr", "missed"),
    ("held, one is silent", (held("23 Mar", awaits=frozenset("s")),), "23 Mar", "waiting-for-attestation"),
    ("and attests", (held("23 Mar", awaits=frozenset("s")), Attested(on=day("25 Mar"), entry=7, of=2, by="s")),
     "25 Mar", "fulfilled"),
    ("not yet", (held("23 Mar", awaits=frozenset("s")), Attested(on=day("25 Mar"), entry=7, of=2, by="s")),
     "24 Mar", "waiting-for-attestation"),
    ("one of two attests", (held("23 Mar", awaits=frozenset("st")), Attested(on=day("25 Mar"), entry=7, of=2, by="s")),
     "25 Mar", "waiting-for-attestation"),
    ("evidence in place of attestation", (held("23 Mar", awaits=frozenset("s"), on_evidence=frozenset("s")),),
     "23 Mar", "fulfilled-on-evidence"),
    ("contested", (held("23 Mar"), Contested(on=day("25 Mar"), entry=7, of=2, by="s")), "25 Mar", "contested"),
    ("contested, then attested all the same", (held("23 Mar"), Contested(on=day("25 Mar"), entry=7, of=2, by="s"),
     Attested(on=day("26 Mar"), entry=8, of=2, by="s")), "26 Mar", "fulfilled"),
    ("waived before it was due", (waived("10 Mar"),), "10 Mar", "waived"),
    ("waived when it was late", (waived("30 Mar"),), "30 Mar", "waived"),
    ("waived by name after it was missed", (waived("5 May", names="joint-monitoring/1"),), "5 May", "waived"),
    ("waived, and held all the same", (waived("10 Mar"), held("20 Mar")), "20 Mar", "fulfilled"),
    ("a meeting planned before it was due did not take place", (missed("16 Mar"),), "16 Mar", "open"),
    ("missed, then made up", (missed("23 Mar"), held("30 Mar")), "30 Mar", "fulfilled"),
    ("suspended when it was late", (suspended("24 Mar"),), "30 Mar", "late"),
    ("late, then ended", (ended("30 Mar"),), "30 Mar", "missed"),
    ("late, then died", (ended("30 Mar", by="person-died", also_late=True),), "30 Mar", "lapsed"),
    ("ended on the day on which it was due", (ended("23 Mar"),), "23 Mar", "lapsed"),
    ("held on the day of the end", (held("14 Mar"), ended("14 Mar")), "14 Mar", "fulfilled"),
    ("held after the end", (held("16 Mar"), ended("14 Mar")), "16 Mar", "lapsed"),
    ("ended by what does not end it", (ended("14 Mar", by="referral-withdrawn"),), "14 Mar", "open"),
    ("ended while suspended", (suspended("10 Mar"), ended("20 Mar")), "20 Mar", "lapsed"),
    ("suspended before it was due, and ended", (suspended("10 Mar", "27 Mar"), ended("24 Mar")), "27 Mar", "lapsed"),
    ("a meeting of the second day is before its window", (held("3 Mar"),), "23 Mar", "open"),
    ("unless it says so", (held("3 Mar", names=frozenset({"joint-monitoring/1"})),), "3 Mar", "fulfilled"),
    ("what happens after the day asked for is not known", (held("23 Mar"),), "22 Mar", "open"),
    ("held while suspended", (suspended("10 Mar"), held("20 Mar")), "20 Mar", "fulfilled"),
]  # fmt: skip


@pytest.mark.parametrize(("_words", "facts", "as_of", "state"), STATES, ids=[s[0] for s in STATES])
def test_how_the_twenty_day_meeting_stands(_words: str, facts: tuple[Fact, ...], as_of: str, state: str) -> None:
    assert due(matter(*facts), as_of)[0].state == state


@pytest.mark.parametrize(
    ("on", "timing"), [("12 Mar", "on-time"), ("22 Mar", "on-time"), ("23 Mar", "on-time"), ("24 Mar", "late")]
)
def test_held_on_time_or_late(on: str, timing: str) -> None:
    assert due(matter(held(on)), on)[0].timing == timing


def test_held_before_its_window_by_name_is_early() -> None:
    named = held("3 Mar", names=frozenset({"joint-monitoring/1"}))
    assert due(matter(named), "3 Mar")[0].timing == "early"


def test_what_nobody_held_is_missed_again_and_again_one_at_a_time() -> None:
    assert said(due(matter(), "2026-08-01")) == [
        "joint-monitoring/1 2026-03-23 missed",
        "joint-review/1 2026-05-22 missed",
        "joint-review/2 2026-07-22 late",
    ]


def test_a_meeting_held_when_the_next_one_is_open_is_the_next_one() -> None:
    assert said(due(matter(held("22 Apr")), "22 Apr")) == [
        "joint-monitoring/1 2026-03-23 missed",
        "joint-review/1 2026-05-22 fulfilled",
        "joint-review/2 2026-06-22 upcoming",
    ]


def test_told_by_both_the_meeting_counts_once_and_with_most_people() -> None:
    about = matter(held("23 Mar", 2, present=frozenset({"host"})), held("23 Mar", 3))
    found = due(about, "23 Mar")
    assert len(found) == 2
    assert (found[0].resolved_by, found[0].joint) == (3, True)


@pytest.mark.parametrize("second", ["10 Mar", "23 Mar", "30 Mar"])
def test_waived_by_both_it_is_waived_once(second: str) -> None:
    found = due(matter(waived("10 Mar", 4), waived(second, 5)), second)
    assert [o.state for o in found] == ["waived", "upcoming"]


def test_told_by_both_either_telling_may_be_attested() -> None:
    tellings = [held("23 Mar", n, awaits=frozenset("s")) for n in (2, 3)]
    about = matter(*tellings, Attested(on=day("23 Mar"), entry=7, of=3, by="s"))
    assert due(about, "23 Mar")[0].state == "fulfilled"


def test_missed_told_by_both_is_missed_once() -> None:
    found = due(matter(missed("23 Mar", 4), missed("25 Mar", 5)), "25 Mar")
    assert [o.state for o in found] == ["missed", "upcoming"]


def test_an_extra_meeting_soon_after_the_last_moves_nothing() -> None:
    assert said(due(matter(held("23 Mar", 2), held("30 Mar", 3)), "30 Mar"))[1:] == [
        "joint-review/1 2026-05-23 upcoming"
    ]


def test_suspended_it_says_the_days_left() -> None:
    (monitoring,) = due(matter(suspended("12 Mar")), "20 Apr")
    assert monitoring.left == 10


def test_suspensions_of_placement_and_case_do_not_count_twice() -> None:
    about = matter(suspended("12 Mar", "1 May"), suspended("20 Mar", "11 May", 8))
    assert due(about, "11 May")[0].due == day("21 May")


def test_suspended_on_the_day_on_which_it_is_due_it_is_due_on_the_day_of_return() -> None:
    assert due(matter(suspended("23 Mar", "11 May")), "11 May")[0].due == day("11 May")


def test_held_while_suspended_the_next_counts_from_the_return() -> None:
    about = matter(suspended("10 Mar", "11 May"), held("20 Mar"))
    assert due(about, "11 May")[1].due == day("11 Jul")


def test_the_review_freezes_too() -> None:
    about = matter(held("23 Mar"), suspended("2 Apr", "12 Apr"))
    assert due(about, "12 Apr")[1].due == day("3 Jun")  # 2 June is a holiday


def timed(**fields: Any) -> Chain:
    """A chain of one rule with that timer."""
    number = fields.pop("number", 10)
    return ((Ruled(date(2020, 1, 1), 1, Rule(id="x", text="x", source="x", number=number, timer=Timer(**fields))),),)


def test_a_restarted_clock_begins_again() -> None:
    about = matter(suspended("10 Mar", "1 Apr"))
    assert due(about, "1 Apr", timed(on_suspension="restart"))[0].due == day("11 Apr")


def test_a_clock_that_does_not_stop_runs_on() -> None:
    assert said(due(matter(suspended("10 Mar")), "13 Mar", timed())) == ["x/1 2026-03-12 late"]


def test_working_days_are_frozen_as_working_days() -> None:
    about = matter(suspended("9 Mar", "16 Mar"))  # five were counted to Mon 9, five are left on Mon 16
    assert due(about, "16 Mar", timed(counts="working-days", on_suspension="freeze", calendar="it"))[0].due == day(
        "23 Mar"
    )


def test_days_of_grace_make_it_late_later() -> None:
    grace = timed(latest=3)
    assert [due(matter(), on, grace)[0].state for on in ("15 Mar", "16 Mar")] == ["open", "late"]


def test_a_rhythm_from_the_start_keeps_its_dates_whatever_was_held() -> None:
    rhythm = timed(repeats=True, earliest=3)
    about = matter(held("10 Mar", 2), held("23 Mar", 3))
    assert [str(o.due) for o in due(about, "23 Mar", rhythm)] == ["2026-03-12", "2026-03-22", "2026-04-01"]


@pytest.mark.parametrize("number", [None, 0, -5])
def test_a_rule_that_repeats_without_a_number_asks_for_nothing(number: int | None) -> None:
    assert due(matter(), "2027-01-01", timed(number=number, repeats=True)) == []


def test_a_number_beyond_all_dates_is_never_late() -> None:
    (only,) = due(matter(), "2090-01-01", timed(number=2**31, repeats=True))
    assert (only.due, only.state) == (date.max, "open")


def test_what_has_not_begun_asks_for_nothing_unless_foreseen() -> None:
    assert due(matter(), "1 Mar") == []
    assert said(due(matter(foreseen=True), "1 Mar")) == ["joint-monitoring/1 2026-03-23 upcoming"]


def test_no_review_falls_after_the_planned_end() -> None:
    about = matter(planned("30 Apr"), held("23 Mar"))
    assert len(due(about, "23 Mar")) == 1


def test_an_extension_brings_the_next_review() -> None:
    about = matter(planned("30 Apr"), planned("31 Jul", on="2026-04-20", entry=8), held("23 Mar"))
    assert [len(due(about, on)) for on in ("19 Apr", "20 Apr")] == [1, 2]


def test_a_plan_made_shorter_takes_nothing_back() -> None:
    about = matter(planned("31 Jul"), planned("30 Apr", on="2026-04-20", entry=8), held("23 Mar"))
    assert [len(due(about, on)) for on in ("19 Apr", "20 Apr")] == [2, 2]


def test_the_end_lapses_what_was_upcoming_and_asks_for_nothing_more() -> None:
    about = matter(held("23 Mar"), ended("30 Apr"))
    assert [o.state for o in due(about, "2027-01-01")] == ["fulfilled", "lapsed"]


def test_a_final_evaluation_shared_before_the_last_day_is_shared() -> None:
    about = matter(held("25 Feb"), start="2026-03-02")
    assert due(about, "2 Mar", chain("final-evaluation-due"))[0].state == "fulfilled"


def test_after_a_death_no_final_evaluation_is_due() -> None:
    about = matter(ended("2 Mar", by="person-died", also_late=True))
    assert due(about, "2 Apr", chain("final-evaluation-due")) == []


def test_a_referral_answered_on_the_same_day_is_answered() -> None:
    assert due(matter(held("2 Mar")), "2 Mar", chain("referral-answer-due"))[0].state == "fulfilled"


@pytest.mark.parametrize("months", [1, 3, 6, 12])
def test_a_follow_up_has_its_own_time(months: int) -> None:
    about = matter(held("2 Apr"))
    state = due(about, "2 Apr", chain(f"follow-up-{months}"))[0].state
    assert state == ("fulfilled" if months == 1 else "upcoming")


def test_a_job_goes_on_from_the_last_meeting_of_the_internship() -> None:
    internship = due(matter(held("23 Mar"), ended("30 Apr")), "30 Apr")
    about = matter(start="2026-05-04", goes_on_from=last_meeting(internship))
    assert said(due(about, "4 May")) == ["joint-review/1 2026-05-23 open"]


def test_a_job_long_after_the_internship_counts_from_its_start() -> None:
    about = matter(start="2026-09-01", goes_on_from=day("23 Mar"))
    assert str(due(about, "1 Sep")[0].due) == "2026-11-02"  # 1 November is a Sunday and All Saints


def test_an_obligation_names_what_made_it_and_under_which_rule() -> None:
    monitoring, review = due(matter(held("23 Mar", 7)), "23 Mar")
    assert (monitoring.made_by, monitoring.rule, monitoring.edition, monitoring.calendar) == (
        1, "joint-monitoring", 1, "it")  # fmt: skip
    assert (review.made_by, review.rule, review.anchor, review.calendar_edition) == (
        7,
        "joint-review",
        day("23 Mar"),
        1,
    )
    assert (review.convenes, review.needed) == ("host", ("sender", "host"))


def twice(touches_open: bool, since: str = "2026-03-10", number: int | None = 30) -> Chain:
    """The rule of 20 days, and from a day on one of other days."""
    rule = Rule(id="x", text="x", source="x", number=20, timer=Timer(earliest=5))
    newer = replace(_ruled(rule, 1, "2020-01-01"), edition=2, since=day(since))
    timer = Timer(earliest=5, touches_open=touches_open)
    changed = rule.model_copy(update={"number": number, "timer": timer if number else None})
    return ((_ruled(rule, 1, "2020-01-01"), replace(newer, rule=changed)),)


def _ruled(rule: Rule, edition: int, since: str) -> Ruled:
    return Ruled(day(since), edition, rule)


@pytest.mark.parametrize(
    ("touches", "as_of", "edition", "expected"),
    [
        (False, "10 Mar", 1, "22 Mar"),
        (True, "9 Mar", 1, "22 Mar"),
        (True, "10 Mar", 2, "1 Apr"),
    ],
)
def test_a_new_edition_touches_open_ones_where_it_says_so(
    touches: bool, as_of: str, edition: int, expected: str
) -> None:
    (found,) = due(matter(), as_of, twice(touches))
    assert (found.edition, found.due) == (edition, day(expected))


def test_history_is_judged_under_the_rule_then_in_force() -> None:
    (found,) = due(matter(held("20 Mar")), "2027-01-01", twice(touches_open=True, since="2026-06-01"))
    assert (found.edition, found.timing) == (1, "on-time")


def test_what_begins_under_the_new_edition_follows_it() -> None:
    (found,) = due(matter(start="2026-03-10"), "10 Mar", twice(touches_open=False))
    assert (found.edition, found.due) == (2, day("9 Apr"))


def test_a_rule_that_was_dropped_leaves_what_it_made() -> None:
    dropped = twice(touches_open=False, number=None)
    assert len(due(matter(), "2026-04-01", dropped)) == 1
    assert due(matter(start="2026-03-10"), "2026-04-01", dropped) == []


def test_a_review_near_the_planned_end_merges_with_the_final_evaluation() -> None:
    reviews = due(matter(held("20 Apr")), "1 Jun")  # the 20-day meeting, held late
    final = due(matter(start="2026-06-30", foreseen=True), "1 Jun", chain("final-evaluation-due"))
    found = merged([*reviews, *final])
    assert [(o.key, o.state, o.merged_into) for o in found[-2:]] == [
        ("joint-review/1", "merged", "final-evaluation-due/1"),
        ("final-evaluation-due/1", "upcoming", ""),
    ]


def test_a_review_far_from_the_end_does_not_merge() -> None:
    reviews = due(matter(held("20 Mar")), "10 May")
    final = due(matter(start="2026-06-30", foreseen=True), "10 May", chain("final-evaluation-due"))
    assert "merged" not in {o.state for o in merged([*reviews, *final])}


def test_without_its_calendar_a_rule_rolls_off_sundays() -> None:
    assert obligations(MONITORING, matter(), day("2 Mar"))[0].due == day("23 Mar")


# What always holds -----------------------------------------------------------------------------------------------

_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")
QUICK = settings(max_examples=int(_EXAMPLES or 60), deadline=None, derandomize=_EXAMPLES is None)
FIRST = day(START)
HORIZON = 400

DATES = st.integers(0, HORIZON - 50).map(lambda n: later(FIRST, n))
PEOPLE = st.sets(st.sampled_from(["sender", "host"])).map(frozenset)
MEETINGS = st.one_of(
    st.builds(Held, on=DATES, entry=st.just(0), present=PEOPLE, awaits=PEOPLE, on_evidence=PEOPLE),
    st.builds(Missed, on=DATES, entry=st.just(0)),
    st.builds(Waived, on=DATES, entry=st.just(0)),
)
STOPS = st.builds(lambda on, n: Suspended(on=on, entry=0, until=later(on, n) if n else None), DATES, st.integers(0, 90))
ENDS = st.builds(Ended, on=DATES, entry=st.just(0), also_late=st.booleans())
CLOSURES = st.lists(st.builds(lambda a, n: Closure(a, later(a, n)), DATES, st.integers(0, 25)), max_size=2).map(tuple)


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    facts: list[Fact] = draw(st.lists(MEETINGS, max_size=8))
    facts += draw(st.lists(STOPS, max_size=3)) + draw(st.lists(ENDS, max_size=1))
    told = tuple(replace(f, entry=n) for n, f in enumerate(facts, 2))
    words = draw(st.lists(st.tuples(st.sampled_from([Attested, Contested]), DATES, PEOPLE), max_size=3))
    meetings = [f for f in told if isinstance(f, Held)]
    said = tuple(
        kind(on=max(on, m.on), entry=50 + n, of=m.entry, by=by)
        for n, (kind, on, people) in enumerate(words)
        for m in meetings[:1]
        for by in people
    )
    return Matter(start=FIRST, entry=1, facts=told + said, closures=draw(CLOSURES))


CHAINS = st.sampled_from([MONITORING, chain("adi-first-meeting"), chain("coaching-review"), chain("request-answered")])
DAYS = [later(FIRST, n) for n in range(0, HORIZON, 4)]


def over_time(about: Matter, sequence: Chain) -> list[tuple[Obligation, ...]]:
    return [obligations(sequence, about, as_of, CALENDARS) for as_of in DAYS]


@QUICK
@given(matters(), CHAINS)
def test_an_obligation_never_disappears_and_never_doubles(about: Matter, sequence: Chain) -> None:
    days = [[o.key for o in found] for found in over_time(about, sequence)]
    assert all(len(set(keys)) == len(keys) for keys in days)
    assert all(after[: len(before)] == before for before, after in pairwise(days))


@QUICK
@given(matters(), CHAINS)
def test_time_moves_states_forward_only(about: Matter, sequence: Chain) -> None:
    for before, after in pairwise(over_time(about, sequence)):
        for one, other in zip(before, after, strict=False):
            assert other.state == one.state or other.state in LEADS_TO[one.state], (one, other)


@QUICK
@given(matters(), CHAINS)
def test_one_at_most_is_expected_beside_one_that_is_upcoming(about: Matter, sequence: Chain) -> None:
    for found in over_time(about, sequence):
        assert sum(o.state in EXPECTED for o in found) <= 1
        assert all(o.state not in EXPECTED for o in found[:-1])


@QUICK
@given(matters(), CHAINS)
def test_no_meeting_counts_twice(about: Matter, sequence: Chain) -> None:
    for found in over_time(about, sequence)[::10]:
        entries = [o.resolved_by for o in found if o.state in HELD]
        assert len(set(entries)) == len(entries)


@QUICK
@given(matters(), CHAINS)
def test_due_dates_are_monotone(about: Matter, sequence: Chain) -> None:
    for found in over_time(about, sequence)[::10]:
        of_one_rule = [(one, other) for one, other in pairwise(found) if one.rule == other.rule]
        assert all(one.original <= other.original and one.due <= other.due for one, other in of_one_rule), found
        assert all(
            one.held < other.held for one, other in pairwise(o for o in found if o.held) if one.held and other.held
        )
        assert all(o.opens <= o.due <= o.latest and o.original <= o.due for o in found)


@QUICK
@given(matters(), CHAINS, st.randoms(use_true_random=False), st.sampled_from(DAYS))
def test_late_reports_in_any_order_give_the_same_end(about: Matter, sequence: Chain, order: Any, as_of: date) -> None:
    facts = list(about.facts)
    order.shuffle(facts)
    entries = {f.entry: n for n, f in enumerate(facts, 2)}
    told = tuple(_told(f, entries) for f in facts)
    one, other = (obligations(sequence, m, as_of, CALENDARS) for m in (about, replace(about, facts=told)))
    assert [_without_entries(o) for o in one] == [_without_entries(o) for o in other]


def _told(fact: Fact, entries: dict[int, int]) -> Fact:
    fact = replace(fact, entry=entries[fact.entry])
    return replace(fact, of=entries[fact.of]) if isinstance(fact, Attested | Contested) else fact


def _without_entries(obligation: Obligation) -> Obligation:
    return replace(obligation, made_by=0, resolved_by=None)


def test_every_order_of_three_reports_gives_the_same_end() -> None:
    facts = (held("30 Mar", 2), suspended("2 Apr", "12 Apr", 3), held("8 Jun", 4))
    ends = {tuple(due(matter(*order), "2026-07-01")) for order in permutations(facts)}
    assert len(ends) == 1


@QUICK
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=5), st.integers(1, 90))
def test_freezing_and_resuming_adds_up(pauses: list[tuple[int, int]], number: int) -> None:
    """The days that counted are as many as the rule says, whatever stood between."""
    clock, stops, at = timed(number=number, on_suspension="freeze"), [], FIRST
    for active, pause in pauses:
        at = later(at, active)
        stops.append(Suspended(on=at, entry=2, until=(at := later(at, pause))))
    (found,) = obligations(clock, matter(*stops), date(2030, 1, 1), CALENDARS)
    still = {later(s.on, n) for s in stops if s.until for n in range((s.until - s.on).days)}
    counted = [d for n in range((found.original - FIRST).days) if (d := later(FIRST, n)) not in still]
    assert len(counted) == number


@QUICK
@given(st.integers(1, 19), st.integers(1, 40), st.integers(1, 40))
def test_two_suspensions_in_a_row_are_one(after: int, first: int, then: int) -> None:
    on = later(FIRST, after)
    between, until = later(on, first), later(on, first + then)
    two = matter(Suspended(on=on, entry=2, until=between), Suspended(on=between, entry=3, until=until))
    one = matter(Suspended(on=on, entry=2, until=until))
    assert (
        due(two, "2027-01-01")[0].original == due(one, "2027-01-01")[0].original == FIRST + timedelta(20 + first + then)
    )


def test_five_thousand_facts_are_judged_quickly() -> None:
    facts = [Held(on=later(FIRST, 20 + 60 * n), entry=n + 2) for n in range(2000)]
    assert len(obligations(MONITORING, matter(*facts), date(2350, 1, 1), CALENDARS)) == SEQUENCE
