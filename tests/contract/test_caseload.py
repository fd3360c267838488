"""The lists of a caseload: what is due, who works where, what was agreed, what is new; each to whom it may be shown."""

import json
from datetime import date
from typing import Any

import pytest

from domain.obligations import DueList
from domain.refusal import Refused
from domain.waiting import PRESENT
from services.queries import news, queries
from services.views.rows import BoardRow
from services.views.store import Snapshot
from tests.asked import Asked
from tests.examples import (
    AGREEMENT,
    AGREEMENT_ID,
    CASE_ID,
    CENTRE,
    COOP,
    HEALTH,
    ORPHAN_CASE_ID,
    PAPER,
    PLACEMENT,
    PLACEMENT_CASE_ID,
    SECOND_CASE_ID,
    TASK,
    TRAINER,
)
from tests.unit.given import uuid

BEFORE_THE_MEETING = date(2026, 3, 20)
AFTER_ALL = date(2026, 12, 1)
SECOND = str(uuid(0xC7))
MADE_UP = str(uuid(0xD9))


def due(asked: Asked, reader: str, **wanted: Any) -> list[tuple[str, str]]:
    found = asked.queries.ask("due", reader=reader, **asked.now, **wanted)["due"]
    return [(d["rule"]["id"], d["state"]) for d in found]


# Due


def test_what_is_due_names_person_rule_and_who_has_to_act(asked: Asked) -> None:
    answer = asked.queries.ask("due", reader=COOP, as_of=BEFORE_THE_MEETING, **asked.now)
    (monitoring,) = answer["due"]
    assert answer["as_of"] == "2026-03-20"
    assert monitoring["person"]["names"] == ["Third", "Example"]
    assert (monitoring["due"], monitoring["days"], monitoring["convenes"]) == ("2026-03-23", 3, [COOP])
    assert monitoring["rule"] == {"id": "joint-monitoring", "edition": 1, "number": 1}


def test_without_a_state_it_is_what_still_needs_somebody(asked: Asked) -> None:
    missed = date(2026, 5, 25)
    assert due(asked, COOP, as_of=missed) == [
        ("joint-monitoring", "waiting-for-attestation"),
        ("joint-review", "missed"),
    ]
    made_up = due(asked, COOP, as_of=date(2026, 6, 1), within=0)
    assert made_up == [("joint-monitoring", "waiting-for-attestation"), ("joint-review", "waiting-for-attestation")]


def test_what_is_upcoming_is_shown_when_it_is_near(asked: Asked) -> None:
    on: dict[str, Any] = {"as_of": date(2026, 3, 3), "case": PLACEMENT_CASE_ID}
    assert due(asked, COOP, **on) == [("joint-monitoring", "upcoming")]
    assert due(asked, COOP, within=5, **on) == []


def test_by_state_and_by_who_has_to_act(asked: Asked) -> None:
    assert due(asked, CENTRE, as_of=date(2026, 5, 25), mine=True) == [("joint-monitoring", "waiting-for-attestation")]
    assert due(asked, COOP, as_of=date(2026, 5, 25), by=COOP) == [("joint-review", "missed")]
    lapsed = due(asked, COOP, states=["lapsed"], as_of=AFTER_ALL)
    assert {state for _, state in lapsed} == {"lapsed"}


def test_of_one_case(asked: Asked) -> None:
    assert due(asked, COOP, as_of=BEFORE_THE_MEETING, case=CASE_ID) == []
    assert len(due(asked, COOP, as_of=BEFORE_THE_MEETING, case=PLACEMENT_CASE_ID)) == 1


def test_the_due_list_goes_in_pages(asked: Asked) -> None:
    wanted: dict[str, Any] = {"states": ["fulfilled", "lapsed", "waived"], "as_of": AFTER_ALL}
    whole = asked.queries.ask("due", reader=COOP, **wanted, **asked.now)
    found: list[Any] = []
    cursor = None
    while not found or cursor:
        page = asked.queries.ask("due", reader=COOP, limit=1, cursor=cursor, **wanted)
        found += page["due"]
        cursor = page["next"]
    assert found == whole["due"]
    assert [d["due"] for d in found] == sorted(d["due"] for d in found)


