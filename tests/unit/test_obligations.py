"""What falls due on a case: its acts put to the rules, from the first meeting to the last follow-up.

The rules are the shipped ones; 2 March 2026 is a Monday.
"""

from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.case import Case
from domain.entry import Entry
from domain.network import Network
from domain.obligation import EXPECTED
from domain.obligations import Due, due_list, obligations_of
from tests.examples import CASE, CENTRE, COOP, OFFICE, PAPER, PLACEMENT, PLACEMENT_REFERRAL, REFERRAL, act, entry
from tests.unit.case.test_placement import least
from tests.unit.given import told, uuid
from tests.unit.test_defaults import founded
from tests.unit.test_properties import QUICK, any_entries

SECOND = str(uuid(77))
REFERRED: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("2026-02-02", CENTRE, "referral-sent", {"referral": PLACEMENT_REFERRAL}),
    ("2026-02-04", COOP, "referral-accepted", {"referral": PLACEMENT_REFERRAL}),
)
AGREED = (
    *REFERRED,
    ("2026-02-16", COOP, "placement-agreed", {"ends": "2026-12-31"}),
)
STARTED = (*AGREED, ("2026-03-02", COOP, "placement-started", {}))
BOTH: dict[str, Any] = {"placements": [], "fulfils": [], "tasks": [], "organisations": [CENTRE, COOP]}
MET = ("2026-03-30", COOP, "meeting-held", BOTH)
COURSE: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    MET,
    ("2026-05-20", COOP, "meeting-held", {**BOTH, "meeting": str(uuid(78))}),
    ("2026-04-10", COOP, "placement-suspended", {"suspended": "2026-04-10"}),
    ("2026-05-11", COOP, "placement-resumed", {"resumed": "2026-05-11"}),
    ("2026-04-20", CENTRE, "case-suspended", {}),
    ("2026-06-02", CENTRE, "case-resumed", {}),
    ("2026-09-30", COOP, "placement-ended", {"ended": "2026-09-30"}),
    ("2026-10-09", COOP, "final-evaluation-shared", {}),
    ("2026-03-20", CENTRE, "case-closed", {}),
)


def case(*steps: tuple[str, str, str, dict[str, Any]]) -> Case:
    entries = (told(n, by, type_, {"_occurred": on, **fields}) for n, (on, by, type_, fields) in enumerate(steps, 1))
    return reduce(Case.after, entries, Case(CASE))


def due(about: Case, as_of: str, network: Network | None = None) -> dict[str, Due]:
    found = obligations_of(about, network or founded(), date.fromisoformat(as_of))
    assert len({d.id for d in found}) == len(found)
    return {d.id: d for d in found}


def said(about: Case, as_of: str, only: str = "") -> list[str]:
    return [f"{d.due} {d.state}" for id_, d in due(about, as_of).items() if id_.startswith(only)]


def test_a_start_asks_for_a_meeting_twenty_days_later() -> None:
    monitoring = due(case(*STARTED), "2026-03-02")[f"joint-monitoring-{PLACEMENT}"]
    assert (monitoring.due, monitoring.state) == (date(2026, 3, 23), "upcoming")
    assert (monitoring.rule, monitoring.edition, monitoring.made_by) == ("joint-monitoring", 1, 4)
    assert (monitoring.convenes, monitoring.resolves) == ((COOP,), ("meeting-held",))


def test_held_late_the_next_is_two_months_on() -> None:
    found = due(case(*STARTED, MET), "2026-03-31")
    assert found[f"joint-monitoring-{PLACEMENT}"].obligation.timing == "late"
    assert found[f"joint-review-{PLACEMENT}"].due == date(2026, 5, 30)


def test_who_was_there_and_did_not_tell_has_to_attest_it() -> None:
    waiting = due(case(*STARTED, MET), "2026-03-31")[f"joint-monitoring-{PLACEMENT}"]
    assert (waiting.state, waiting.attests, waiting.resolves) == (
        "waiting-for-attestation", (CENTRE,), ("act-attested",),
    )  # fmt: skip
    attested = ("2026-03-31", CENTRE, "act-attested", {"entry": 5, "on": "own"})
    assert said(case(*STARTED, MET, attested), "2026-03-31", "joint-mon") == ["2026-03-23 fulfilled"]
    by_phone = ("2026-03-31", CENTRE, "act-attested", {"entry": 5, "on": "phone"})
    assert said(case(*STARTED, MET, by_phone), "2026-03-31", "joint-mon") == ["2026-03-23 fulfilled-on-evidence"]
    contested = ("2026-03-31", CENTRE, "act-contested", {"entry": 5})
    assert said(case(*STARTED, MET, contested), "2026-03-31", "joint-mon") == ["2026-03-23 contested"]