def test_nothing_is_worked_out_for_a_case_without_referral_and_placement(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked.queries.ask("board", reader=CENTRE, **asked.now)
    worked_out: list[str] = []
    of = asked.dues.of

    def noted(views: Snapshot, line: BoardRow, as_of: date) -> DueList:
        worked_out.append(line.record)
        return of(views, line, as_of)

    monkeypatch.setattr(asked.dues, "of", noted)
    asked.queries.ask("due", reader=CENTRE)
    assert f"case/{SECOND_CASE_ID}" not in worked_out
    assert f"case/{PLACEMENT_CASE_ID}" in worked_out


def test_the_board_says_what_is_due_next_where_it_is_asked_for(asked: Asked) -> None:
    plain = asked.queries.ask("board", reader=COOP, **asked.now)["cases"]
    assert "next_due" not in plain[0]
    lines = asked.queries.ask("board", reader=COOP, due=True, as_of=BEFORE_THE_MEETING)["cases"]
    found = {line["case"]: line["next_due"] for line in lines}
    assert found[PLACEMENT_CASE_ID]["due"] == "2026-03-23"
    assert found[CASE_ID] is None


def test_what_needs_nobody_is_not_waited_for() -> None:
    assert not PRESENT & {"fulfilled", "lapsed", "merged", "waived", "contested"}


# Placements


def placements(asked: Asked, reader: str, **wanted: Any) -> list[tuple[str, str]]:
    found = asked.queries.ask("placements", reader=reader, **asked.now, **wanted)["placements"]
    return [(p["placement"], p["state"]) for p in found]


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-03-01", "agreed"), ("2026-03-02", "started"), ("2026-05-10", "suspended"), ("2026-09-11", "ended")],
)
def test_a_placement_stands_as_on_the_day(asked: Asked, day: str, state: str) -> None:
    assert (PLACEMENT, state) in placements(asked, COOP, as_of=date.fromisoformat(day))


def test_a_placement_that_was_not_agreed_yet_is_not_there(asked: Asked) -> None:
    assert placements(asked, COOP, as_of=date(2026, 2, 15)) == []


def test_running_and_ending_soon(asked: Asked) -> None:
    assert placements(asked, COOP, as_of=date(2026, 5, 10), running=True) == [(PLACEMENT, "suspended")]
    assert placements(asked, COOP, as_of=date(2026, 5, 10), ends_within=60) == []
    assert placements(asked, COOP, as_of=date(2026, 8, 1), ends_within=60) == [(PLACEMENT, "started")]
    assert placements(asked, COOP, as_of=date(2026, 10, 1), ends_within=60) == []


def test_by_state_and_host(asked: Asked) -> None:
    assert [s for _, s in placements(asked, COOP, host=PAPER)] == ["cancelled"]
    assert [s for _, s in placements(asked, COOP, state="ended", as_of=AFTER_ALL)] == ["ended"]


def test_a_placement_shows_dates_tutors_grant_and_pauses(asked: Asked) -> None:
    found = asked.queries.ask("placements", reader=COOP, as_of=date(2026, 8, 1), ends_within=60, **asked.now)
    (placement,) = found["placements"]
    assert placement["planned"] == {"starts": "2026-03-02", "ends": "2026-09-11"}
    assert placement["real"] == {"started": "2026-03-02", "ended": "2026-09-11"}
    assert [t["organisation"] for t in placement["tutors"]] == [CENTRE, COOP]
    assert (placement["grant_cents"], placement["hours_a_week"], placement["payer"]) == (60000, 30, CENTRE)
    assert placement["pauses"] == [{"since": "2026-05-07", "until": "2026-05-18"}]
    assert placement["agreement"] == AGREEMENT_ID
    assert placement["person"]["names"] == ["Third", "Example"]


def test_what_should_have_ended_is_among_what_ends(asked: Asked) -> None:
    plan = {"placement": SECOND, "ends": "2026-04-01", "starts": "2026-03-01", "agreement": None}
    asked.continue_(
        PLACEMENT_CASE_ID,
        (COOP, "placement-agreed", {**plan, "_occurred": "2026-02-20"}),
        (COOP, "placement-started", {"placement": SECOND, "started": "2026-03-01"}),
    )
    assert (SECOND, "started") in placements(asked, COOP, as_of=date(2026, 5, 1), ends_within=30)


def test_a_host_sees_its_own_placement_and_not_who_the_person_is(asked: Asked) -> None:
    found = asked.queries.ask("placements", reader=PAPER, **asked.now)["placements"]
    assert [(p["host"], p["person"]) for p in found] == [(PAPER, {})]


# Agreements


def places(asked: Asked, reader: str, **wanted: Any) -> dict[tuple[int, str], tuple[int | None, int, int | None]]:
    (found,) = asked.queries.ask("agreements", reader=reader, **asked.now, **wanted)["agreements"]
    return {(p["year"], p["place_kind"]): (p["agreed"], p["used"], p["left"]) for p in found["places"]}


def test_an_agreement_says_what_was_agreed_and_how_many_places_are_taken(asked: Asked) -> None:
    (found,) = asked.queries.ask("agreements", reader=CENTRE, as_of=date(2026, 6, 1), **asked.now)["agreements"]
    assert (found["state"], found["valid_until"]) == ("in-force", "2026-12-31")
    assert found["roles"] == {CENTRE: "sender", COOP: "host"}
    assert places(asked, CENTRE, as_of=date(2026, 6, 1)) == {(2026, "internship"): (4, 1, 3), (2026, "job"): (1, 0, 1)}


def test_a_party_is_told_what_is_taken_in_cases_that_it_does_not_see(asked: Asked) -> None:
    assert placements(asked, HEALTH, as_of=AFTER_ALL) == []
    assert places(asked, HEALTH, as_of=AFTER_ALL) == {(2026, "internship"): (5, 1, 4)}


def test_a_placement_takes_a_place_in_each_year_that_it_touches(asked: Asked) -> None:
    plan = {"placement": SECOND, "channel": "job-in-cooperative", "starts": "2026-10-01", "ends": "2028-01-31"}
    asked.continue_(PLACEMENT_CASE_ID, (COOP, "placement-agreed", plan))
    found = places(asked, HEALTH, as_of=AFTER_ALL)
    assert {year: used for (year, kind), (_, used, _) in found.items() if kind == "job"} == {2026: 1, 2027: 1, 2028: 1}


@pytest.mark.parametrize(
    "gone",
    [
        (COOP, "placement-cancelled", {"placement": SECOND}),
        (COOP, "act-retracted", {"entry": 46, "ground": "mistake"}),
    ],
)
def test_what_was_cancelled_or_taken_back_takes_no_place(asked: Asked, gone: tuple[str, str, dict[str, Any]]) -> None:
    asked.queries.ask("board", reader=HEALTH, **asked.now)
    before = len(asked.record.entries(f"case/{PLACEMENT_CASE_ID}"))
    gone[2].update({"entry": before + 1} if "entry" in gone[2] else {})
    asked.continue_(PLACEMENT_CASE_ID, (COOP, "placement-agreed", {"placement": SECOND}))
    assert places(asked, HEALTH, as_of=AFTER_ALL)[2026, "internship"] == (5, 2, 3)
    asked.continue_(PLACEMENT_CASE_ID, gone)
    assert places(asked, HEALTH, as_of=AFTER_ALL)[2026, "internship"] == (5, 1, 4)


@pytest.mark.parametrize(
    ("day", "state"), [("2026-01-13", "proposed"), ("2026-01-14", "concluded"), ("2027-02-01", "ended")]
)
def test_an_agreement_stands_as_on_the_day(asked: Asked, day: str, state: str) -> None:
    (found,) = asked.queries.ask("agreements", reader=COOP, as_of=date.fromisoformat(day), **asked.now)["agreements"]
    assert found["state"] == state