def test_told_by_both_nobody_has_to_attest_it() -> None:
    again = ("2026-03-30", CENTRE, "meeting-held", BOTH)
    assert said(case(*STARTED, MET, again), "2026-03-31", "joint") == ["2026-03-23 fulfilled", "2026-05-30 upcoming"]


def test_without_the_sender_it_is_not_joint() -> None:
    alone = ("2026-03-23", COOP, "meeting-held", {**BOTH, "organisations": [COOP]})
    held = due(case(*STARTED, alone), "2026-03-23")[f"joint-monitoring-{PLACEMENT}"]
    assert (held.state, held.obligation.joint, held.obligation.lacking) == ("fulfilled", False, ("sender",))


def test_one_meeting_serves_two_placements_if_it_names_both_or_none() -> None:
    two = (
        *STARTED,
        ("2026-02-20", COOP, "placement-agreed", {"placement": SECOND, "ends": None}),
        ("2026-03-09", COOP, "placement-started", {"placement": SECOND, "started": "2026-03-09"}),
    )
    assert said(case(*two), "2026-03-09", "joint") == ["2026-03-23 upcoming", "2026-03-30 upcoming"]
    for named in ([], [PLACEMENT, SECOND]):
        met = ("2026-03-23", COOP, "meeting-held", {**BOTH, "placements": named})
        assert said(case(*two, met), "2026-03-23", "joint-review") == ["2026-05-23 upcoming"] * 2
    one = ("2026-03-23", COOP, "meeting-held", {**BOTH, "placements": [SECOND]})
    assert said(case(*two, one), "2026-03-23", "joint-monitoring") == [
        "2026-03-23 open", "2026-03-30 waiting-for-attestation",
    ]  # fmt: skip


def test_a_meeting_told_again_for_another_is_not_that_ones_word() -> None:
    again = ("2026-03-30", COOP, "meeting-held", {**BOTH, "_on_behalf_of": CENTRE, "_evidence": "phone"})
    for told_ in ([MET], [MET, again]):
        assert said(case(*STARTED, *told_), "2026-03-30", "joint")[0].endswith("waiting-for-attestation")


def test_an_attestation_is_of_the_wording_that_was_attested() -> None:
    team = ("2026-03-30", COOP, "meeting-held", {**BOTH, "meeting_kind": "team"})
    attested = ("2026-03-30", CENTRE, "act-attested", {"entry": 5})
    assert said(case(*STARTED, MET, attested), "2026-03-31", "joint")[0].endswith("fulfilled")
    held = {**act("meeting-held", **BOTH).model_dump(mode="json"), "note": ""}
    held = {name: value for name, value in held.items() if name != "note"}
    rewritten = ("2026-03-31", COOP, "act-corrected", {"entry": 5, "act": held})
    asked_anew = case(*STARTED, team, attested, rewritten)
    assert said(asked_anew, "2026-03-31", "joint")[0].endswith("waiting-for-attestation")
    again = ("2026-03-31", CENTRE, "act-attested", {"entry": 5})
    assert said(case(*STARTED, team, attested, rewritten, again), "2026-03-31", "joint")[0].endswith("fulfilled")


def test_missed_waived_and_suspended() -> None:
    missed = (
        "2026-03-23",
        COOP,
        "meeting-missed",
        {"meeting_kind": "joint-monitoring", "placements": [], "misses": []},
    )
    assert said(case(*STARTED, missed), "2026-03-23", "joint") == ["2026-03-23 missed", "2026-05-22 upcoming"]
    waived = ("2026-03-20", COOP, "obligation-waived", {"obligations": [f"joint-monitoring-{PLACEMENT}"]})
    assert said(case(*STARTED, waived), "2026-03-20", "joint")[0] == "2026-03-23 waived"
    paused = ("2026-03-12", COOP, "placement-suspended", {"suspended": "2026-03-12", "until": None})
    assert said(case(*STARTED, paused), "2026-04-20", "joint") == ["2026-03-23 suspended"]
    back = ("2026-05-11", COOP, "placement-resumed", {"resumed": "2026-05-11"})
    assert said(case(*STARTED, paused, back), "2026-05-11", "joint") == ["2026-05-21 open"]


def test_ended_early_it_lapses_and_what_comes_after_begins() -> None:
    ended = ("2026-03-14", COOP, "placement-ended", {"ended": "2026-03-14"})
    about = case(*STARTED, ended)
    assert said(about, "2026-03-14", "joint") == ["2026-03-23 lapsed"]
    assert said(about, "2026-03-14", "final") == ["2026-04-13 open"]
    assert said(about, "2026-03-14", "follow-up") == [
        "2026-04-14 upcoming", "2026-06-15 upcoming", "2026-09-14 upcoming", "2027-03-15 upcoming",
    ]  # fmt: skip
    made = ("2026-04-10", CENTRE, "follow-up-made", {"months": 1})
    assert said(case(*STARTED, ended, made), "2026-04-10", "follow-up-1-") == ["2026-04-14 fulfilled"]