def test_a_change_that_was_withdrawn_or_declined_is_listed_to_all_parties_and_waits_for_nobody(asked: Asked) -> None:
    """The list says what is outstanding and for whom; one that is asked to join has it in its list, too."""
    change: dict[str, Any] = {"joining": [TRAINER], "awaits": [CENTRE, TRAINER], "_occurred": "2026-06-02"}
    version = len(asked.record.entries(AGREEMENT)) + 1

    def listed(reader: str) -> dict[str, Any]:
        now = {"as_of": date(2026, 6, 5), **asked.now}
        return next(iter(asked.queries.ask("agreements", reader=reader, **now)["agreements"]), {})

    asked.continue_(AGREEMENT_ID, *[(COOP, "agreement-amended", change)] * 2, of="agreement")
    assert [listed(reader)["to_sign"] for reader in (CENTRE, TRAINER)] == [[version, version + 1]] * 2
    assert [each["awaits"] for each in listed(COOP)["pending"]] == [[CENTRE, TRAINER]] * 2
    ends = ((TRAINER, "declined", version), (COOP, "withdrawn", version + 1))
    for by, how, each in ends:
        told = (by, f"agreement-change-{how}", {"change": each, "_occurred": "2026-06-03"})
        asked.continue_(AGREEMENT_ID, told, of="agreement")
    for reader in (CENTRE, COOP):
        found = listed(reader)
        assert (found["to_sign"], found["awaits"], found["pending"]) == ([], [], [])
        assert [(d["ended"]["by"], d["ended"]["type"], d["change"]) for d in found["dropped"]] == [
            (by, f"agreement-change-{how}", each) for by, how, each in ends
        ]
    assert listed(TRAINER) == {}


# Observations, tasks, agenda


def test_observations_are_a_series_by_sheet_edition_and_item(asked: Asked) -> None:
    scores = {"scores": [{"item": "punctuality", "score": 5}], "health_scores": [{"item": "fatigue", "score": 2}]}
    asked.continue_(PLACEMENT_CASE_ID, (COOP, "observation-recorded", {**scores, "_occurred": "2026-08-01"}))
    asked.continue_(PLACEMENT_CASE_ID, (COOP, "observation-recorded", {"edition": 2, "_occurred": "2026-08-02"}))
    found = asked.queries.ask("observations", reader=COOP, case=PLACEMENT_CASE_ID, as_of=AFTER_ALL, **asked.now)
    first, second = found["series"]
    assert first["items"] == [
        {"item": "fatigue", "scores": [None, 2]},
        {"item": "punctuality", "scores": [4, 5]},
    ]
    assert [o["occurred_at"] for o in first["observations"]] == ["2026-06-15", "2026-08-01"]
    assert second["edition"] == 2


def test_an_observation_that_was_put_right_counts_as_put_right(asked: Asked) -> None:
    asked.queries.ask("board", reader=COOP, **asked.now)
    entries = asked.record.entries(f"case/{PLACEMENT_CASE_ID}")
    version = next(e.originator_version for e in entries if e.act.type == "observation-recorded")
    right = {"type": "observation-recorded", "sheet": "somi", "edition": 1, "moment": "interim", "filled_by": "both"}
    counts = {"items_scored": 1, "items_asked": 27, "scores": [{"item": "punctuality", "score": 1}]}
    asked.continue_(
        PLACEMENT_CASE_ID, (COOP, "act-corrected", {"entry": version, "ground": "mistake", "act": right | counts})
    )
    found = asked.queries.ask("observations", reader=COOP, case=PLACEMENT_CASE_ID, as_of=AFTER_ALL, **asked.now)
    assert found["series"][0]["items"] == [{"item": "punctuality", "scores": [1]}]


def tasks(asked: Asked, reader: str, **wanted: Any) -> list[tuple[str, bool]]:
    found = asked.queries.ask("tasks", reader=reader, **asked.now, **wanted)["tasks"]
    return [(t["task"], t["late"]) for t in found]


def test_a_task_is_open_late_and_done_as_on_the_day(asked: Asked) -> None:
    assert tasks(asked, COOP, as_of=date(2026, 3, 22)) == []
    assert tasks(asked, COOP, as_of=date(2026, 4, 5)) == [(TASK, False)]
    assert tasks(asked, COOP, as_of=date(2026, 4, 8)) == []
    assert tasks(asked, COOP, as_of=date(2026, 4, 8), done=True) == [(TASK, False)]


def test_a_task_late_with_its_words_and_whose_it_is(asked: Asked) -> None:
    more = {"task": str(uuid(0xE1)), "organisation": HEALTH, "due": "2026-04-15"}
    words = [{"task": more["task"], "text": "example task: a letter"}]
    held = {"meeting": MADE_UP, "tasks": [more], "task_texts": words, "fulfils": [], "_occurred": "2026-04-01"}
    asked.continue_(PLACEMENT_CASE_ID, (COOP, "meeting-held", held))
    found = asked.queries.ask("tasks", reader=CENTRE, late=True, as_of=date(2026, 4, 20), **asked.now)["tasks"]
    assert [(t["text"], t["organisation"], t["late"]) for t in found] == [("example task: a letter", HEALTH, True)]
    assert tasks(asked, COOP, mine=True, as_of=date(2026, 4, 20)) == []


def test_the_agenda_shows_what_was_convened_moved_and_cancelled_and_what_falls_due(asked: Asked) -> None:
    days: dict[str, Any] = {"since": date(2026, 3, 1), "until": date(2026, 8, 31)}
    found = asked.queries.ask("agenda", reader=COOP, as_of=BEFORE_THE_MEETING, **days, **asked.now)["agenda"]
    told = [(i["day"], i["what"], i["kind"], i["state"]) for i in found if i["case"] == PLACEMENT_CASE_ID]
    assert told[0] == ("2026-03-23", "meeting", "joint-monitoring", "held")
    assert told[1] == ("2026-03-23", "due", "joint-monitoring", "open")
    assert told[-1] == ("2026-07-29", "meeting", "review", "cancelled")
    assert [i["day"] for i in found] == sorted(i["day"] for i in found)


def test_meetings_of_an_agreement_are_on_the_agenda_of_its_parties(asked: Asked) -> None:
    convened = {"meeting": MADE_UP, "day": "2026-06-10", "starts_at": "2026-06-10T09:00:00+02:00", "placements": []}
    asked.continue_(AGREEMENT_ID, (COOP, "meeting-convened", convened), of="agreement")
    days: dict[str, Any] = {"since": date(2026, 6, 1), "until": date(2026, 6, 30)}
    for reader, seen in ((HEALTH, ["2026-06-10T07:00:00Z"]), (TRAINER, [])):
        found = asked.queries.ask("agenda", reader=reader, **days, **asked.now)["agenda"]
        assert [i["at"] for i in found if "agreement" in i] == seen


# News, contacts


def test_news_is_what_came_since_and_says_from_where_to_ask_next(asked: Asked) -> None:
    first = asked.queries.ask("news", reader=CENTRE, **asked.now)
    assert {g.get("case") for g in first["news"]} == {CASE_ID, SECOND_CASE_ID, PLACEMENT_CASE_ID, ORPHAN_CASE_ID, None}
    since = first["since_next"]
    assert asked.queries.ask("news", reader=CENTRE, since=since)["news"] == []
    asked.continue_(SECOND_CASE_ID, (CENTRE, "case-closed"))
    (group,) = asked.queries.ask("news", reader=CENTRE, since=since, **asked.now)["news"]
    assert [e["type"] for e in group["entries"]] == ["case-closed"]
    assert group["person"]["names"] == ["Second", "Example"]