def test_who_is_hired_without_an_end_is_asked_after() -> None:
    hired = ("2026-04-01", COOP, "person-hired", {"hired_from": "2026-04-01"})
    assert said(case(*STARTED, hired), "2026-04-01", "follow-up-1-") == ["2026-05-02 upcoming"]


def test_death_lapses_what_was_late() -> None:
    closed = ("2026-04-20", COOP, "case-closed", {"reason_class": "death", "reason_code": None})
    assert said(case(*STARTED, closed), "2026-04-20", "joint") == ["2026-03-23 lapsed"]


def test_a_case_taken_up_again_only_stood_still() -> None:
    closed = ("2026-03-12", CENTRE, "case-closed", {"reason_class": "ended", "reason_code": None})
    again = ("2026-05-11", CENTRE, "case-reopened", {"reason_class": "new-need"})
    about = case(*STARTED, closed, again)
    assert said(about, "2026-03-12", "joint") == ["2026-03-23 lapsed"]
    assert said(about, "2026-05-11", "joint") == ["2026-05-21 open"]


def test_a_start_taken_back_leaves_nothing() -> None:
    taken_back = ("2026-03-03", COOP, "act-retracted", {"entry": 4})
    assert said(case(*STARTED, taken_back), "2026-03-30", "joint") == []


def test_a_start_put_right_moves_it() -> None:
    start = {"type": "placement-started", "placement": PLACEMENT, "started": "2026-03-09"}
    put_right = ("2026-03-10", COOP, "act-corrected", {"entry": 4, "act": start})
    assert said(case(*STARTED, put_right), "2026-03-10", "joint") == ["2026-03-30 upcoming"]


def test_a_job_after_an_internship_at_the_same_host_goes_on() -> None:
    ended = ("2026-04-30", COOP, "placement-ended", {"ended": "2026-04-30"})
    job = {"placement": SECOND, "channel": "job-in-cooperative", "ends": None}
    start = ("2026-05-04", COOP, "placement-started", {"placement": SECOND, "started": "2026-05-04"})
    same = case(*STARTED, MET, ended, ("2026-05-02", COOP, "placement-agreed", job), start)
    assert {i: str(d.due) for i, d in due(same, "2026-05-04").items() if SECOND in i} == {
        f"joint-review-{SECOND}": "2026-05-30"
    }
    other = case(*STARTED, MET, ended, ("2026-05-02", COOP, "placement-agreed", {**job, "host": PAPER}), start)
    assert [i for i in due(other, "2026-05-04") if SECOND in i] == [f"joint-monitoring-{SECOND}"]


def test_closures_of_the_host_move_it() -> None:
    start = ("2026-07-14", COOP, "placement-started", {"started": "2026-07-14"})
    known = founded()
    host = replace(known.organisation(COOP), closures=((date(2026, 8, 1), date(2026, 8, 21)),))
    closed = replace(known, organisations=known.organisations.set(COOP, host))
    found = due(case(*AGREED, start), "2026-07-14", closed)
    assert found[f"joint-monitoring-{PLACEMENT}"].due == date(2026, 8, 24)


def closing(by: str, first: date, last: date, version: int) -> Entry:
    told = act("closure-declared", from_day=str(first), until_day=str(last))
    return entry(told, by, version, record=f"organisation/{COOP}")


def test_closures_beyond_two_months_a_year_move_nothing_of_others() -> None:
    """Refused at the door; stored by an older release they have no effect. What the office declares has."""
    known, start = founded(), ("2026-07-14", COOP, "placement-started", {"started": "2026-07-14"})
    for first in range(0, 300, 3):
        day = date(2026, 8, 1) + timedelta(first)
        known = known.after(closing(COOP, day, day + timedelta(2), known.organisation(COOP).version + 1))
    assert due(case(*AGREED, start), "2026-07-14", known)[f"joint-monitoring-{PLACEMENT}"].due == date(2026, 9, 14)
    by_office = closing(OFFICE, date(2026, 9, 12), date(2026, 10, 30), known.organisation(COOP).version + 1)
    moved = known.after(by_office)
    assert due(case(*AGREED, start), "2026-07-14", moved)[f"joint-monitoring-{PLACEMENT}"].due > date(2026, 10, 30)