def test_an_admission_is_news_with_all_that_it_opens(asked: Asked) -> None:
    since = asked.queries.ask("news", reader=TRAINER, **asked.now)["since_next"]
    joined = {"organisation": TRAINER, "past": "all", "past_since": None}
    asked.continue_(SECOND_CASE_ID, (CENTRE, "member-joined", joined))
    (group,) = asked.queries.ask("news", reader=TRAINER, since=since, **asked.now)["news"]
    assert [(e["type"], e["opened_by"]) for e in group["entries"]] == [
        ("case-opened", since + 1),
        ("case-not-taken-on", since + 1),
        ("member-joined", None),
    ]


@pytest.mark.parametrize(("limit", "largest"), [(1, 1500), (100, 1)])
def test_news_in_pages_loses_nothing_and_keeps_its_end(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, limit: int, largest: int
) -> None:
    whole = asked.queries.ask("news", reader=CENTRE, **asked.now)
    found: list[Any] = []
    ends: set[int] = set()
    cursor = None
    while not ends or cursor:
        monkeypatch.setattr(news, "LARGEST", largest)
        page = asked.queries.ask("news", reader=CENTRE, limit=limit, cursor=cursor)
        found += page["news"]
        ends.add(page["since_next"])
        cursor = page["next"]
    assert sorted(g["last"] for g in found) == sorted(g["last"] for g in whole["news"])
    assert ends == {whole["since_next"]}


def contacts(asked: Asked, reader: str, **wanted: Any) -> dict[tuple[str, ...], tuple[str, str, int]]:
    found = asked.queries.ask("contacts", reader=reader, **asked.now, **wanted)["contacts"]
    return {tuple(c["organisations"]): (c["last"], c["channel"], c["count"]) for c in found}


def test_the_last_contact_of_each_pair_with_the_days_of_silence(asked: Asked) -> None:
    (found, *_) = asked.queries.ask("contacts", reader=COOP, as_of=AFTER_ALL, **asked.now)["contacts"]
    assert (found["organisations"], found["days"]) == ([COOP, HEALTH], 265)
    # A call that two had, which was put right to be two calls; a visit and three meetings, one of them told of twice.
    assert contacts(asked, COOP, as_of=AFTER_ALL) == {
        (COOP, HEALTH): ("2026-03-11", "phone", 2),
        (COOP, CENTRE): ("2026-07-24", "meeting", 4),
    }


def test_contacts_as_of_a_day_know_nothing_later(asked: Asked) -> None:
    assert contacts(asked, COOP, as_of=date(2026, 3, 10)) == {(COOP, CENTRE): ("2026-02-10", "visit", 1)}


# Irregularities


def late(asked: Asked) -> None:
    """The visit is told of by the centre, long after; the paper company sees nothing of it."""
    asked.continue_(PLACEMENT_CASE_ID, (CENTRE, "contact-made", {"_occurred": "2025-06-01"}))


def irregular(asked: Asked, reader: str, **wanted: Any) -> set[str]:
    found = asked.queries.ask("irregularities", reader=reader, **asked.now, **wanted)["irregularities"]
    return {i["rule"] for i in found}


def test_irregularities_by_case_rule_and_period(asked: Asked) -> None:
    late(asked)
    found = asked.queries.ask("irregularities", reader=COOP, rule="told-late", **asked.now)["irregularities"]
    assert [(i["case"], i["type"], i["edition"]) for i in found] == [(PLACEMENT_CASE_ID, "contact-made", 1)]
    assert found[0]["person"]["names"] == ["Third", "Example"]
    assert irregular(asked, COOP, rule="told-late", case=CASE_ID) == set()
    assert irregular(asked, COOP, rule="told-late", until=date(2026, 1, 1)) == set()
    assert irregular(asked, COOP, rule="told-late", since=date(2026, 3, 1)) == {"told-late"}


def test_what_is_irregular_only_before_what_one_does_not_see_is_not_told(asked: Asked) -> None:
    """The new member sees a visit and not the sheet before it: to it the visit would look as if there were none."""
    joined = {"organisation": TRAINER, "past": "none", "past_since": None}
    visit = {"host": COOP, "accompanied_by": [CENTRE], "_occurred": "2025-06-02"}
    asked.continue_(PLACEMENT_CASE_ID, (CENTRE, "member-joined", joined), (COOP, "visit-held", visit))
    assert "sheet-before-visit" in irregular(asked, COOP)
    assert irregular(asked, TRAINER) == {"told-late"}