SENT = ("2026-02-02", CENTRE, "referral-sent", {"answer_by": None})


def test_a_referral_is_answered_within_fifteen_days() -> None:
    answer = due(case(SENT), "2026-02-02")[f"referral-answer-due-{REFERRAL}"]
    assert (answer.due, answer.state, answer.convenes) == (date(2026, 2, 17), "open", (COOP,))
    assert said(case(SENT), "2026-02-18") == ["2026-02-17 late"]


def test_or_by_its_own_day() -> None:
    by = ("2026-02-02", CENTRE, "referral-sent", {"answer_by": "2026-02-08"})
    assert said(case(by), "2026-02-08") == ["2026-02-08 open"]
    assert said(case(by), "2026-02-09") == ["2026-02-08 late"]


def test_answered_late_withdrawn_and_by_another() -> None:
    declined = ("2026-03-02", COOP, "referral-declined", {"referral": REFERRAL})
    (answered,) = due(case(SENT, declined), "2026-03-02").values()
    assert (answered.state, answered.obligation.timing) == ("fulfilled", "late")
    withdrawn = ("2026-02-03", CENTRE, "referral-withdrawn", {"referral": REFERRAL})
    assert said(case(SENT, withdrawn), "2026-02-03") == ["2026-02-17 lapsed"]
    stranger = ("2026-02-03", PAPER, "referral-declined", {"referral": REFERRAL})
    assert said(case(SENT, stranger), "2026-02-03") == ["2026-02-17 open"]


def test_the_least_path_leaves_nothing_late() -> None:
    before, last = least()[-1]
    found = obligations_of(before.after(last), founded(), date(2026, 9, 7))
    assert [d.id for d in found if d.state in ("late", "missed")] == []
    assert {d.rule for d in found if d.state in EXPECTED} <= {f"follow-up-{n}" for n in (1, 3, 6, 12)}


def test_without_a_rulebook_nothing_is_due() -> None:
    assert obligations_of(case(*STARTED), Network(), date(2026, 3, 2)) == ()


@QUICK
@given(any_entries(), st.integers(-60, 800))
def test_it_never_fails_and_tells_each_once(entries: list[Entry], days: int) -> None:
    about = reduce(Case.after, entries, Case(CASE))
    found = obligations_of(about, founded(), date(2026, 3, 2) + timedelta(days=days))
    assert len({d.id for d in found}) == len(found)
    assert {d.made_by for d in found} <= set(about.history.entries)


@QUICK
@given(any_entries(), st.integers(-60, 800))
def test_until_the_day_it_says_time_changes_nothing(entries: list[Entry], days: int) -> None:
    about, day = reduce(Case.after, entries, Case(CASE)), date(2026, 3, 2) + timedelta(days=days)
    found = due_list(about, founded(), day)
    assert found.until > day
    for later in range(1, min((found.until - day).days, 40)):
        assert due_list(about, founded(), day + timedelta(days=later)) == found


@QUICK
@given(st.lists(st.sampled_from(COURSE), max_size=6), st.integers(-5, 400))
def test_nor_does_it_in_the_course_of_a_placement(steps: list[Any], days: int) -> None:
    about, day = case(*STARTED, *steps), date(2026, 3, 2) + timedelta(days=days)
    found = due_list(about, founded(), day)
    for later in range(1, min((found.until - day).days, 100)):
        assert due_list(about, founded(), day + timedelta(days=later)) == found


def test_the_host_keeps_the_day_of_its_patron_saint() -> None:
    """Twenty days from Tuesday 17 November are Monday 7 December: Saint Ambrose in Milan, and the 8th is a holiday."""
    started = (*AGREED, ("2026-11-16", COOP, "placement-started", {"started": "2026-11-17"}))
    network = founded()
    assert due(case(*started), "2026-11-17", network)[f"joint-monitoring-{PLACEMENT}"].due == date(2026, 12, 7)
    coop = network.organisation(COOP)
    milan = replace(network, organisations=network.organisations.set(COOP, replace(coop, place="milano")))
    assert due(case(*started), "2026-11-17", milan)[f"joint-monitoring-{PLACEMENT}"].due == date(2026, 12, 9)


@QUICK
@given(st.permutations((*STARTED[2:], MET)), st.integers(0, 400))
def test_the_order_of_the_reports_does_not_matter(steps: list[Any], days: int) -> None:
    """Only the agreement comes first: without it nothing is known of the placement."""
    agreed = [s for s in steps if s[2] == "placement-agreed"]
    day = str(date(2026, 3, 2) + timedelta(days=days))
    mixed = case(*REFERRED, *agreed, *(s for s in steps if s not in agreed))
    assert said(mixed, day) == said(case(*STARTED, MET), day)