# Who sees none of it


QUERIES: list[tuple[str, dict[str, Any], str]] = [
    ("due", {"states": ["fulfilled", "lapsed", "open", "waived"], "as_of": AFTER_ALL}, "due"),
    ("placements", {}, "placements"),
    ("agreements", {"as_of": AFTER_ALL}, "agreements"),
    ("tasks", {"done": True, "as_of": AFTER_ALL}, "tasks"),
    ("agenda", {"since": date(2026, 1, 1), "until": AFTER_ALL}, "agenda"),
    ("contacts", {"as_of": AFTER_ALL}, "contacts"),
    ("irregularities", {}, "irregularities"),
]


@pytest.mark.parametrize(("query", "wanted", "list_"), QUERIES, ids=[q for q, _, _ in QUERIES])
def test_another_organisation_sees_none_of_a_case(asked: Asked, query: str, wanted: dict[str, Any], list_: str) -> None:
    late(asked)
    of_the_coop = asked.queries.ask(query, reader=COOP, **asked.now, **wanted)
    assert of_the_coop[list_]
    for stranger in (TRAINER, HEALTH):
        found = json.dumps(asked.queries.ask(query, reader=stranger, **wanted))
        assert PLACEMENT_CASE_ID not in found
        assert PLACEMENT not in found


@pytest.mark.parametrize("query", ["observations", "due", "placements", "tasks", "contacts", "irregularities"])
def test_a_hidden_case_and_none_are_refused_alike(asked: Asked, query: str) -> None:
    asked.queries.ask("board", reader=TRAINER, **asked.now)
    refusals = []
    for case in (PLACEMENT_CASE_ID, "018f0000-0000-7000-8000-00000000dead"):
        with pytest.raises(Refused) as refused:
            asked.queries.ask(query, reader=TRAINER, case=case)
        refusals.append((refused.value.code, refused.value.facts))
    assert refusals == [("case.unknown", {})] * 2


def test_a_member_without_the_past_sees_only_its_part(asked: Asked) -> None:
    joined = {"organisation": TRAINER, "past": "none", "past_since": None}
    plan = {"placement": SECOND, "agreement": None, "starts": "2026-09-01", "_occurred": "2026-08-30"}
    asked.continue_(PLACEMENT_CASE_ID, (CENTRE, "member-joined", joined), (COOP, "placement-agreed", plan))
    assert placements(asked, TRAINER, as_of=AFTER_ALL) == [(SECOND, "agreed")]
    assert tasks(asked, TRAINER, done=True, as_of=AFTER_ALL) == []
    assert due(asked, TRAINER, states=["fulfilled", "waived", "missed"], as_of=AFTER_ALL) == []
    assert contacts(asked, TRAINER, as_of=AFTER_ALL) == {}
    series = asked.queries.ask("observations", reader=TRAINER, case=PLACEMENT_CASE_ID, as_of=AFTER_ALL)["series"]
    assert series == []


def test_after_a_rebuild_every_answer_is_the_same(asked: Asked) -> None:
    def told() -> list[Any]:
        return [asked.queries.ask(q, reader=r, **w) for q, w, _ in QUERIES for r in (COOP, CENTRE, HEALTH, TRAINER)]

    asked.queries.ask("board", reader=COOP, **asked.now)
    before = told(), [asked.views.digest(organisation=o) for o in (COOP, CENTRE, HEALTH, TRAINER)]
    asked.views.rebuild()
    assert (told(), [asked.views.digest(organisation=o) for o in (COOP, CENTRE, HEALTH, TRAINER)]) == before


def test_every_query_has_its_parameters() -> None:
    from adapters.asking import QUERIES as ASKED

    assert list(ASKED) == list(queries.ANSWERS)
